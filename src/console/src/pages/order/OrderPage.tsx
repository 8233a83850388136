import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { orderQuery } from '../../api/orders';
import type { Order } from '../../api/types';
import { Waiting } from '../../app/Waiting';
import { CopyButton, CopyText } from '../../shared/CopyText';
import { Facts } from '../../shared/Facts';
import { FaultAlert } from '../../shared/FaultAlert';
import { moneyText } from '../../shared/money';
import { PageHead } from '../../shared/PageHead';
import { OrderTags } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { Advice } from './Advice';
import { Buttons } from './Buttons';
import { RefundQuestion } from './RefundQuestion';
import { Story } from './Story';
import { refreshAfterMs } from './story';

export default function OrderPage() {
  const { t } = useTranslation();
  const { orderId = '' } = useParams();
  const { data: order, ...query } = useQuery({
    ...orderQuery(orderId),
    refetchInterval: ({ state }) => (state.data && refreshAfterMs(state.data, Date.now())) ?? false,
  });
  return (
    <>
      <PageHead
        title={t('order.title', { id: orderId })}
        beside={<CopyButton text={orderId} what={t('orders.orderId')} />}
      >
        {order && <Buttons order={order} />}
      </PageHead>
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {order && (
        <>
          <Advice order={order} />
          <RefundQuestion order={order} />
          <div className="order">
            <section className="panel" aria-label={t('order.timeline')}>
              <h2>{t('order.timeline')}</h2>
              <Story order={order} />
            </section>
            <OrderFacts order={order} />
          </div>
        </>
      )}
    </>
  );
}

function OrderFacts({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { payment } = order;
  const copied = (text: string | null | undefined, what: string) => text && <CopyText text={text} what={what} />;
  const sent = Object.entries(order.attributes ?? {});
  return (
    <section className="panel" aria-label={t('order.facts')}>
      <h2>{t('order.facts')}</h2>
      <Facts
        items={[
          [t('common.state'), <OrderTags key="state" {...order} />],
          [t('orders.amount'), moneyText(order.money, order.currency)],
          [t('orders.product'), [order.productName, order.productId].filter(Boolean).join(' · ')],
          [t('orders.quantity'), order.quantity],
          [
            t('orders.player'),
            <CopyText key="player" text={order.userId} what={t('orders.player')}>
              <Link to={`/players/${order.gameId}/${encodeURIComponent(order.userId)}`}>{order.userId}</Link>
            </CopyText>,
          ],
          [
            t('common.game'),
            <Link key="game" to={`/apps/${order.gameId}`}>
              {order.gameId}
            </Link>,
          ],
          [t('orders.protocol'), order.protocol],
          [t('orders.merchantOrderId'), copied(order.merchantOrderId, t('orders.merchantOrderId'))],
          [t('orders.channel'), payment?.channel ?? order.channel],
          [t('orders.transactionId'), copied(payment?.transactionId, t('orders.transactionId'))],
          [t('order.storeOrderId'), copied(payment?.storeOrderId, t('order.storeOrderId'))],
          [t('order.environment'), payment?.environment],
          [t('channelAccounts.account'), payment?.account],
          [t('orders.created'), <Time key="created" at={order.createdAt} />],
          [t('order.expiresAt'), order.payState === 'unpaid' && <Time at={order.expiresAt} />],
          [t('order.paidAt'), order.paidAt && <Time at={order.paidAt} />],
          [t('order.deliveredAt'), order.deliveredAt && <Time at={order.deliveredAt} />],
          [t('order.refundedMoney'), moneyText(order.refundedMoney, order.refundedMoney && order.currency)],
          [t('order.notifyUrl'), order.notifyUrl],
        ]}
      />
      {sent.length > 0 && (
        <>
          <h2 className="facts-more">{t('order.sent')}</h2>
          <Facts
            items={sent.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])}
          />
        </>
      )}
    </section>
  );
}
