import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePassword } from '../../api/session';
import { FaultAlert } from '../../shared/FaultAlert';
import { showFieldFaults } from '../../shared/formFaults';

const LENGTH_MIN = 12;
const LENGTH_MAX = 128;

interface Fields {
  password: string;
  newPassword: string;
  repeat: string;
}

export function PasswordForm({ done }: { done?: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  async function run({ password, newPassword }: Fields): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      await changePassword(password, newPassword);
      form.resetFields();
      done?.();
    } catch (error) {
      setFault(showFieldFaults(t, form, error));
    } finally {
      setBusy(false);
    }
  }

  const required = { required: true, message: t('common.required') };
  return (
    <>
      <FaultAlert fault={fault} />
      <Form<Fields>
        form={form}
        name="change-password"
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => void run(fields)}
      >
        <Form.Item name="password" label={t('password.present')} rules={[required]}>
          <Input.Password autoComplete="current-password" maxLength={LENGTH_MAX} />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label={t('password.next')}
          extra={t('password.hint')}
          rules={[required, { min: LENGTH_MIN, message: t('password.hint') }]}
        >
          <Input.Password autoComplete="new-password" maxLength={LENGTH_MAX} />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t('password.repeat')}
          dependencies={['newPassword']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('newPassword')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('password.differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={LENGTH_MAX} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {t('password.submit')}
        </Button>
      </Form>
    </>
  );
}
