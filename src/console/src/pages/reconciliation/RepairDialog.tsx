import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { refreshOrders } from '../../api/orders';
import { refreshReconciliations, repairDiscrepancy } from '../../api/reconciliations';
import type { Discrepancy, Repair } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { useMessages } from '../../shared/messages';

interface Props {
  id: string;
  one: Discrepancy;
  action: Repair;
  close: () => void;
}

/** Asks before a difference is repaired. */
export function RepairDialog({ id, one, action, close }: Props) {
  const { t } = useTranslation();
  const message = useMessages();
  const needsOrder = action === 'markPaid' && !one.orderId;

  async function run({ reason, orderId }: { reason: string; orderId?: string }): Promise<void> {
    try {
      await repairDiscrepancy(id, one.number, { action, reason: reason.trim(), orderId: orderId?.trim() || null });
      void message.success(t('reconciliation.repaired'));
    } finally {
      // A repair that the store refused is kept with the difference too.
      await Promise.all([refreshReconciliations(), refreshOrders()]);
    }
  }

  return (
    <ActDialog<{ reason: string; orderId?: string }>
      title={t(`repairs.${action}`)}
      text={t(`repairTexts.${action}`)}
      isDangerous={action === 'refund'}
      confirm={run}
      close={close}
    >
      {needsOrder && (
        <Form.Item
          name="orderId"
          label={t('reconciliation.orderId')}
          extra={t('reconciliation.orderIdHint')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input autoComplete="off" inputMode="numeric" maxLength={36} />
        </Form.Item>
      )}
    </ActDialog>
  );
}
