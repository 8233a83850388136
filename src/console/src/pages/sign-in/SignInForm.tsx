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

/** Asks for name, password and code, and signs in. */
export function SignInForm({ text, name }: { text: string | null; name?: string }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  async function run(fields: Fields): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      await signIn(fields.name.trim(), fields.password, fields.code?.trim() ?? '');
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
      {text && !fault && <p className="faint">{text}</p>}
      <FaultAlert fault={fault} />
      <Form<Fields>
        name="signIn"
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name }}
        onFinish={(fields) => void run(fields)}
      >
        <Form.Item name="name" label={t('signIn.name')} rules={required}>
          <Input autoFocus={!name} autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={64} />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={required}>
          <Input.Password autoFocus={!!name} autoComplete="current-password" maxLength={128} />
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
