import { Checkbox, Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { answerRefund, refreshOrders } from '../api/orders';
import { REFUND_PREFERENCES, type RefundPreference } from '../api/types';
import { forgetQuestion } from '../api/work';
import { ActDialog } from './ActDialog';
import { useMessages } from './messages';
import { milliPercentOf } from './milliPercentOf';
import { ShareField } from './ShareField';

interface Fields {
  reason: string;
  preference: RefundPreference;
  /** In percent, as text. */
  consumedMilliPercent?: string;
  customerConsented?: boolean;
}

/** Answers a store that asks whether it should refund a player. */
export default function RefundAnswerDialog({ orderId, close }: { orderId: string; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run({ reason, preference, consumedMilliPercent, customerConsented }: Fields): Promise<void> {
    try {
      await answerRefund(orderId, {
        reason: reason.trim(),
        preference,
        consumedMilliPercent: milliPercentOf(consumedMilliPercent ?? '') ?? null,
        customerConsented: customerConsented === true,
      });
      void message.success(t('refundAnswer.answered'));
      forgetQuestion(orderId);
    } finally {
      // What was said stands in the order's story, also where the store took no answer.
      await refreshOrders();
    }
  }

  return (
    <ActDialog<Fields>
      title={t('refundAnswer.title', { orderId })}
      text={t('refundAnswer.text')}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="preference"
        label={t('refundAnswer.preference')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Select options={REFUND_PREFERENCES.map((value) => ({ value, label: t(`refundPreferences.${value}`) }))} />
      </Form.Item>
      <ShareField isRequired={false} hint={t('refundAnswer.shareHint')} />
      <Form.Item name="customerConsented" valuePropName="checked" extra={t('refundAnswer.consentHint')}>
        <Checkbox>{t('refundAnswer.consent')}</Checkbox>
      </Form.Item>
    </ActDialog>
  );
}
