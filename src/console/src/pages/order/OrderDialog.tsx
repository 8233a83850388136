import { Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { redeliver } from '../../api/callbacks';
import {
  closeOrder,
  markPaid,
  recheckOrder,
  refreshOrders,
  refundOrder,
  releaseOrder,
  saveConsumption,
  settleOrder,
} from '../../api/orders';
import type { Order } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { useMessages } from '../../shared/messages';
import { milliPercentOf } from '../../shared/milliPercentOf';
import { ShareField } from '../../shared/ShareField';
import { localText } from '../../shared/time';
import { type Act, leftOf, redeliverable } from './acts';

interface Fields {
  reason: string;
  callbackId?: string;
  atStore?: boolean;
  channel?: string;
  transactionId?: string;
  money?: string;
  currency?: string;
  /** In percent, as text. */
  consumedMilliPercent?: string;
}

const OUTCOMES = ['paid', 'alreadyPaid', 'held', 'notPaid', 'tryLater', 'cannotAsk'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Asks before one of the acts on an order, and does it. */
export function OrderDialog({ act, order, close }: { act: Act; order: Order; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();
  const callbacks = redeliverable(order);

  async function run(fields: Fields): Promise<void> {
    const reason = fields.reason.trim();
    try {
      void message.info(await doIt({ ...fields, reason }));
    } finally {
      // A refused act often means that the order is not as it is shown.
      await refreshOrders();
    }
  }

  async function doIt({ reason, ...fields }: Fields): Promise<string> {
    switch (act) {
      case 'redeliver':
        await redeliver(fields.callbackId ?? callbacks[0]?.id ?? '', reason);
        return t('outcomes.redelivered');
      case 'recheck': {
        const result = await recheckOrder(order.orderId, { reason });
        return t(`outcomes.${result.outcome as Outcome}`);
      }
      case 'release':
        await releaseOrder(order.orderId, { reason });
        return t('outcomes.released');
      case 'close':
        await closeOrder(order.orderId, { reason });
        return t('outcomes.closed');
      case 'settle':
        await settleOrder(order.orderId, { reason });
        return t('outcomes.settled');
      case 'consumption':
        await saveConsumption(order.orderId, {
          reason,
          consumedMilliPercent: milliPercentOf(fields.consumedMilliPercent ?? '') ?? 0,
        });
        return t('outcomes.consumption');
      case 'refund': {
        const money = fields.money?.trim() || undefined;
        const after = await refundOrder(order.orderId, { reason, atStore: fields.atStore === true, money });
        const isDone = after.payState === 'refunded' || after.refunds?.at(-1)?.state === 'done';
        return t(isDone ? 'outcomes.refunded' : 'outcomes.refundPending');
      }
      case 'markPaid': {
        const { channel = '', transactionId = '', money = '', currency = '' } = fields;
        await markPaid(order.orderId, { channel, transactionId, money, currency, reason });
        return t('outcomes.markedPaid');
      }
    }
  }

  const effect = {
    redeliver: t('willHappen.redeliver'),
    recheck: t('willHappen.recheck'),
    release: t(order.payState === 'paid' ? 'willHappen.releasePaid' : 'willHappen.releaseUnpaid'),
    close: t('willHappen.close'),
    refund: t(order.state === 'delivered' ? 'willHappen.refundDelivered' : 'willHappen.refundUndelivered'),
    markPaid: t('willHappen.markPaid'),
    settle: t('willHappen.settle'),
    consumption: t('willHappen.consumption'),
  };
  return (
    <ActDialog<Fields>
      title={t(`buttons.${act}`)}
      text={effect[act]}
      isDangerous={act === 'refund' || act === 'close'}
      initial={initialOf(act, order)}
      confirm={run}
      close={close}
    >
      {act === 'redeliver' && callbacks.length > 1 && (
        <Form.Item name="callbackId" label={t('dialog.callback')}>
          <Select
            options={callbacks.map(({ id, event, status, attempts }) => ({
              value: id,
              label: [
                t(`events.${event as 'order.paid'}`, { defaultValue: event }),
                t(`callbackStates.${status as 'pending'}`),
                attempts[0] ? localText(attempts[0].startedAt) : '',
              ].join(' · '),
            }))}
          />
        </Form.Item>
      )}
      {act === 'refund' && (
        <>
          <Form.Item name="money" label={t('dialog.money')} extra={t('dialog.refundMoneyHint')}>
            <Input inputMode="decimal" maxLength={32} placeholder={leftOf(order)} />
          </Form.Item>
          <Form.Item name="atStore" valuePropName="checked" extra={t('dialog.atStoreHint')}>
            <Checkbox>{t('dialog.atStore')}</Checkbox>
          </Form.Item>
        </>
      )}
      {act === 'consumption' && <ShareField isRequired hint={t('dialog.shareHint')} />}
      {act === 'markPaid' && <PaidFields />}
    </ActDialog>
  );
}

function PaidFields() {
  const { t } = useTranslation();
  const rules = [{ required: true, whitespace: true, message: t('common.required') }];
  return (
    <>
      <Form.Item name="channel" label={t('dialog.channel')} rules={rules}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="transactionId" label={t('dialog.transactionId')} rules={rules}>
        <Input maxLength={256} />
      </Form.Item>
      <Form.Item name="money" label={t('dialog.money')} rules={rules}>
        <Input inputMode="decimal" maxLength={32} />
      </Form.Item>
      <Form.Item name="currency" label={t('dialog.currency')} rules={rules}>
        <Input maxLength={8} />
      </Form.Item>
    </>
  );
}

function initialOf(act: Act, order: Order): Partial<Fields> {
  switch (act) {
    case 'redeliver':
      return { callbackId: redeliverable(order)[0]?.id };
    case 'markPaid':
      return { channel: order.channel ?? '', money: order.money, currency: order.currency };
    default:
      return {};
  }
}
