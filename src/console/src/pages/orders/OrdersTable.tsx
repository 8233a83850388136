import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Order } from '../../api/types';
import { CopyText } from '../../shared/CopyText';
import { type Columns, type ListQuery, ListTable } from '../../shared/ListTable';
import { moneyText } from '../../shared/money';
import { OrderTags } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import type { Paging } from '../../shared/useListAddress';

interface Props {
  query: ListQuery<Order>;
  paging: Paging;
}

export function OrdersTable({ query, paging }: Props) {
  const { t } = useTranslation();
  const columns: Columns<Order> = [
    {
      title: t('orders.order'),
      key: 'order',
      render: (_, order) => (
        <div>
          <OrderLink order={order} />
          {order.merchantOrderId && (
            <div className="faint cut">
              <CopyText text={order.merchantOrderId} what={t('orders.merchantOrderId')} />
            </div>
          )}
        </div>
      ),
    },
    { title: t('common.state'), key: 'state', render: (_, order) => <OrderTags {...order} /> },
    {
      title: `${t('orders.amount')} · ${t('orders.product')}`,
      key: 'amount',
      render: (_, order) => (
        <div>
          {moneyText(order.money, order.currency)}
          <div className="faint cut">{order.productName || order.productId}</div>
        </div>
      ),
    },
    {
      title: `${t('orders.player')} · ${t('common.game')}`,
      key: 'player',
      render: (_, order) => (
        <div>
          <PlayerLink order={order} />
          <div className="faint">{order.gameId}</div>
        </div>
      ),
    },
    {
      title: t('orders.channel'),
      key: 'channel',
      render: (_, order) => (
        <div>
          {order.payment?.channel ?? order.channel}
          <div className="faint cut">
            <CopyText text={order.payment?.transactionId} what={t('orders.transactionId')} />
          </div>
        </div>
      ),
    },
    { title: t('orders.created'), key: 'created', render: (_, order) => <Time at={order.createdAt} /> },
  ];
  return (
    <ListTable
      label={t('orders.title')}
      query={query}
      rowKey="orderId"
      columns={columns}
      paging={paging}
      compact={(order) => (
        <div className="compact">
          <OrderLink order={order} />
          <div className="compact-row">
            <OrderTags {...order} />
            <strong>{moneyText(order.money, order.currency)}</strong>
          </div>
          <div className="compact-row faint">
            <span>{order.productName || order.productId}</span>
            <PlayerLink order={order} />
          </div>
          <Time at={order.createdAt} inline />
        </div>
      )}
    />
  );
}

function PlayerLink({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <CopyText text={order.userId} what={t('orders.player')}>
      <Link to={`/players/${order.gameId}/${encodeURIComponent(order.userId)}`}>{order.userId}</Link>
    </CopyText>
  );
}

function OrderLink({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <CopyText text={order.orderId} what={t('orders.orderId')}>
      <Link to={`/orders/${order.orderId}`}>{order.orderId}</Link>
    </CopyText>
  );
}
