import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { type NotificationFilters, notificationsQuery } from '../../api/notifications';
import { NOTIFICATION_STATES, type Notification } from '../../api/types';
import { CsvLink } from '../../shared/CsvLink';
import { ChoiceFilter, Filters, TextFilter } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { NotificationTag } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { NotificationDrawer } from './NotificationDrawer';

const NAMES = ['channel', 'gameId', 'state'] as const;

export default function NotificationsPage() {
  const { t } = useTranslation();
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  const [params, setParams] = useSearchParams();
  const id = params.get('id');
  const query = useQuery({
    ...notificationsQuery({ ...filters, cursor } as NotificationFilters),
    placeholderData: keepPreviousData,
  });

  function show(shown: string | null): void {
    const next = new URLSearchParams(params);
    if (shown) {
      next.set('id', shown);
    } else {
      next.delete('id');
    }
    setParams(next);
  }

  const details = (notification: Notification) => (
    <Button size="small" onClick={() => show(notification.id)}>
      {t('common.details')}
    </Button>
  );
  const orderLink = ({ orderId }: Notification) => orderId && <Link to={`/orders/${orderId}`}>{orderId}</Link>;

  const columns: Columns<Notification> = [
    { title: t('notifications.received'), key: 'received', render: (_, { receivedAt }) => <Time at={receivedAt} /> },
    { title: t('notifications.channel'), dataIndex: 'channel' },
    { title: t('common.state'), key: 'state', render: (_, { state }) => <NotificationTag state={state} /> },
    {
      title: t('notifications.outcome'),
      key: 'outcome',
      render: (_, { outcome }) => <span className="address break">{outcome}</span>,
    },
    {
      title: `${t('orders.order')} · ${t('orders.transactionId')}`,
      key: 'order',
      render: (_, notification) => (
        <div>
          {orderLink(notification)}
          <div className="faint cut-text" title={notification.transactionId ?? undefined}>
            {notification.transactionId}
          </div>
        </div>
      ),
    },
    { title: t('common.game'), dataIndex: 'gameId' },
    { title: t('notifications.seen'), dataIndex: 'seen', align: 'right' },
    { title: t('common.actions'), key: 'actions', render: (_, notification) => details(notification) },
  ];

  return (
    <>
      <PageHead title={t('notifications.title')}>
        <CsvLink list="notifications" filters={filters} />
      </PageHead>
      <Filters filters={filters} apply={apply}>
        <TextFilter name="channel" label={t('notifications.channel')} />
        <ChoiceFilter
          name="state"
          label={t('common.state')}
          options={NOTIFICATION_STATES.map((value) => ({ value, label: t(`notificationStates.${value}`) }))}
        />
        <GameField />
      </Filters>
      <ListTable
        label={t('notifications.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        compact={(notification) => (
          <div className="compact">
            <div className="compact-row">
              <span>{notification.channel}</span>
              <NotificationTag state={notification.state} />
            </div>
            {notification.outcome && <span>{notification.outcome}</span>}
            {orderLink(notification)}
            <Time at={notification.receivedAt} inline />
            <div>{details(notification)}</div>
          </div>
        )}
      />
      {id && <NotificationDrawer id={id} close={() => show(null)} />}
    </>
  );
}
