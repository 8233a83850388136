import { useTranslation } from 'react-i18next';
import { type App, CHANNELS } from '../../api/types';
import { channelFields } from './fields';

/** Where a setting of one of several accounts would be if there were one. */
const OF_ACCOUNT = /^(channels\.[^.]+)\.accounts\.[^.]+/;
const SECRETS = CHANNELS.flatMap(channelFields)
  .filter(({ kind }) => kind === 'secret')
  .map(({ name }) => name);

/** What saving will change, from what to what. */
export function Changes({ app, patch }: { app: App; patch: object }) {
  const { t } = useTranslation();
  const text = (value: unknown) =>
    value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <dl className="changes" aria-label={t('appPage.changed')}>
      {changesOf(app, patch).map(({ name, from, to }) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            {SECRETS.includes(name.replace(OF_ACCOUNT, '$1')) ? (
              t('appPage.secretHidden')
            ) : (
              <>
                <del>{text(from)}</del> → <ins>{to === null ? t('appPage.removed') : text(to)}</ins>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface Change {
  name: string;
  from: unknown;
  to: unknown;
}

function changesOf(before: unknown, patch: object, at = ''): Change[] {
  return Object.entries(patch).flatMap(([name, to]): Change[] => {
    const place = at ? `${at}.${name}` : name;
    const from = (before as Record<string, unknown> | undefined)?.[name];
    const isInner = typeof to === 'object' && to !== null && !Array.isArray(to) && Object.keys(to).length > 0;
    return isInner ? changesOf(from, to as object, place) : [{ name: place, from, to }];
  });
}
