import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { type ReconciliationFilters, reconciliationsQuery } from '../../api/reconciliations';
import { useRole } from '../../api/session';
import { type Reconciliation, STORES } from '../../api/types';
import { CsvLink } from '../../shared/CsvLink';
import { ChoiceFilter, Filters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { hasRole } from '../../shared/hasRole';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { ReconciliationTag } from '../../shared/ReconciliationTag';
import { statementOwner } from '../../shared/statementOwner';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { daysOf } from '../reconciliation/daysOf';
import { UploadDialog } from './UploadDialog';

const NAMES = ['channel', 'gameId', 'open'] as const;
const REFRESH_MS = 3_000;

/** The statements that were uploaded, by day and channel. */
export default function ReconciliationsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayUpload = hasRole(useRole(), 'finance');
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const query = useQuery({
    ...reconciliationsQuery({ ...filters, cursor } as ReconciliationFilters),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state !== 'done') ? REFRESH_MS : false),
  });
  const [isUploading, setUploading] = useState(false);

  const link = (one: Reconciliation) => <Link to={`/reconciliations/${one.id}`}>{daysOf(one)}</Link>;
  const store = (one: Reconciliation) => statementOwner(t, one);
  const open = ({ open: count }: Reconciliation) => (count > 0 ? <Tag color="warning">{count}</Tag> : count);
  const columns: Columns<Reconciliation> = [
    { title: t('reconciliations.days'), key: 'days', render: (_, one) => link(one) },
    { title: t('reconciliations.channel'), key: 'channel', render: (_, one) => store(one) },
    { title: t('common.game'), dataIndex: 'gameId' },
    { title: t('common.state'), key: 'state', render: (_, one) => <ReconciliationTag one={one} /> },
    { title: t('reconciliations.differences'), dataIndex: 'differences', align: 'right' },
    { title: t('reconciliations.open'), key: 'open', align: 'right', render: (_, one) => open(one) },
    { title: t('reconciliations.made'), key: 'made', render: (_, { createdAt }) => <Time at={createdAt} /> },
    { title: t('reconciliations.by'), dataIndex: 'actor' },
  ];
  return (
    <>
      <PageHead title={t('reconciliations.title')}>
        <Link to="/statement-fetches">{t('statementFetches.title')}</Link>
        <CsvLink list="reconciliations" filters={filters} />
        {mayUpload && (
          <Button type="primary" onClick={() => setUploading(true)}>
            {t('reconciliations.upload')}
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
          name="open"
          label={t('reconciliations.onlyOpen')}
          options={[{ value: 'true', label: t('reconciliations.openOnly') }]}
        />
      </Filters>
      <ListTable
        label={t('reconciliations.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        empty={Object.keys(filters).length === 0 ? t('reconciliations.empty') : undefined}
        compact={(one) => (
          <div className="compact">
            <div className="compact-row">
              {link(one)}
              <ReconciliationTag one={one} />
            </div>
            <div className="compact-row">
              <span>
                {store(one)} · {one.gameId}
              </span>
              <span>
                {t('reconciliations.open')}: {open(one)}
              </span>
            </div>
          </div>
        )}
      />
      {isUploading && (
        <UploadDialog done={(id) => void navigate(`/reconciliations/${id}`)} close={() => setUploading(false)} />
      )}
    </>
  );
}
