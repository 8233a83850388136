import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { milliPercentOf } from './milliPercentOf';

/** How much of an order's goods the player has used, in percent. */
export function ShareField({ isRequired, hint }: { isRequired: boolean; hint: string }) {
  const { t } = useTranslation();
  const check = (text = '') =>
    (text.trim() === '' && !isRequired) || milliPercentOf(text) !== undefined
      ? Promise.resolve()
      : Promise.reject(new Error(t('refundAnswer.wrongShare')));
  return (
    <Form.Item
      name="consumedMilliPercent"
      label={t('refundAnswer.share')}
      extra={hint}
      rules={[{ validator: (_, text?: string) => check(text) }]}
      validateTrigger="onSubmit"
    >
      <Input inputMode="decimal" autoComplete="off" maxLength={8} />
    </Form.Item>
  );
}
