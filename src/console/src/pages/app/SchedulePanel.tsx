import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { App } from '../../api/types';
import { Time } from '../../shared/Time';
import { shortWaitText } from '../../shared/time';
import { scheduleOf } from './schedule';

/** More attempts are told by the first of them and the last. */
const TOLD_MAX = 12;

/** When the callbacks of an app are tried, as times. */
export function SchedulePanel({ app }: { app: App }) {
  const { t, i18n } = useTranslation();
  const [now] = useState(Date.now);
  const { after, until, isOwn } = scheduleOf(app, app.callback?.retrySeconds);
  const words = (seconds: number) => shortWaitText(t, seconds);
  const told =
    after.length <= TOLD_MAX
      ? after.map(words)
      : [...after.slice(0, TOLD_MAX - 1).map(words), '…', words(after.at(-1) ?? 0)];
  const times = told.join(i18n.language === 'zh' ? '、' : ', ');
  return (
    <section className="panel" aria-label={t('schedule.title')}>
      <h2>{t('schedule.title')}</h2>
      <p className="faint">{isOwn ? t('schedule.own') : `${t('schedule.protocols')} ${app.protocol}`}</p>
      <p>
        {t('schedule.preview', { times })} {until !== null && t('schedule.repeated', { until: words(until) })}{' '}
        {t('schedule.atLast')}
      </p>
      <details>
        <summary>{t('schedule.all')}</summary>
        <p className="faint">{t('schedule.at')}</p>
        <ol className="plain">
          {after.map((seconds, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no other name than their number.
            <li key={index}>
              {t('schedule.attempt', { number: index + 1 })}:{' '}
              <Time at={new Date(now + seconds * 1000).toISOString()} inline />
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
