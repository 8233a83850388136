import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type DiscrepancyFilters, discrepanciesQuery } from '../../api/reconciliations';
import { useRole } from '../../api/session';
import {
  DISCREPANCY_KINDS,
  type Discrepancy,
  type DiscrepancyKind,
  type DiscrepancySide,
  REPAIR_STATES,
  type Reconciliation,
  type Repair,
  type RepairState,
} from '../../api/types';
import { CopyText } from '../../shared/CopyText';
import { CsvLink } from '../../shared/CsvLink';
import { ChoiceFilter, Filters } from '../../shared/Filters';
import { hasRole } from '../../shared/hasRole';
import { type Columns, ListTable } from '../../shared/ListTable';
import { moneyText } from '../../shared/money';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { RepairDialog } from './RepairDialog';

const NAMES = ['kind', 'repair'] as const;

/** What differs between the statement and us, each with both sides and what can be done. */
export function Discrepancies({ reconciliation }: { reconciliation: Reconciliation }) {
  const { t } = useTranslation();
  const mayRepair = hasRole(useRole(), 'finance');
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const query = useQuery({
    ...discrepanciesQuery(reconciliation.id, { ...filters, cursor } as DiscrepancyFilters),
    placeholderData: keepPreviousData,
  });
  const [chosen, setChosen] = useState<{ one: Discrepancy; action: Repair } | null>(null);

  const kind = (one: Discrepancy) => t(`discrepancies.${one.kind as DiscrepancyKind}`);
  const what = (one: Discrepancy) => (
    <div className="address">
      {one.orderId && <Link to={`/orders/${one.orderId}`}>{one.orderId}</Link>}
      <div>
        <CopyText text={one.transactionId} what={t('orders.transactionId')} />
      </div>
      <span className="faint break">
        {[one.productId, one.line && t('reconciliation.line', { line: one.line })].filter(Boolean).join(' · ')}
      </span>
    </div>
  );
  const acts = (one: Discrepancy) => (
    <Acts one={one} mayRepair={mayRepair} choose={(action) => setChosen({ one, action })} />
  );
  const columns: Columns<Discrepancy> = [
    { title: t('audit.number'), dataIndex: 'number', align: 'right' },
    {
      title: t('reconciliation.kind'),
      key: 'kind',
      render: (_, one) => (
        <div className="address break">
          {kind(one)}
          <div className="faint">{one.detail}</div>
        </div>
      ),
    },
    { title: t('orders.order'), key: 'order', render: (_, one) => what(one) },
    {
      title: t('reconciliation.theirs'),
      key: 'theirs',
      align: 'right',
      render: (_, one) => <Side side={one.theirs} />,
    },
    { title: t('reconciliation.ours'), key: 'ours', align: 'right', render: (_, one) => <Side side={one.ours} /> },
    { title: t('orders.created'), key: 'at', render: (_, { at }) => <Time at={at} /> },
    { title: t('reconciliation.repair'), key: 'acts', render: (_, one) => acts(one) },
  ];
  const isFiltered = Object.keys(filters).length > 0;
  const isAllGood = reconciliation.state === 'done' && reconciliation.differences === 0;
  return (
    <>
      <div className="page-head">
        <h2>{t('reconciliations.differences')}</h2>
        {reconciliation.differences > 0 && (
          <CsvLink list={`reconciliations/${encodeURIComponent(reconciliation.id)}/differences`} filters={filters} />
        )}
      </div>
      <Filters filters={filters} apply={apply}>
        <ChoiceFilter
          name="kind"
          label={t('reconciliation.kind')}
          options={DISCREPANCY_KINDS.map((value) => ({ value, label: t(`discrepancies.${value}`) }))}
        />
        <ChoiceFilter
          name="repair"
          label={t('reconciliation.repair')}
          options={REPAIR_STATES.map((value) => ({ value, label: t(`repairStates.${value}`) }))}
        />
      </Filters>
      <ListTable
        label={t('reconciliations.differences')}
        query={query}
        rowKey="number"
        columns={columns}
        paging={paging}
        empty={t(isAllGood && !isFiltered ? 'reconciliation.allGood' : 'reconciliation.empty')}
        compact={(one) => (
          <div className="compact">
            <strong>{kind(one)}</strong>
            {what(one)}
            <div className="compact-row">
              <span>
                {t('reconciliation.theirs')}: <Side side={one.theirs} />
              </span>
              <span>
                {t('reconciliation.ours')}: <Side side={one.ours} />
              </span>
            </div>
            <span className="faint">{one.detail}</span>
            {acts(one)}
          </div>
        )}
      />
      {chosen && (
        <RepairDialog id={reconciliation.id} one={chosen.one} action={chosen.action} close={() => setChosen(null)} />
      )}
    </>
  );
}

function Side({ side }: { side: DiscrepancySide | null }) {
  const { t } = useTranslation();
  const units = side?.units === null || side === null ? '' : t('reconciliation.units', { count: side.units });
  const text = [moneyText(side?.money, side?.currency), units].filter(Boolean).join(' · ');
  return text ? <span className="nowrap">{text}</span> : <span className="faint">{t('reconciliation.nothing')}</span>;
}

/** What was done about a difference, and what can be done. */
function Acts({ one, mayRepair, choose }: { one: Discrepancy; mayRepair: boolean; choose: (action: Repair) => void }) {
  const { t } = useTranslation();
  const { repair } = one;
  const isOpen = repair?.state !== 'done';
  return (
    <div className="compact">
      {repair && (
        <div>
          <Tag color={repair.state === 'done' ? 'success' : 'warning'}>
            {t(`repairStates.${repair.state as RepairState}`)}
          </Tag>
          {repair.action && t(`repairs.${repair.action as Repair}`)}
          <div className="faint break">
            {repair.actor && t('reconciliation.by', { actor: repair.actor, reason: repair.reason ?? '' })}{' '}
            {repair.outcome}
          </div>
        </div>
      )}
      {isOpen && mayRepair && (
        <div className="tags">
          {one.actions.map((action) => (
            <Button key={action} size="small" onClick={() => choose(action as Repair)}>
              {t(`repairs.${action as Repair}`)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
