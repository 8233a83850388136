import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { testChannel } from '../../api/endpoints';
import { notificationsQuery } from '../../api/notifications';
import { type App, NOTIFYING } from '../../api/types';
import { CopyText } from '../../shared/CopyText';
import { FaultAlert } from '../../shared/FaultAlert';
import { NotificationTag } from '../../shared/StateTags';
import { Time } from '../../shared/Time';

/** Where each of the app's stores notifies us. */
export function StoreAddresses({ app, isAdmin }: { app: App; isAdmin: boolean }) {
  const { t } = useTranslation();
  const stores = NOTIFYING.filter((store) => app.channels?.[store]);
  return (
    <section className="panel" aria-label={t('addresses.title')}>
      <h2>{t('addresses.title')}</h2>
      {stores.length === 0 ? (
        <p className="faint">{t('addresses.none')}</p>
      ) : (
        <>
          <p className="faint">{t('addresses.hint')}</p>
          <dl className="stacked">
            {stores.map((store) => {
              const address = `${window.location.origin}/notify/${store}/${app.gameId}`;
              return (
                <div key={store}>
                  <dt>{t(`addresses.${store}`)}</dt>
                  <dd>
                    <CopyText text={address} what={t('addresses.of', { store: t(`stores.${store}`) })}>
                      <code>{address}</code>
                    </CopyText>
                    <LastNotification gameId={String(app.gameId)} channel={store} />
                    {isAdmin && <TestButton app={app} channel={store} name={t(`stores.${store}`)} />}
                  </dd>
                </div>
              );
            })}
          </dl>
        </>
      )}
    </section>
  );
}

/** Whether the store has found the address. */
function LastNotification({ gameId, channel }: { gameId: string; channel: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(notificationsQuery({ gameId, channel, limit: 1 }));
  const last = data?.items[0];
  if (!data) {
    return null;
  }
  return (
    <div className="faint">
      {last ? (
        <>
          {t('addresses.last')} <Time at={last.receivedAt} inline /> <NotificationTag state={last.state} />
          <div>
            <Link to={`/notifications?gameId=${gameId}&channel=${channel}`}>{t('notifications.title')}</Link>
          </div>
        </>
      ) : (
        t('addresses.never')
      )}
    </div>
  );
}

const KINDS = { accepted: 'success', refused: 'error', notAsked: 'info' } as const;

/** Has the server ask the store whether it accepts the app's settings, and shows what the store says. */
function TestButton({ app, channel, name }: { app: App; channel: string; name: string }) {
  const { t } = useTranslation();
  const testing = useMutation({ mutationFn: () => testChannel(app.gameId, channel) });
  const verdict = testing.data?.verdict as keyof typeof KINDS | undefined;
  return (
    <div>
      <Button size="small" loading={testing.isPending} onClick={() => testing.mutate()}>
        {t('addresses.test', { store: name })}
      </Button>
      <FaultAlert fault={testing.error} />
      {verdict && !testing.isPending && (
        <Alert
          type={KINDS[verdict]}
          showIcon
          role="status"
          title={t(`addresses.${verdict}`, { store: name })}
          description={testing.data?.reason && <span lang="en">{testing.data.reason}</span>}
        />
      )}
    </div>
  );
}
