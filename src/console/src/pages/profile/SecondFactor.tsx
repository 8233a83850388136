import { Button, Form, Input, QRCode } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmSecondFactor, drawSecondFactor, leaveSecondFactor } from '../../api/administration';
import { refreshSession } from '../../api/session';
import type { SecondFactor as Drawn } from '../../api/types';
import { CopyText } from '../../shared/CopyText';
import { FaultAlert } from '../../shared/FaultAlert';
import { showFieldFaults } from '../../shared/formFaults';
import { useMessages } from '../../shared/messages';

const QR_PIXELS = 200;

/** Sets the second factor up, by a picture for the authenticator app, and leaves it. */
export function SecondFactor({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [fault, setFault] = useState<unknown>(null);

  async function draw(): Promise<void> {
    setFault(null);
    try {
      setDrawn(await drawSecondFactor());
    } catch (error) {
      setFault(error);
    }
  }

  async function enrol(code: string): Promise<void> {
    await confirmSecondFactor(code);
    setDrawn(null);
    await refreshSession();
    void message.success(t('factor.enrolled'));
  }

  async function leave(code: string): Promise<void> {
    await leaveSecondFactor(code);
    await refreshSession();
    void message.success(t('factor.left'));
  }

  if (isOn) {
    return (
      <>
        <p>{t('factor.on')}</p>
        <p>{t('factor.leaveText')}</p>
        <CodeForm button={t('factor.leave')} isDangerous send={leave} />
      </>
    );
  }
  return (
    <>
      <p>{t('factor.off')}</p>
      <FaultAlert fault={fault} />
      {drawn?.uri ? (
        <>
          <p>{t('factor.scan')}</p>
          <div className="enrol">
            <div role="img" aria-label={t('factor.qr')}>
              <QRCode value={drawn.uri} type="svg" size={QR_PIXELS} color="#000" bgColor="#fff" />
            </div>
            <div>
              <p>
                {t('factor.key')}:{' '}
                <CopyText text={drawn.secret} what={t('factor.key')}>
                  <code>{drawn.secret}</code>
                </CopyText>
              </p>
              <CodeForm button={t('factor.confirm')} send={enrol} />
            </div>
          </div>
        </>
      ) : (
        <Button onClick={() => void draw()}>{t('factor.enrol')}</Button>
      )}
    </>
  );
}

interface CodeProps {
  button: string;
  isDangerous?: boolean;
  send: (code: string) => Promise<void>;
}

function CodeForm({ button, isDangerous, send }: CodeProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ code: string }>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  async function run(code: string): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      await send(code.trim());
    } catch (error) {
      setFault(showFieldFaults(t, form, error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="form-narrow"
      onFinish={({ code }) => void run(code)}
    >
      <FaultAlert fault={fault} />
      <Form.Item name="code" label={t('signIn.code')} rules={[{ required: true, message: t('common.required') }]}>
        <Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} />
      </Form.Item>
      <Button type="primary" danger={isDangerous} htmlType="submit" loading={isBusy}>
        {button}
      </Button>
    </Form>
  );
}
