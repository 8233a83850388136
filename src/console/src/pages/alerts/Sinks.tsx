import { useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteSink, sinksQuery, testSink } from '../../api/alerts';
import type { AlertSink } from '../../api/alertTypes';
import { toFault } from '../../api/fault';
import { ActDialog } from '../../shared/ActDialog';
import { GamesText } from '../../shared/GameFields';
import { type Columns, ListTable } from '../../shared/ListTable';
import { useMessages } from '../../shared/messages';
import { faultText } from '../../texts/serverSays';
import { SeverityTag } from './SeverityTag';
import { SinkDialog } from './SinkDialog';

/** How long a refusal stays to be read. */
const FAULT_SECONDS = 10;

/** Where alerts go. */
export function Sinks() {
  const { t } = useTranslation();
  const message = useMessages();
  const { data, ...query } = useQuery(sinksQuery);
  const [changed, setChanged] = useState<AlertSink | 'new' | null>(null);
  const [doomed, setDoomed] = useState<AlertSink | null>(null);
  const [tested, setTested] = useState<string | null>(null);

  async function test({ name }: AlertSink): Promise<void> {
    setTested(name);
    try {
      const { delivered, fault } = await testSink(name);
      if (delivered) {
        void message.success(t('sinks.delivered', { name }));
      } else {
        void message.error(t('sinks.refused', { name, fault: fault ?? '' }), FAULT_SECONDS);
      }
    } catch (error) {
      void message.error(faultText(t, toFault(error)), FAULT_SECONDS);
    } finally {
      setTested(null);
    }
  }

  async function doom({ name }: AlertSink): Promise<void> {
    await deleteSink(name);
    void message.success(t('sinks.deleted', { name }));
  }

  const address = ({ url, smtp }: AlertSink) => (
    <span className="address break">{url ?? [smtp?.host, smtp?.to?.join(', ')].filter(Boolean).join(' · ')}</span>
  );
  const takes = (sink: AlertSink) => (
    <div className="address break">
      <GamesText games={sink.games} />
      {sink.conditions && <div className="faint">{sink.conditions.join(', ')}</div>}
      {sink.severity === 'critical' && <SeverityTag severity={sink.severity} />}
    </div>
  );
  const state = ({ disabled }: AlertSink) => (
    <Tag color={disabled ? 'error' : 'success'}>{t(disabled ? 'operators.disabled' : 'operators.active')}</Tag>
  );
  const buttons = (sink: AlertSink) => (
    <span className="tags">
      <Button
        size="small"
        loading={tested === sink.name}
        disabled={tested !== null && tested !== sink.name}
        aria-label={t('sinks.test', { name: sink.name })}
        onClick={() => void test(sink)}
      >
        {t('sinks.testShort')}
      </Button>
      <Button size="small" aria-label={t('operators.change', { name: sink.name })} onClick={() => setChanged(sink)}>
        {t('operators.changeShort')}
      </Button>
      <Button size="small" danger aria-label={t('tokens.delete', { name: sink.name })} onClick={() => setDoomed(sink)}>
        {t('tokens.deleteShort')}
      </Button>
    </span>
  );
  const columns: Columns<AlertSink> = [
    { title: t('sinks.name'), dataIndex: 'name' },
    { title: t('sinks.kind'), key: 'kind', render: (_, { kind }) => t(`sinkKinds.${kind}`) },
    { title: t('sinks.address'), key: 'address', render: (_, sink) => address(sink) },
    { title: t('sinks.takes'), key: 'takes', render: (_, sink) => takes(sink) },
    { title: t('common.state'), key: 'state', render: (_, sink) => state(sink) },
    { title: t('common.actions'), key: 'actions', render: (_, sink) => buttons(sink) },
  ];
  return (
    <>
      <div className="page-head">
        <h2>{t('sinks.title')}</h2>
        <Button onClick={() => setChanged('new')}>{t('sinks.new')}</Button>
      </div>
      <ListTable
        label={t('sinks.title')}
        query={{ ...query, data: data && { items: data.items, nextCursor: null } }}
        rowKey="name"
        columns={columns}
        paging={null}
        empty={t('sinks.empty')}
        compact={(sink) => (
          <div className="compact">
            <div className="compact-row">
              <strong>{sink.name}</strong>
              {state(sink)}
            </div>
            <span>{t(`sinkKinds.${sink.kind}`)}</span>
            {address(sink)}
            {takes(sink)}
            {buttons(sink)}
          </div>
        )}
      />
      {changed && <SinkDialog sink={changed === 'new' ? null : changed} close={() => setChanged(null)} />}
      {doomed && (
        <ActDialog
          title={t('tokens.delete', { name: doomed.name })}
          text={t('sinks.deleteText', { name: doomed.name })}
          isDangerous
          asksReason={false}
          confirm={() => doom(doomed)}
          close={() => setDoomed(null)}
        />
      )}
    </>
  );
}
