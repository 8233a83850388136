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
const CODE_MAX = 6;
const PASSWORD_MAX = 128;

/** Sets the second factor up, by a picture for the authenticator app, and leaves it. */
export function SecondFactor({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [drawn, setDrawn] = useState<Drawn | null>(null);

  async function draw(password: string): Promise<void> {
    setDrawn(await drawSecondFactor(password));
  }

  async function enrol(code: string): Promise<void> {
    await confirmSecondFactor(code.trim());
    setDrawn(null);
    await refreshSession();
    void message.success(t('factor.enrolled'));
  }

  async function leave(code: string): Promise<void> {
    await leaveSecondFactor(code.trim());
    await refreshSession();
    void message.success(t('factor.left'));
  }

  if (isOn) {
    return (
      <>
        <p>{t('factor.on')}</p>
        <p>{t('factor.leaveText')}</p>
        <ProofForm proof="code" button={t('factor.leave')} isDangerous send={leave} />
      </>
    );
  }
  return (
    <>
      <p>{t('factor.off')}</p>
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
              <ProofForm key="code" proof="code" button={t('factor.confirm')} send={enrol} />
            </div>
          </div>
        </>
      ) : (
        <>
          <p>{t('factor.enrolText')}</p>
          <ProofForm key="password" proof="password" button={t('factor.enrol')} send={draw} />
        </>
      )}
    </>
  );
}

interface ProofProps {
  proof: 'code' | 'password';
  button: string;
  isDangerous?: boolean;
  send: (proof: string) => Promise<void>;
}

/** Asks for what proves who it is, under the name that the server has for it. */
function ProofForm({ proof, button, isDangerous, send }: ProofProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Record<string, string>>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  async function run(given: string): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      await send(given);
    } catch (error) {
      setFault(showFieldFaults(t, form, error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Form
      form={form}
      name={`factor-${proof}`}
      layout="vertical"
      requiredMark={false}
      className="form-narrow"
      onFinish={(fields) => void run(fields[proof] ?? '')}
    >
      <FaultAlert fault={fault} />
      <Form.Item
        name={proof}
        label={t(proof === 'code' ? 'signIn.code' : 'password.present')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        {proof === 'code' ? (
          <Input autoComplete="one-time-code" inputMode="numeric" maxLength={CODE_MAX} />
        ) : (
          <Input.Password autoComplete="current-password" maxLength={PASSWORD_MAX} />
        )}
      </Form.Item>
      <Button type="primary" danger={isDangerous} htmlType="submit" loading={isBusy}>
        {button}
      </Button>
    </Form>
  );
}
