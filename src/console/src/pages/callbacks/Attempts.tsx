import { useTranslation } from 'react-i18next';
import type { Callback } from '../../api/types';
import { Answer } from '../../shared/Answer';
import { Time } from '../../shared/Time';

/** The attempts of a callback, oldest first. */
export function Attempts({ callback }: { callback: Callback }) {
  const { t } = useTranslation();
  return (
    <div className="compact">
      <span className="break">{callback.url}</span>
      {callback.attempts.length === 0 && <span>{t('callbacks.none')}</span>}
      {callback.attempts.map((attempt) => (
        <div key={`${attempt.number} ${attempt.startedAt}`} className="story">
          <span className="story-title">{t('callbacks.attemptNumber', { number: attempt.number })}</span>
          <Time at={attempt.startedAt} inline />
          <Answer attempt={attempt} />
        </div>
      ))}
    </div>
  );
}

/** In short, how the last attempt ended. */
export function LastAnswer({ callback }: { callback: Callback }) {
  const { t } = useTranslation();
  const last = callback.attempts.at(-1);
  if (!last) {
    return <span className="faint">{t('callbacks.none')}</span>;
  }
  if (last.durationMs === undefined || last.durationMs === null) {
    return <span>{t('story.inFlight')}</span>;
  }
  return (
    <span>
      {last.httpStatus ? `HTTP ${last.httpStatus}` : t('story.noAnswer')} · {last.durationMs} ms
    </span>
  );
}
