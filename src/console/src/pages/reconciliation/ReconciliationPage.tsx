import { useQuery } from '@tanstack/react-query';
import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { reconciliationQuery } from '../../api/reconciliations';
import type { Reconciliation } from '../../api/types';
import { Waiting } from '../../app/Waiting';
import { CopyButton } from '../../shared/CopyText';
import { Facts } from '../../shared/Facts';
import { FaultAlert } from '../../shared/FaultAlert';
import { PageHead } from '../../shared/PageHead';
import { ReconciliationTag } from '../../shared/ReconciliationTag';
import { statementOwner } from '../../shared/statementOwner';
import { Time } from '../../shared/Time';
import { Discrepancies } from './Discrepancies';
import { daysOf } from './daysOf';

const REFRESH_MS = 2_000;

const COUNTS = [
  'lines',
  'other',
  'otherDays',
  'otherGames',
  'bad',
  'payments',
  'matched',
  'refundsMatched',
  'otherCurrency',
  'returnedUnits',
  'missingHere',
  'missingThere',
  'amountDiffers',
  'refundedThere',
] as const;

export default function ReconciliationPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data: one, ...query } = useQuery({
    ...reconciliationQuery(id),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'done' ? REFRESH_MS : false),
  });
  const title = one
    ? t('reconciliation.title', {
        store: statementOwner(t, one),
        days: daysOf(one),
      })
    : id;
  return (
    <>
      <PageHead title={title} beside={<CopyButton text={id} what={t('reconciliations.title')} />} />
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {one && (
        <>
          <section className="panel" aria-label={t('reconciliation.counts')}>
            {one.state !== 'done' && <Progress percent={one.progress} aria-label={t('common.state')} />}
            <ReconciliationFacts one={one} />
          </section>
          <Discrepancies reconciliation={one} />
        </>
      )}
    </>
  );
}

function ReconciliationFacts({ one }: { one: Reconciliation }) {
  const { t } = useTranslation();
  return (
    <Facts
      items={[
        [t('common.state'), <ReconciliationTag key="state" one={one} />],
        [
          t('common.game'),
          <Link key="game" to={`/apps/${one.gameId}`}>
            {one.gameId}
          </Link>,
        ],
        [t('reconciliation.format'), one.format],
        [t('reconciliations.by'), one.actor],
        [t('reconciliations.made'), <Time key="made" at={one.createdAt} />],
        [t('reconciliation.finished'), one.finishedAt && <Time at={one.finishedAt} />],
        // What did not occur is left out, but for the two that tell most.
        ...COUNTS.map((name): [string, number | false] => [
          t(`counts.${name}`),
          one.counts[name] || name === 'lines' || name === 'matched' ? (one.counts[name] ?? 0) : false,
        ]),
      ]}
    />
  );
}
