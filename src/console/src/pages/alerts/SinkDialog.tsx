import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { conditionsQuery, saveSink } from '../../api/alerts';
import { type AlertSink, SEVERITIES, SINK_KINDS, SINK_LANGUAGES, SMTP_SECURITIES } from '../../api/alertTypes';
import { ActDialog } from '../../shared/ActDialog';
import { GamesField } from '../../shared/GameFields';
import { useMessages } from '../../shared/messages';
import { useClear } from '../../shared/useClear';
import { conditionText } from './quantityText';
import { fieldsOf, SECRETS, type SinkFields, sinkOf } from './sinkOf';

const NAME_MAX = 64;
const TEXT_MAX = 256;
const URL_MAX = 2048;

/** Makes a sink (null), or changes one. */
export function SinkDialog({ sink, close }: { sink: AlertSink | null; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run(fields: SinkFields): Promise<void> {
    const saved = sinkOf(fields);
    await saveSink(saved, sink?.name ?? null);
    void message.success(t('sinks.saved', { name: saved.name }));
  }

  return (
    <ActDialog<SinkFields>
      title={sink ? t('operators.change', { name: sink.name }) : t('sinks.new')}
      text={sink ? t('sinks.masked') : t('sinks.newText')}
      asksReason={false}
      initial={sink ? fieldsOf(sink) : { kind: 'dingtalk' }}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="name"
        label={t('sinks.name')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input autoFocus={!sink} readOnly={sink !== null} autoComplete="off" maxLength={NAME_MAX} />
      </Form.Item>
      <Form.Item name="kind" label={t('sinks.kind')}>
        <Select options={SINK_KINDS.map((value) => ({ value, label: t(`sinkKinds.${value}`) }))} />
      </Form.Item>
      <Address initial={sink?.kind ?? 'dingtalk'} />
      <Choice />
      <Form.Item name="allowedNetworks" label={t('sinks.networks')} extra={t('sinks.networksHint')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ']} />
      </Form.Item>
      <Form.Item name="disabled" valuePropName="checked">
        <Checkbox>{t('sinks.disable')}</Checkbox>
      </Form.Item>
    </ActDialog>
  );
}

/** Where it is, and what it signs with: other fields for each kind. */
function Address({ initial }: { initial: SinkFields['kind'] }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SinkFields>();
  const kind = (Form.useWatch('kind', form) ?? initial) as SinkFields['kind'];
  if (kind === 'smtp') {
    return <Mail />;
  }
  return (
    <>
      <Form.Item name="url" label={t('sinks.url')} extra={t('sinks.urlHint')}>
        <Input autoComplete="off" maxLength={URL_MAX} />
      </Form.Item>
      {SECRETS[kind] !== 'none' && (
        <Form.Item
          name="secret"
          label={t('sinks.secret')}
          extra={t(SECRETS[kind] === 'optional' ? 'sinks.secretOptional' : 'sinks.secretRequired')}
        >
          <Input type="password" autoComplete="new-password" maxLength={TEXT_MAX} />
        </Form.Item>
      )}
    </>
  );
}

function Mail() {
  const { t } = useTranslation();
  const clear = useClear();
  return (
    <>
      <Form.Item name={['smtp', 'host']} label={t('sinks.host')}>
        <Input autoComplete="off" maxLength={TEXT_MAX} />
      </Form.Item>
      <Form.Item
        name={['smtp', 'port']}
        label={t('sinks.port')}
        extra={t('sinks.portHint')}
        rules={[{ pattern: /^\d{1,5}$/, message: t('serverSays.whole') }]}
      >
        <Input inputMode="numeric" autoComplete="off" />
      </Form.Item>
      <Form.Item name={['smtp', 'security']} label={t('sinks.security')}>
        <Select
          allowClear={clear}
          placeholder={t('securities.starttls')}
          options={SMTP_SECURITIES.map((value) => ({ value, label: t(`securities.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={['smtp', 'userName']} label={t('sinks.userName')}>
        <Input autoComplete="off" maxLength={TEXT_MAX} />
      </Form.Item>
      <Form.Item name={['smtp', 'password']} label={t('sinks.password')}>
        <Input type="password" autoComplete="new-password" maxLength={TEXT_MAX} />
      </Form.Item>
      <Form.Item name={['smtp', 'from']} label={t('sinks.from')}>
        <Input autoComplete="off" maxLength={TEXT_MAX} />
      </Form.Item>
      <Form.Item name={['smtp', 'to']} label={t('sinks.to')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ']} />
      </Form.Item>
    </>
  );
}

/** Which alerts it is told of, and how. */
function Choice() {
  const { t, i18n } = useTranslation();
  const clear = useClear();
  const conditions = useQuery(conditionsQuery).data?.items ?? [];
  return (
    <>
      <GamesField />
      <Form.Item name="conditions" label={t('sinks.conditions')}>
        <Select
          mode="multiple"
          placeholder={t('common.all')}
          showSearch={{ optionFilterProp: 'label' }}
          options={conditions.map((one) => ({ value: one.condition, label: conditionText(one, i18n.language) }))}
        />
      </Form.Item>
      <Form.Item name="severity" label={t('sinks.severity')}>
        <Select
          allowClear={clear}
          placeholder={t('common.all')}
          options={SEVERITIES.map((value) => ({ value, label: t(`severities.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="language" label={t('sinks.language')}>
        <Select
          allowClear={clear}
          placeholder={t('sinkLanguages.both')}
          options={SINK_LANGUAGES.map((value) => ({ value, label: t(`sinkLanguages.${value}`) }))}
        />
      </Form.Item>
    </>
  );
}
