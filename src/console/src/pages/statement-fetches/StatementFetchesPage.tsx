import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  FETCH_STATES,
  type FetchState,
  type StatementFetchFilters,
  statementFetchesQuery,
} from '../../api/reconciliations';
import { useRole } from '../../api/session';
import { STORES, type StatementFetch } from '../../api/types';
import { ChoiceFilter, Filters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { hasRole } from '../../shared/hasRole';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { statementOwner } from '../../shared/statementOwner';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { daysOf } from '../reconciliation/daysOf';
import { FetchDialog } from './FetchDialog';

const NAMES = ['channel', 'gameId', 'state'] as const;
const REFRESH_MS = 30_000;
const COLOURS: Record<FetchState, string> = { waiting: 'processing', fetched: 'success', failed: 'error' };

/** The statements that the service fetches from the stores by itself, and those that did not come. */
export default function StatementFetchesPage() {
  const { t } = useTranslation();
  const mayFetch = hasRole(useRole(), 'finance');
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const query = useQuery({
    ...statementFetchesQuery({ ...filters, cursor } as StatementFetchFilters),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const [isAsking, setAsking] = useState(false);

  const store = (one: StatementFetch) => statementOwner(t, one);
  const state = (one: StatementFetch) => (
    <Tag color={COLOURS[one.state as FetchState]}>{t(`statementFetchStates.${one.state as FetchState}`)}</Tag>
  );
  const days = (one: StatementFetch) =>
    one.reconciliationId ? <Link to={`/reconciliations/${one.reconciliationId}`}>{daysOf(one)}</Link> : daysOf(one);
  const next = (one: StatementFetch) => (one.nextTryAt ? <Time at={one.nextTryAt} /> : '–');
  const columns: Columns<StatementFetch> = [
    { title: t('reconciliations.days'), key: 'days', render: (_, one) => days(one) },
    { title: t('reconciliations.channel'), key: 'channel', render: (_, one) => store(one) },
    { title: t('common.game'), dataIndex: 'gameId' },
    { title: t('common.state'), key: 'state', render: (_, one) => state(one) },
    { title: t('statementFetches.message'), dataIndex: 'message' },
    { title: t('statementFetches.next'), key: 'next', render: (_, one) => next(one) },
  ];
  return (
    <>
      <PageHead title={t('statementFetches.title')}>
        {mayFetch && (
          <Button type="primary" onClick={() => setAsking(true)}>
            {t('statementFetches.fetch')}
          </Button>
        )}
      </PageHead>
      <Filters filters={filters} apply={apply}>
        <ChoiceFilter
          name="channel"
          label={t('reconciliations.channel')}
          options={STORES.map((value) => ({ value, label: t(`stores.${value}`) }))}
        />
        <GameField />
        <ChoiceFilter
          name="state"
          label={t('common.state')}
          options={FETCH_STATES.map((value) => ({ value, label: t(`statementFetchStates.${value}`) }))}
        />
      </Filters>
      <ListTable
        label={t('statementFetches.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        empty={Object.keys(filters).length === 0 ? t('statementFetches.empty') : undefined}
        compact={(one) => (
          <div className="compact">
            <div className="compact-row">
              {days(one)}
              {state(one)}
            </div>
            <div className="compact-row">
              <span>
                {store(one)} · {one.gameId}
              </span>
              <span>{next(one)}</span>
            </div>
            <div>{one.message}</div>
          </div>
        )}
      />
      {isAsking && <FetchDialog close={() => setAsking(false)} />}
    </>
  );
}
