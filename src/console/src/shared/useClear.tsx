import { CloseCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';

/** The button that empties a field of choices, named in the language that is shown: Ant Design's own name of it is English. */
export function useClear() {
  const { t } = useTranslation();
  return { clearIcon: <CloseCircleFilled aria-hidden />, label: t('common.clearField') };
}
