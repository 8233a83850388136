import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signIn } from '../../api/session';
import { FaultAlert } from '../../shared/FaultAlert';

interface Fields {
  name: string;
  password: string;
  code?: string;
}

export function SignInForm({ hint }: { hint: string | null }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  async function run({ name, password, code }: Fields): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      await signIn(name.trim(), password, code?.trim() ?? '');
    } catch (error) {
      setFault(error);
      form.resetFields(['code']);
      form.getFieldInstance('password')?.focus();
    } finally {
      setBusy(false);
    }
  }

  const required = [{ required: true, message: t('common.required') }];
  return (
    <>
      {hint && !fault && <p className="faint">{hint}</p>}
      <FaultAlert fault={fault} />
      <Form<Fields>
        form={form}
        name="sign-in"
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => void run(fields)}
      >
        <Form.Item name="name" label={t('signIn.name')} rules={required}>
          <Input autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={64} />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={required}>
          <Input.Password autoComplete="current-password" maxLength={128} />
        </Form.Item>
        <Form.Item name="code" label={t('signIn.code')} extra={t('signIn.codeHint')}>
          <Input autoComplete="one-time-code" inputMode="numeric" maxLength={16} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={isBusy}>
          {t('signIn.submit')}
        </Button>
      </Form>
    </>
  );
}
