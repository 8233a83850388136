import { useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { notificationQuery, replayNotification } from '../../api/notifications';
import { refreshOrders } from '../../api/orders';
import { useRole } from '../../api/session';
import { Waiting } from '../../app/Waiting';
import { ActDialog } from '../../shared/ActDialog';
import { CopyText } from '../../shared/CopyText';
import { Facts } from '../../shared/Facts';
import { FaultAlert } from '../../shared/FaultAlert';
import { hasRole } from '../../shared/hasRole';
import { useMessages } from '../../shared/messages';
import { NotificationTag } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { decodedOf } from './decodedOf';

/** One notification with what the store sent. */
export function NotificationDrawer({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();
  const mayReplay = hasRole(useRole(), 'support');
  const { data: one, ...query } = useQuery(notificationQuery(id));
  const [isAsking, setAsking] = useState(false);

  async function replay(reason: string): Promise<void> {
    await replayNotification(id, reason);
    await refreshOrders();
    void message.info(t('outcomes.replayed'));
  }

  return (
    <Drawer
      open
      size="min(720px, 100vw)"
      title={t('notifications.one')}
      closable={{ 'aria-label': t('common.close') }}
      onClose={close}
      extra={mayReplay && one && <Button onClick={() => setAsking(true)}>{t('buttons.replay')}</Button>}
    >
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {one && (
        <>
          <Facts
            items={[
              [t('common.state'), <NotificationTag key="state" state={one.state} />],
              [t('notifications.channel'), one.channel],
              [t('common.game'), one.gameId],
              [t('notifications.outcome'), one.outcome],
              [t('orders.order'), one.orderId && <Link to={`/orders/${one.orderId}`}>{one.orderId}</Link>],
              [
                t('orders.transactionId'),
                one.transactionId && <CopyText text={one.transactionId} what={t('orders.transactionId')} />,
              ],
              [
                t('notifications.noticeId'),
                <CopyText key="notice" text={one.noticeId} what={t('notifications.noticeId')} />,
              ],
              [t('notifications.received'), <Time key="received" at={one.receivedAt} />],
              [t('notifications.doneAt'), one.doneAt && <Time at={one.doneAt} />],
              [t('notifications.nextTry'), one.nextTryAt && <Time at={one.nextTryAt} />],
              [t('notifications.seen'), one.seen],
              [t('notifications.tries'), one.tries],
            ]}
          />
          {one.headers && (
            <>
              <h2 className="facts-more">{t('notifications.headers')}</h2>
              <pre>
                {Object.entries(one.headers)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join('\n')}
              </pre>
            </>
          )}
          {one.body && <DecodedParts body={one.body} />}
          {one.body && (
            <>
              <h2 className="facts-more">{t('notifications.body')}</h2>
              <pre>{one.body}</pre>
            </>
          )}
        </>
      )}
      {isAsking && (
        <ActDialog<{ reason: string }>
          title={t('buttons.replay')}
          text={t('willHappen.replay')}
          confirm={({ reason }) => replay(reason.trim())}
          close={() => setAsking(false)}
        />
      )}
    </Drawer>
  );
}

function DecodedParts({ body }: { body: string }) {
  const { t } = useTranslation();
  return decodedOf(body).map(({ name, text }) => (
    <section key={name}>
      <h2 className="facts-more">
        {t('notifications.decoded')} {name && <code>{name}</code>}
      </h2>
      <pre>{text}</pre>
    </section>
  ));
}
