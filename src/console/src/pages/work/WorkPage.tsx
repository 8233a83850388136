import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRole } from '../../api/session';
import type { GameWork, RefundQuestion } from '../../api/types';
import { workQuery } from '../../api/work';
import { Waiting } from '../../app/Waiting';
import { Deadline } from '../../shared/Deadline';
import { FaultAlert } from '../../shared/FaultAlert';
import { hasRole } from '../../shared/hasRole';
import { PageHead } from '../../shared/PageHead';
import { Time } from '../../shared/Time';
import { Figures } from './Figures';
import { linesOf, sorted } from './lines';
import { Today } from './Today';

const RefundAnswerDialog = lazy(() => import('../../shared/RefundAnswerDialog'));
const REFRESH_MS = 30_000;

/** The first page: what needs a person, and figures. */
export default function WorkPage() {
  const { t } = useTranslation();
  const { data: work, ...query } = useQuery({ ...workQuery(), refetchInterval: REFRESH_MS });
  const games = sorted(work?.items ?? []);
  return (
    <>
      <PageHead title={t('work.title')} />
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {work && (
        <section aria-label={t('work.needs')}>
          {games.length === 0 ? (
            <Alert type="success" showIcon role="status" title={t('work.nothing')} />
          ) : (
            <div className="cards">
              {games.map((one) => (
                <Game key={one.gameId ?? 'none'} work={one} />
              ))}
            </div>
          )}
          {work.isMore && <p>{t('work.moreGames')}</p>}
        </section>
      )}
      <Today oldestWaitingAt={oldestOf(games)} />
      <Figures />
    </>
  );
}

/** When the callback was queued that has waited longest, of all games. */
function oldestOf(games: readonly GameWork[]): string | null {
  return games.flatMap(({ oldestWaitingCallbackAt: at }) => at ?? []).sort()[0] ?? null;
}

function Game({ work }: { work: GameWork }) {
  const { t } = useTranslation();
  const title = work.gameId === null ? t('work.noGame') : t('work.game', { gameId: work.gameId });
  return (
    <section className="panel" aria-label={title}>
      <h2>{work.gameId === null ? title : <Link to={`/apps/${work.gameId}`}>{title}</Link>}</h2>
      <ul className="counts">
        {linesOf(work).map(({ name, count, to }) => (
          <li key={name}>
            <Link to={to}>
              <strong>{count}</strong> {t(`work.${name}`)}
            </Link>
          </li>
        ))}
      </ul>
      {work.refundQuestions.length > 0 && <Questions questions={work.refundQuestions} />}
      {work.isMore && <p className="faint">{t('work.more')}</p>}
      {work.oldestWaitingCallbackAt && (
        <p className="faint">
          {t('work.oldest')} <Time at={work.oldestWaitingCallbackAt} inline />
        </p>
      )}
    </section>
  );
}

/** What stores ask before they refund a player; whoever may answer does it here. */
function Questions({ questions }: { questions: RefundQuestion[] }) {
  const { t } = useTranslation();
  const mayAnswer = hasRole(useRole(), 'finance');
  const [answered, setAnswered] = useState<string | null>(null);
  return (
    <>
      <strong>{t('work.refundQuestions')}</strong>
      <ul className="plain">
        {questions.map(({ orderId, deadline }) => (
          <li key={orderId}>
            <Link to={`/orders/${orderId}`}>{orderId}</Link> <Deadline at={deadline} />{' '}
            {mayAnswer && (
              <Button size="small" onClick={() => setAnswered(orderId)}>
                {t('refundAnswer.answer')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {answered && (
        <Suspense fallback={null}>
          <RefundAnswerDialog orderId={answered} close={() => setAnswered(null)} />
        </Suspense>
      )}
    </>
  );
}
