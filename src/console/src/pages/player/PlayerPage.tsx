import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { balanceQuery } from '../../api/accounts';
import { ordersQuery } from '../../api/orders';
import { useRole } from '../../api/session';
import type { Order } from '../../api/types';
import { CopyButton } from '../../shared/CopyText';
import { FaultAlert } from '../../shared/FaultAlert';
import { hasRole } from '../../shared/hasRole';
import { OpenIdButton } from '../../shared/OpenIdButton';
import { PageHead } from '../../shared/PageHead';
import { useListAddress } from '../../shared/useListAddress';
import { OrdersTable } from '../orders/OrdersTable';
import { PersonalData } from './PersonalData';
import { sumsOf } from './sums';

const PROBLEMS_MAX = 50;

/** What is known of a player in a game. */
export default function PlayerPage() {
  const { t } = useTranslation();
  const { gameId = '', userId = '' } = useParams();
  const { cursor, paging } = useListAddress([]);
  const isAdmin = hasRole(useRole(), 'admin');
  const query = useQuery({
    ...ordersQuery({ gameId, userId, cursor }),
    placeholderData: keepPreviousData,
  });
  const search = `userId=${encodeURIComponent(userId)}`;
  return (
    <>
      <PageHead
        title={t('player.title', { userId })}
        beside={
          <>
            <CopyButton text={userId} what={t('orders.player')} />
            <span>
              {t('common.game')} <Link to={`/apps/${gameId}`}>{gameId}</Link>
            </span>
          </>
        }
      />
      <div className="order">
        <Problems gameId={gameId} userId={userId} />
        <Account gameId={gameId} userId={userId} />
        {isAdmin && <PersonalData gameId={gameId} userId={userId} />}
      </div>
      <Sums orders={query.data?.items ?? []} />
      <h2>{t('player.orders')}</h2>
      <OrdersTable query={query} paging={paging} />
      <Link to={`/orders?${search}`}>{t('player.elsewhere')}</Link>
    </>
  );
}

interface Player {
  gameId: string;
  userId: string;
}

function Problems({ gameId, userId }: Player) {
  const { t } = useTranslation();
  const held = useQuery(ordersQuery({ gameId, userId, state: 'review', limit: PROBLEMS_MAX }));
  const failed = useQuery(ordersQuery({ gameId, userId, state: 'failed', payState: 'paid', limit: PROBLEMS_MAX }));
  const kinds = [
    { text: 'player.review', orders: held.data?.items ?? [] },
    { text: 'player.failed', orders: failed.data?.items ?? [] },
  ] as const;
  const isKnown = held.data !== undefined && failed.data !== undefined;
  return (
    <section className="panel" aria-label={t('player.problems')}>
      <h2>{t('player.problems')}</h2>
      <FaultAlert fault={held.error ?? failed.error} />
      {isKnown && kinds.every(({ orders }) => orders.length === 0) && <p>{t('player.noProblems')}</p>}
      {kinds
        .filter(({ orders }) => orders.length > 0)
        .map(({ text, orders }) => (
          <div key={text}>
            <strong>{t(text, { count: orders.length })}</strong>
            <ul className="plain">
              {orders.map(({ orderId, stateReason }) => (
                <li key={orderId}>
                  <Link to={`/orders/${orderId}`}>{orderId}</Link> {stateReason}
                </li>
              ))}
            </ul>
          </div>
        ))}
    </section>
  );
}

function Account({ gameId, userId }: Player) {
  const { t } = useTranslation();
  const maySupport = hasRole(useRole(), 'support');
  const { data: balance, error } = useQuery(balanceQuery(userId));
  return (
    <section className="panel" aria-label={t('player.points')}>
      <h2>{t('player.points')}</h2>
      <FaultAlert fault={error} />
      {balance === null && <p>{t('player.noAccount')}</p>}
      {balance && (
        <>
          <p>
            <strong>{balance}</strong> ·{' '}
            <Link to={`/accounts?uid=${encodeURIComponent(userId)}`}>{t('player.account')}</Link>
          </p>
          {maySupport && (
            <>
              <p className="faint">{t('player.openIdHint')}</p>
              <OpenIdButton uid={userId} gameId={gameId} />
            </>
          )}
        </>
      )}
    </section>
  );
}

function Sums({ orders }: { orders: Order[] }) {
  const { t } = useTranslation();
  const sums = sumsOf(orders);
  return (
    <section className="panel" aria-label={t('player.spent')}>
      <p className="faint">{t('player.sums', { count: orders.length })}</p>
      {sums.length === 0 ? (
        <p>{t('player.noPaid')}</p>
      ) : (
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">{t('player.currency')}</th>
              <th scope="col">{t('player.spent')}</th>
              <th scope="col">{t('player.refunded')}</th>
            </tr>
          </thead>
          <tbody>
            {sums.map(({ currency, paid, refunded }) => (
              <tr key={currency}>
                <th scope="row">{currency}</th>
                <td>{paid}</td>
                <td>{refunded}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
