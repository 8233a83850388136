import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useSearchParams } from 'react-router';
import { Waiting } from '../../app/Waiting';
import { FaultAlert } from '../../shared/FaultAlert';
import { moneyText } from '../../shared/money';
import { PageHead } from '../../shared/PageHead';
import { OrderTags } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { findOrders } from './findOrders';

/** What the search box finds; the one order that it finds is shown at once. */
export default function SearchPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const q = params.get('q')?.trim() ?? '';
  const query = useQuery({ queryKey: ['orders', 'search', q], queryFn: () => findOrders(q), enabled: q !== '' });
  const found = query.data ?? [];
  const only = found.length === 1 ? found[0] : undefined;

  if (only && only.by !== 'byPlayer') {
    return <Navigate to={`/orders/${only.order.orderId}`} replace />;
  }
  return (
    <>
      <PageHead title={q ? t('search.of', { q }) : t('search.title')} />
      <FaultAlert fault={query.error} retry={query.refetch} />
      {q === '' && <p>{t('search.ask')}</p>}
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
