import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type CallbackFilters, callbacksQuery, redeliver } from '../../api/callbacks';
import { refreshOrders } from '../../api/orders';
import { useRole } from '../../api/session';
import { CALLBACK_STATUSES, type Callback } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { CsvLink } from '../../shared/CsvLink';
import { ChoiceFilter, Filters, MoreFilters, TextFilter, TimeFilters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { hasRole } from '../../shared/hasRole';
import { type Columns, ListTable } from '../../shared/ListTable';
import { useMessages } from '../../shared/messages';
import { PageHead } from '../../shared/PageHead';
import { CallbackTag } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { Attempts, LastAnswer } from './Attempts';
import { BulkDialog } from './BulkDialog';
import { JobState } from './JobState';
import { type Chosen, Sending } from './Sending';

const MORE_NAMES = ['endpoint', 'httpStatus', 'from', 'to'] as const;
const NAMES = ['status', 'gameId', ...MORE_NAMES, 'job'] as const;

export default function CallbacksPage() {
  const { t } = useTranslation();
  const message = useMessages();
  const maySend = hasRole(useRole(), 'support');
  const { filters: address, cursor, paging, apply } = useListAddress(NAMES);
  // The job stays in the address whatever the list shows, so that whoever comes back sees how far it is.
  const { job: jobId, ...filters } = address;
  const query = useQuery({
    ...callbacksQuery({ ...filters, cursor } as CallbackFilters),
    placeholderData: keepPreviousData,
  });
  const [chosen, setChosen] = useState<Callback | null>(null);
  const [isBulk, setBulk] = useState(false);
  const [marked, setMarked] = useState<readonly string[]>([]);
  const [isAsking, setAsking] = useState(false);
  const [sending, setSending] = useState<Chosen | null>(null);

  const eventName = (event: string) => t(`events.${event as 'order.paid'}`, { defaultValue: event });
  const button = (callback: Callback) =>
    maySend &&
    callback.status !== 'delivering' && (
      <Button size="small" onClick={() => setChosen(callback)}>
        {t('buttons.redeliver')}
      </Button>
    );
  const box = ({ id, status }: Callback) =>
    maySend &&
    status !== 'delivering' && (
      <Checkbox
        aria-label={t('callbacks.select', { id })}
        checked={marked.includes(id)}
        onChange={({ target }) => setMarked((all) => (target.checked ? [...all, id] : all.filter((one) => one !== id)))}
      />
    );
  const orderLink = (callback: Callback) => <Link to={`/orders/${callback.orderId}`}>{callback.orderId}</Link>;

  const detailLink = ({ id, event }: Callback) => (
    <Link to={`/callbacks/${encodeURIComponent(id)}`}>{eventName(event)}</Link>
  );

  const columns: Columns<Callback> = [
    ...(maySend ? [{ title: '', key: 'box', render: (_: unknown, callback: Callback) => box(callback) }] : []),
    {
      title: `${t('orders.order')} · ${t('common.game')}`,
      key: 'order',
      render: (_, callback) => (
        <div>
          {orderLink(callback)}
          <div className="faint">{callback.gameId}</div>
        </div>
      ),
    },
    {
      title: `${t('callbacks.event')} · ${t('callbacks.address')}`,
      key: 'event',
      render: (_, callback) => (
        <div>
          {detailLink(callback)}
          <div className="faint cut-text" title={callback.url}>
            {callback.url}
          </div>
        </div>
      ),
    },
    { title: t('common.state'), key: 'status', render: (_, { status }) => <CallbackTag status={status} /> },
    {
      title: `${t('callbacks.attempts')} · ${t('callbacks.lastAnswer')}`,
      key: 'attempts',
      render: (_, callback) => (
        <div>
          {callback.attempts.length}
          <div className="faint">
            <LastAnswer callback={callback} />
          </div>
        </div>
      ),
    },
    {
      title: t('callbacks.nextAttempt'),
      key: 'next',
      render: (_, { nextAttemptAt }) => <Time at={nextAttemptAt} />,
    },
    { title: t('common.actions'), key: 'actions', render: (_, callback) => button(callback) },
  ];

  async function send(callback: Callback, reason: string): Promise<void> {
    try {
      await redeliver(callback.id, reason);
      void message.info(t('outcomes.redelivered'));
    } finally {
      await refreshOrders();
    }
  }

  return (
    <>
      <PageHead title={t('callbacks.title')}>
        <CsvLink list="callbacks" filters={filters} />
        {marked.length > 0 && !sending && (
          <Button onClick={() => setAsking(true)}>{t('callbacks.sendSelected', { count: marked.length })}</Button>
        )}
        {maySend && <Button onClick={() => setBulk(true)}>{t('callbacks.bulk')}</Button>}
      </PageHead>
      {jobId && <JobState jobId={jobId} mayCancel={maySend} />}
      {sending && <Sending chosen={sending} close={() => setSending(null)} />}
      <Filters filters={filters} apply={(values) => apply({ ...values, job: jobId })}>
        <ChoiceFilter
          name="status"
          label={t('common.state')}
          options={CALLBACK_STATUSES.map((value) => ({ value, label: t(`callbackStates.${value}`) }))}
        />
        <GameField />
        <MoreFilters isOpen={MORE_NAMES.some((name) => filters[name] !== undefined)}>
          <TextFilter name="endpoint" label={t('callbacks.endpoint')} hint={t('callbacks.endpointHint')} />
          <TextFilter name="httpStatus" label={t('callbacks.httpStatus')} />
          <TimeFilters />
        </MoreFilters>
      </Filters>
      <ListTable
        label={t('callbacks.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        expand={(callback) => <Attempts callback={callback} />}
        compact={(callback) => (
          <div className="compact">
            <div className="compact-row">
              {orderLink(callback)}
              {box(callback)}
            </div>
            <div className="compact-row">
              {detailLink(callback)}
              <CallbackTag status={callback.status} />
            </div>
            <LastAnswer callback={callback} />
            <Time at={callback.nextAttemptAt} inline />
            <div>{button(callback)}</div>
          </div>
        )}
      />
      {chosen && (
        <ActDialog<{ reason: string }>
          title={t('buttons.redeliver')}
          text={t('willHappen.redeliver')}
          confirm={({ reason }) => send(chosen, reason.trim())}
          close={() => setChosen(null)}
        />
      )}
      {isAsking && (
        <ActDialog<{ reason: string }>
          title={t('callbacks.selected')}
          text={t('callbacks.selectedText', { count: marked.length })}
          confirm={async ({ reason }) => {
            setSending({ ids: [...marked], reason: reason.trim() });
            setMarked([]);
          }}
          close={() => setAsking(false)}
        />
      )}
      {isBulk && (
        <BulkDialog filters={filters} started={(job) => apply({ ...filters, job })} close={() => setBulk(false)} />
      )}
    </>
  );
}
