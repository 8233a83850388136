import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** The account of a channel, where an app has several. */
export function AccountField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="account" label={t('channelAccounts.account')} extra={t('channelAccounts.accountHint')}>
      <Input autoComplete="off" spellCheck={false} maxLength={32} />
    </Form.Item>
  );
}
