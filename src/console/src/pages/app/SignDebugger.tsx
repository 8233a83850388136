import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { explainSign } from '../../api/apps';
import type { App, Signed } from '../../api/types';
import { CopyText } from '../../shared/CopyText';
import { FaultAlert } from '../../shared/FaultAlert';
import { parametersOf } from './parametersOf';

interface Fields {
  fields: string;
  against?: string;
}

/** Shows how the parameters of a request are signed, and where another text first differs. */
export function SignDebugger({ app }: { app: App }) {
  const { t } = useTranslation();
  const signing = useMutation({
    mutationFn: ({ fields, against }: Fields) =>
      explainSign(String(app.gameId), parametersOf(fields) ?? {}, against || null),
  });
  return (
    <section className="panel" aria-label={t('sign.title')}>
      <h2>{t('sign.title')}</h2>
      <p className="faint">{t('sign.hint')}</p>
      <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => signing.mutate(fields)}>
        <Form.Item
          name="fields"
          label={t('sign.fields')}
          extra={t('sign.fieldsHint')}
          rules={[
            {
              validator: (_, value: string) =>
                parametersOf(value ?? '') ? Promise.resolve() : Promise.reject(new Error(t('sign.wrong'))),
            },
          ]}
          validateTrigger="onSubmit"
        >
          <Input.TextArea spellCheck={false} rows={6} placeholder={`gameid=${app.gameId}\nplatorderid=1\ntime=2`} />
        </Form.Item>
        <Form.Item name="against" label={t('sign.against')} extra={t('sign.againstHint')}>
          <Input.TextArea spellCheck={false} rows={2} />
        </Form.Item>
        <FaultAlert fault={signing.error} />
        <Button htmlType="submit" loading={signing.isPending}>
          {t('sign.show')}
        </Button>
      </Form>
      {signing.data && <SignedText signed={signing.data} against={signing.variables?.against ?? ''} />}
    </section>
  );
}

function SignedText({ signed, against }: { signed: Signed; against: string }) {
  const { t } = useTranslation();
  const at = signed.firstDifference;
  return (
    <output className="signed">
      <p>
        {t('sign.rule')}: {signed.rule}
      </p>
      <p>{t('sign.hashed')}</p>
      <pre>{signed.hashed}</pre>
      <p>
        {t('sign.digest')}:{' '}
        <CopyText text={signed.sign} what={t('sign.digest')}>
          <code>{signed.sign}</code>
        </CopyText>
      </p>
      {against && at === null && <Alert type="success" showIcon title={t('sign.same')} />}
      {against && at !== null && (
        <Alert
          type="warning"
          showIcon
          title={t('sign.differs', { position: at + 1 })}
          description={
            <>
              <div>
                {t('sign.ours')}: <Difference text={signed.hashed} at={at} />
              </div>
              <div>
                {t('sign.theirs')}: <Difference text={against} at={at} />
              </div>
            </>
          }
        />
      )}
    </output>
  );
}

const AROUND = 24;

/** The characters around a place in a text, the one at the place marked. */
function Difference({ text, at }: { text: string; at: number }) {
  const { t } = useTranslation();
  return (
    <code className="break">
      {at > AROUND && '…'}
      {text.slice(Math.max(0, at - AROUND), at)}
      <mark>{text.slice(at, at + 1) || t('sign.theEnd')}</mark>
      {text.slice(at + 1, at + 1 + AROUND)}
      {text.length > at + 1 + AROUND && '…'}
    </code>
  );
}
