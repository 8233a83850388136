import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PageHead } from '../../shared/PageHead';

export default function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t('faults.notFoundPage')} />
      <Link to="/orders">{t('faults.back')}</Link>
    </>
  );
}
