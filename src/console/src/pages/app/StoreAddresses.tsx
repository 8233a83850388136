import { useTranslation } from 'react-i18next';
import { type App, NOTIFYING } from '../../api/types';
import { CopyText } from '../../shared/CopyText';

/** Where each of the app's stores notifies us. */
export function StoreAddresses({ app }: { app: App }) {
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
