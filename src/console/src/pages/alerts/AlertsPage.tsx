import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { acknowledge, alertsQuery, conditionsQuery } from '../../api/alerts';
import { ALERT_STATES, type Alert, type AlertFilters } from '../../api/alertTypes';
import { queryClient } from '../../api/queryClient';
import { useRole } from '../../api/session';
import { ActDialog } from '../../shared/ActDialog';
import { CsvLink } from '../../shared/CsvLink';
import { Facts } from '../../shared/Facts';
import { ChoiceFilter, Filters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { hasRole } from '../../shared/hasRole';
import { type Columns, ListTable } from '../../shared/ListTable';
import { useMessages } from '../../shared/messages';
import { PageHead } from '../../shared/PageHead';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { Conditions } from './Conditions';
import { conditionText, quantityText, runbookText } from './quantityText';
import { SeverityTag } from './SeverityTag';
import { Sinks } from './Sinks';

const NAMES = ['state', 'condition', 'gameId'] as const;
const REFRESH_MS = 30_000;

/** What is wrong now and was before, who is told of it, and from which values on. */
export default function AlertsPage() {
  const { t, i18n } = useTranslation();
  const message = useMessages();
  const role = useRole();
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const query = useQuery({
    ...alertsQuery({ ...filters, cursor } as AlertFilters),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const conditions = useQuery(conditionsQuery).data?.items ?? [];
  const [chosen, setChosen] = useState<Alert | null>(null);

  const what = (alert: Alert) => (
    <div className="address break">
      {conditionText(alert, i18n.language)}
      <div className="faint">{alert.subject}</div>
    </div>
  );
  const value = ({ value: newest, threshold, unit }: Alert) => (
    <span className="nowrap">
      {quantityText(t, newest, unit)} <span className="faint">/ {quantityText(t, threshold, unit)}</span>
    </span>
  );
  const button = (alert: Alert) =>
    hasRole(role, 'support') &&
    !alert.recoveredAt &&
    !alert.acknowledgedAt && (
      <Button size="small" onClick={() => setChosen(alert)}>
        {t('alerts.acknowledge')}
      </Button>
    );
  const columns: Columns<Alert> = [
    { title: t('alerts.raised'), key: 'raised', render: (_, { raisedAt }) => <Time at={raisedAt} /> },
    { title: t('alerts.what'), key: 'what', render: (_, alert) => what(alert) },
    { title: t('alerts.severity'), key: 'severity', render: (_, { severity }) => <SeverityTag severity={severity} /> },
    { title: t('common.state'), key: 'state', render: (_, alert) => <State alert={alert} /> },
    { title: t('alerts.value'), key: 'value', align: 'right', render: (_, alert) => value(alert) },
    { title: t('common.game'), dataIndex: 'gameId' },
    { title: t('common.actions'), key: 'actions', render: (_, alert) => button(alert) },
  ];

  async function take(alert: Alert, reason: string): Promise<void> {
    try {
      await acknowledge(alert.id, reason);
      void message.success(t('alerts.acknowledged'));
    } finally {
      await queryClient.invalidateQueries({ queryKey: ['alerts'] });
    }
  }

  return (
    <>
      <PageHead title={t('alerts.title')}>
        <CsvLink list="alerts" filters={filters} />
      </PageHead>
      <Filters filters={filters} apply={apply}>
        <ChoiceFilter
          name="state"
          label={t('common.state')}
          options={ALERT_STATES.map((state) => ({ value: state, label: t(`alertStates.${state}`) }))}
        />
        <ChoiceFilter
          name="condition"
          label={t('alerts.what')}
          options={conditions.map((one) => ({ value: one.condition, label: conditionText(one, i18n.language) }))}
        />
        <GameField />
      </Filters>
      <ListTable
        label={t('alerts.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        expand={(alert) => <Details alert={alert} />}
        empty={Object.keys(filters).length === 0 ? t('alerts.empty') : undefined}
        compact={(alert) => (
          <div className="compact">
            {what(alert)}
            <div className="compact-row">
              <SeverityTag severity={alert.severity} />
              <State alert={alert} />
            </div>
            {value(alert)}
            <Time at={alert.raisedAt} inline />
            <div>{button(alert)}</div>
          </div>
        )}
      />
      {role === 'admin' && (
        <>
          <Sinks />
          <Conditions />
        </>
      )}
      {chosen && (
        <ActDialog<{ reason: string }>
          title={t('alerts.acknowledge')}
          text={t('alerts.acknowledgeText', { what: conditionText(chosen, i18n.language), subject: chosen.subject })}
          confirm={({ reason }) => take(chosen, reason.trim())}
          close={() => setChosen(null)}
        />
      )}
    </>
  );
}

/** More about an alert, and where it is written what to do. */
function Details({ alert }: { alert: Alert }) {
  const { t, i18n } = useTranslation();
  return (
    <Facts
      items={[
        [t('alerts.detail'), alert.detail],
        [t('alerts.runbook'), alert.runbook && <code>{runbookText(alert.runbook, i18n.language)}</code>],
        [t('alerts.condition'), <code key="condition">{alert.condition}</code>],
        [t('alerts.seen'), <Time key="seen" at={alert.seenAt} inline />],
        [t('alerts.told'), alert.told],
        [t('alerts.toldAgain'), alert.toldAgainAt && <Time at={alert.toldAgainAt} inline />],
      ]}
    />
  );
}

/** Whether an alert is open, who looks after it, and since when it is over. */
function State({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  return (
    <div>
      <Tag color={alert.recoveredAt ? 'default' : alert.acknowledgedAt ? 'processing' : 'error'}>
        {t(alert.recoveredAt ? 'alertStates.past' : alert.acknowledgedAt ? 'alerts.taken' : 'alertStates.open')}
      </Tag>
      {alert.recoveredAt && <Time at={alert.recoveredAt} inline />}
      {alert.acknowledgedBy && <div className="faint">{t('alerts.by', { name: alert.acknowledgedBy })}</div>}
    </div>
  );
}
