import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';

/** A page that failed: most often the server was renewed while this document was open, and its old files are gone. */
export function PageFault() {
  const { t } = useTranslation();
  const fault = useRouteError();
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={t('faults.page')}
      description={fault instanceof Error ? fault.message : undefined}
      action={<Button onClick={() => window.location.reload()}>{t('faults.retry')}</Button>}
    />
  );
}
