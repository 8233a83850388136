import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { auditQuery } from '../../api/administration';
import { useRole } from '../../api/session';
import type { AuditEntry } from '../../api/types';
import { CsvLink } from '../../shared/CsvLink';
import { Facts } from '../../shared/Facts';
import { Filters, TextFilter, TimeFilters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { Verification } from './Verification';

const NAMES = ['actor', 'action', 'gameId', 'from', 'to'] as const;
type Via = 'installation' | 'token' | 'session' | 'sign-in' | 'command';

export default function AuditPage() {
  const { t } = useTranslation();
  const isAdmin = useRole() === 'admin';
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const query = useQuery({ ...auditQuery({ ...filters, cursor }), placeholderData: keepPreviousData });
  const columns: Columns<AuditEntry> = [
    { title: t('audit.number'), key: 'number', align: 'right', render: (_, { number }) => number },
    { title: t('orders.created'), key: 'at', render: (_, { at }) => <Time at={at} /> },
    { title: t('audit.actor'), key: 'actor', render: (_, entry) => <Who entry={entry} /> },
    { title: t('audit.action'), key: 'action', render: (_, { action }) => <code>{action}</code> },
    {
      title: t('audit.target'),
      key: 'target',
      render: (_, { target }) => <span className="address break">{target}</span>,
    },
    { title: t('common.game'), key: 'game', render: (_, { gameId }) => gameId },
    {
      title: t('audit.reason'),
      key: 'reason',
      render: (_, { reason }) => <span className="address break">{reason}</span>,
    },
  ];
  return (
    <>
      <PageHead title={t('audit.title')}>
        <CsvLink list="audit" filters={filters} />
        {isAdmin && <Verification />}
      </PageHead>
      <Filters filters={filters} apply={apply}>
        <TextFilter name="actor" label={t('audit.actorFilter')} />
        <TextFilter name="action" label={t('audit.action')} hint={t('audit.actionHint')} />
        <GameField />
        <TimeFilters />
      </Filters>
      <ListTable
        label={t('audit.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        expand={(entry) => <Entry entry={entry} />}
        compact={(entry) => (
          <div className="compact">
            <div className="compact-row">
              <code>{entry.action}</code>
              <strong>{entry.actor}</strong>
            </div>
            {entry.target && <span>{entry.target}</span>}
            {entry.reason && <span>{entry.reason}</span>}
            <Time at={entry.at} inline />
          </div>
        )}
      />
    </>
  );
}

function Who({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  return (
    <div>
      {entry.actor}
      <div className="faint">
        {[t(`via.${entry.via as Via}`, { defaultValue: entry.via }), entry.address].filter(Boolean).join(' · ')}
      </div>
    </div>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  return (
    <>
      <Facts
        items={[
          [t('audit.via'), t(`via.${entry.via as Via}`, { defaultValue: entry.via })],
          [t('operators.role'), entry.role && t(`roles.${entry.role as 'viewer'}`, { defaultValue: entry.role })],
          [t('audit.address'), entry.address],
          [t('audit.hash'), <code key="hash">{entry.hash ?? t('audit.unchained')}</code>],
          [t('audit.previousHash'), entry.previousHash && <code>{entry.previousHash}</code>],
        ]}
      />
      <Value name={t('audit.was')} text={entry.from} />
      <Value name={t('audit.became')} text={entry.to} />
    </>
  );
}

function Value({ name, text }: { name: string; text: string | null | undefined }) {
  if (!text) {
    return null;
  }
  return (
    <div className="entry-value">
      <span className="faint">{name}</span>
      <pre>{text}</pre>
    </div>
  );
}
