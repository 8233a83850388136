import { Spin } from 'antd';
import { useTranslation } from 'react-i18next';

export function Waiting() {
  const { t } = useTranslation();
  return (
    <output className="waiting" aria-label={t('app.loading')}>
      <Spin />
    </output>
  );
}
