import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshApps, rotateSecret } from '../../api/apps';
import type { App } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { drawSecret } from '../../shared/drawSecret';
import { useMessages } from '../../shared/messages';
import { SecretDialog } from '../../shared/SecretDialog';
import { Time } from '../../shared/Time';

const OVERLAPS = { none: 0, hour: 3_600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;
type Overlap = keyof typeof OVERLAPS;

const SECRET_MAX = 256;

/** Which secrets an app has, never what they are; and a new one in the place of the newest. */
export function Secrets({ app, isAdmin }: { app: App; isAdmin: boolean }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const [given, setGiven] = useState<string | null>(null);
  const [newest, ...older] = app.secrets;
  return (
    <section className="panel" aria-label={t('secrets.title')}>
      <h2>{t('secrets.title')}</h2>
      <p className="faint">{t('secrets.hint')}</p>
      {newest ? (
        <ul className="plain">
          <li>
            <strong>{t('secrets.newest')}</strong> · {t('secrets.since')} <Time at={newest.createdAt} inline />
            {newest.weak && <div>{t('secrets.weak')}</div>}
          </li>
          {older.map(({ createdAt, validUntil }) => (
            <li key={createdAt}>
              {t('secrets.older')} <Time at={validUntil} inline />
            </li>
          ))}
        </ul>
      ) : (
        <p>{t('secrets.none')}</p>
      )}
      {isAdmin && <Button onClick={() => setAsking(true)}>{t('secrets.rotate')}</Button>}
      {isAsking && <RotateDialog app={app} done={setGiven} close={() => setAsking(false)} />}
      {given && (
        <SecretDialog
          title={t('secrets.value')}
          name={t('apps.secretOf', { gameId: app.gameId })}
          secret={given}
          close={() => setGiven(null)}
        />
      )}
    </section>
  );
}

interface Fields {
  secret: string;
  overlap: Overlap;
}

function RotateDialog({ app, done, close }: { app: App; done: (secret: string) => void; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [first] = useState(drawSecret);

  async function run({ secret, overlap }: Fields): Promise<void> {
    await rotateSecret(String(app.gameId), { secret, previousValidSeconds: OVERLAPS[overlap] });
    await refreshApps();
    void message.success(t('secrets.rotated'));
    done(secret);
  }

  return (
    <ActDialog<Fields>
      title={t('secrets.rotate')}
      text={t('secrets.rotateText')}
      isDangerous
      asksReason={false}
      initial={{ secret: first, overlap: 'day' }}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="secret"
        label={t('secrets.value')}
        extra={t('secrets.valueHint')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Input autoComplete="off" spellCheck={false} maxLength={SECRET_MAX} />
      </Form.Item>
      <DrawButton />
      <Form.Item name="overlap" label={t('secrets.overlap')}>
        <Select
          options={(Object.keys(OVERLAPS) as Overlap[]).map((value) => ({
            value,
            label: t(`secrets.overlaps.${value}`),
          }))}
        />
      </Form.Item>
    </ActDialog>
  );
}

function DrawButton() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<Fields>();
  return (
    <Form.Item>
      <Button size="small" onClick={() => form.setFieldValue('secret', drawSecret())}>
        {t('secrets.draw')}
      </Button>
    </Form.Item>
  );
}
