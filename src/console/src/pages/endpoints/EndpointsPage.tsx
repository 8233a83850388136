import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { endpointsQuery } from '../../api/endpoints';
import { useRole } from '../../api/session';
import type { Endpoint } from '../../api/types';
import { Filters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';

const NAMES = ['gameId'] as const;
const REFRESH_MS = 10_000;
const COLORS: Record<string, string> = { closed: 'success', open: 'error' };

interface Row extends Endpoint {
  key: string;
}

/** Where callbacks go, and how it is going there. */
export default function EndpointsPage() {
  const { t } = useTranslation();
  const isAdmin = useRole() === 'admin';
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const { data, ...query } = useQuery({
    ...endpointsQuery(filters.gameId, cursor),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const rows = data?.items.map((one): Row => ({ ...one, key: `${one.gameId} ${one.url}` })) ?? [];

  const breaker = ({ thisNode: { breaker: state, breakerTriesAt } }: Row) => (
    <div className="address">
      <Tag color={COLORS[state]}>{t(`breakers.${state as 'open'}`, { defaultValue: state })}</Tag>
      {breakerTriesAt && (
        <div className="faint">
          {t('endpoints.tries')} <Time at={breakerTriesAt} inline />
        </div>
      )}
    </div>
  );
  const rate = ({ thisNode: { lastHour } }: Row) =>
    lastHour.successRate === null ? (
      <span className="faint">{t('endpoints.noAttempts')}</span>
    ) : (
      <span title={`${lastHour.succeeded} / ${lastHour.attempts}`}>{percent(lastHour.successRate)} %</span>
    );
  const waiting = (row: Row) =>
    row.waiting > 0 ? (
      <Link to={`/callbacks?gameId=${row.gameId}&status=pending`}>
        {row.isMore ? t('endpoints.more', { count: row.waiting }) : row.waiting}
      </Link>
    ) : (
      row.waiting
    );
  const failure = ({ thisNode: { lastFailure } }: Row) =>
    lastFailure && (
      <div className="faint address break">
        {t('endpoints.failure')}: {lastFailure.text} <Time at={lastFailure.at} inline />
      </div>
    );
  const test = ({ gameId }: Row) =>
    isAdmin && (
      <div>
        <Link to={`/apps/${gameId}#probe`}>{t('endpoints.test')}</Link>
      </div>
    );
  const times = ({ thisNode: { lastHour } }: Row) =>
    lastHour.p50Ms !== null && `${lastHour.p50Ms} / ${lastHour.p95Ms ?? '–'} ms`;
  const columns: Columns<Row> = [
    {
      title: t('endpoints.endpoint'),
      key: 'endpoint',
      render: (_, row) => (
        <div className="address break">
          {row.url}
          {test(row)}
          {failure(row)}
        </div>
      ),
    },
    {
      title: t('common.game'),
      key: 'game',
      render: (_, { gameId }) => <Link to={`/apps/${gameId}`}>{gameId}</Link>,
    },
    { title: t('endpoints.breaker'), key: 'breaker', render: (_, row) => breaker(row) },
    { title: t('endpoints.rate'), key: 'rate', align: 'right', render: (_, row) => rate(row) },
    { title: t('endpoints.times'), key: 'times', align: 'right', render: (_, row) => times(row) },
    { title: t('endpoints.inFlight'), key: 'inFlight', align: 'right', render: (_, { thisNode }) => thisNode.inFlight },
    { title: t('endpoints.waiting'), key: 'waiting', align: 'right', render: (_, row) => waiting(row) },
    {
      title: t('endpoints.oldest'),
      key: 'oldest',
      render: (_, { oldestWaitingAt }) => <Time at={oldestWaitingAt} />,
    },
  ];
  return (
    <>
      <PageHead title={t('endpoints.title')} />
      <Filters filters={filters} apply={apply}>
        <GameField />
      </Filters>
      <p className="faint">
        {t('endpoints.hint')} {t('endpoints.node')}
      </p>
      <ListTable
        label={t('endpoints.title')}
        query={{ ...query, data: data && { items: rows, nextCursor: data.nextCursor } }}
        rowKey="key"
        columns={columns}
        paging={paging}
        empty={t('endpoints.empty')}
        compact={(row) => (
          <div className="compact">
            <strong className="break">{row.url}</strong>
            <div className="compact-row">
              {breaker(row)}
              <span>{rate(row)}</span>
            </div>
            <div className="compact-row faint">
              <span>
                {t('endpoints.inFlight')}: {row.thisNode.inFlight}
              </span>
              <span>
                {t('endpoints.waiting')}: {waiting(row)}
              </span>
            </div>
            <Time at={row.oldestWaitingAt} inline />
            {failure(row)}
            {test(row)}
          </div>
        )}
      />
    </>
  );
}

/** A share as percent; less than all is never shown as 100. */
function percent(share: number): string {
  return (Math.floor(share * 1000) / 10).toFixed(1);
}
