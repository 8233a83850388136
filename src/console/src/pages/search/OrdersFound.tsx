import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, Navigate } from 'react-router';
import { Waiting } from '../../app/Waiting';
import { FaultAlert } from '../../shared/FaultAlert';
import { moneyText } from '../../shared/money';
import { OrderTags } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { findOrders } from './findOrders';

/** What a server without a search of its own finds: orders, under every name that the text may be. */
export function OrdersFound({ q }: { q: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['orders', 'search', q], queryFn: () => findOrders(q) });
  const found = query.data ?? [];
  const only = found.length === 1 ? found[0] : undefined;

  if (only && only.by !== 'byPlayer') {
    return <Navigate to={`/orders/${only.order.orderId}`} replace />;
  }
  return (
    <>
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isLoading && <Waiting />}
      {query.data && found.length === 0 && <p>{t('search.nothing')}</p>}
      {found.length > 0 && (
        <section className="panel" aria-label={t('search.title')}>
          <ul className="results">
            {found.map(({ order, by }) => (
              <li key={order.orderId} className="compact">
                <div className="compact-row">
                  <Link to={`/orders/${order.orderId}`}>{order.orderId}</Link>
                  <OrderTags {...order} />
                </div>
                <div className="faint">
                  {t(`search.${by}`)} · {order.productName || order.productId} ·{' '}
                  {moneyText(order.money, order.currency)} · {order.userId}
                </div>
                <Time at={order.createdAt} inline />
              </li>
            ))}
          </ul>
          {found.some(({ by }) => by === 'byPlayer') && (
            <Link to={`/orders?userId=${encodeURIComponent(q)}`}>{t('search.more')}</Link>
          )}
        </section>
      )}
    </>
  );
}
