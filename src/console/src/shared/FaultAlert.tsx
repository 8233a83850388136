import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { toFault } from '../api/fault';
import { faultText } from '../texts/serverSays';

/** What went wrong, in plain words; nothing where nothing did. */
export function FaultAlert({ fault, retry }: { fault: unknown; retry?: () => unknown }) {
  const { t } = useTranslation();
  if (!fault) {
    return null;
  }
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="fault"
      title={faultText(t, toFault(fault))}
      action={
        retry && (
          <Button size="small" onClick={() => void retry()}>
            {t('faults.retry')}
          </Button>
        )
      }
    />
  );
}
