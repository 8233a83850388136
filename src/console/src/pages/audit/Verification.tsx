import { useMutation } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { verifyAudit } from '../../api/administration';
import { FaultAlert } from '../../shared/FaultAlert';

/** Has the server recompute the chain of the audit log, and says what it found. */
export function Verification() {
  const { t } = useTranslation();
  const { data: verdict, ...verification } = useMutation({ mutationFn: verifyAudit });
  return (
    <>
      <FaultAlert fault={verification.error} />
      {verdict?.intact && (
        <Alert
          type="success"
          showIcon
          role="status"
          title={verdict.entries === null ? t('audit.intactOnly') : t('audit.intact', { count: verdict.entries })}
        />
      )}
      {verdict?.broken && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={
            verdict.entries === null
              ? t('audit.brokenOnly', { ...verdict.broken })
              : t('audit.broken', { ...verdict.broken, count: verdict.entries })
          }
        />
      )}
      <Button loading={verification.isPending} onClick={() => verification.mutate()}>
        {t('audit.verify')}
      </Button>
    </>
  );
}
