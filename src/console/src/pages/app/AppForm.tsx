import { Button, Checkbox, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { putApp, refreshApps } from '../../api/apps';
import { type App, CHANNELS, type Channel, PROTOCOLS, type Protocol } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { FaultAlert } from '../../shared/FaultAlert';
import { showFieldFaults } from '../../shared/formFaults';
import { useMessages } from '../../shared/messages';
import { Changes } from './Changes';
import { ChannelSettings } from './ChannelSettings';
import { CALLBACKS, channelFields, type Field, GENERAL, PAYMENTS, usedBy } from './fields';
import { type FormValues, patchOf, valuesOf } from './patchOf';
import { SettingField } from './SettingField';

type Values = Record<string, unknown>;

const CHANNELS_NAME = 'channels';

/** All settings of an app, each with what it is for. */
export function AppForm({ app, isAdmin }: { app: App; isAdmin: boolean }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [form] = Form.useForm<Values>();
  const [patch, setPatch] = useState<object | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const { channels, settings, accounts } = valuesOf(app);
  const [several, setSeveral] = useState(Object.keys(accounts ?? {}) as Channel[]);
  const chosen = (Form.useWatch(CHANNELS_NAME, form) ?? channels) as Channel[];

  function ask(): void {
    // The whole of what the form holds: what an account was called before has no field.
    const values = form.getFieldsValue(true) as Values;
    const accounts = (values.accounts ?? {}) as NonNullable<FormValues['accounts']>;
    const changes = patchOf(app, {
      channels: (values[CHANNELS_NAME] ?? []) as Channel[],
      settings: values as FormValues['settings'],
      accounts: Object.fromEntries(several.map((channel) => [channel, accounts[channel]])),
    });
    if (Object.keys(changes).length === 0) {
      void message.info(t('appPage.nothing'));
      return;
    }
    setPatch(changes);
  }

  async function save(changes: object): Promise<void> {
    setFault(null);
    try {
      const saved = await putApp(String(app.gameId), changes);
      await refreshApps();
      for (const warning of saved.warnings ?? []) {
        void message.warning(t('appPage.warning', { warning }));
      }
      void message.success(t('appPage.saved'));
    } catch (error) {
      // The faults stand at the fields, behind the dialog.
      setFault(showFieldFaults(t, form, error));
      setPatch(null);
      const first = form.getFieldsError().find(({ errors }) => errors.length > 0);
      if (first) {
        form.scrollToField(first.name, { focus: true, block: 'center' });
      }
    }
  }

  const isKnown = PROTOCOLS.some((one) => one === app.protocol);
  const fields = (some: readonly Field[]) =>
    some.map((field) => <SettingField key={field.name} field={field} isStored={false} />);
  return (
    <>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!isAdmin}
        initialValues={{ ...settings, accounts, [CHANNELS_NAME]: channels }}
        onFinish={ask}
        scrollToFirstError={{ focus: true, block: 'center' }}
        className="column"
      >
        {!isAdmin && <p className="faint">{t('appPage.readOnly')}</p>}
        <FaultAlert fault={fault} />
        <section className="panel" aria-label={t('appPage.general')}>
          <h2>{t('appPage.general')}</h2>
          <p className="faint">{isKnown ? t(`protocols.${app.protocol as Protocol}`) : app.protocol}</p>
          <div className="settings">{fields(usedBy(GENERAL, app.protocol))}</div>
        </section>
        <section className="panel" aria-label={t('appPage.callbacks')}>
          <h2>{t('appPage.callbacks')}</h2>
          <div className="settings">{fields(usedBy(CALLBACKS, app.protocol))}</div>
        </section>
        <section className="panel" aria-label={t('appPage.payments')}>
          <h2>{t('appPage.payments')}</h2>
          <div className="settings">{fields(usedBy(PAYMENTS, app.protocol))}</div>
        </section>
        <section className="panel" aria-label={t('appPage.channels')}>
          <h2>{t('appPage.channels')}</h2>
          <Form.Item name={CHANNELS_NAME} label={t('appPage.channels')} extra={t('appPage.channelsHint')}>
            <Checkbox.Group options={CHANNELS.map((value) => ({ value, label: t(`stores.${value}`) }))} />
          </Form.Item>
          {chosen
            .filter((channel) => channelFields(channel).length > 0)
            .map((channel) => (
              <ChannelSettings
                key={channel}
                app={app}
                channel={channel}
                hasSeveral={several.includes(channel)}
                setSeveral={(hasSeveral) =>
                  setSeveral([...several.filter((one) => one !== channel), ...(hasSeveral ? [channel] : [])])
                }
              />
            ))}
        </section>
        {isAdmin && (
          <div className="form-end">
            <Button type="primary" htmlType="submit">
              {t('appPage.save')}
            </Button>
          </div>
        )}
      </Form>
      {patch && (
        <ActDialog
          title={t('appPage.save')}
          text={t('appPage.saveText')}
          asksReason={false}
          confirm={() => save(patch)}
          close={() => setPatch(null)}
        >
          <Changes app={app} patch={patch} />
        </ActDialog>
      )}
    </>
  );
}
