import { useTranslation } from 'react-i18next';
import type { Attempt } from '../api/types';

/** The error says nothing new where it is the status only. */
const errorOf = ({ error, httpStatus }: Attempt) => (error && error !== `HTTP ${httpStatus}` ? ` · ${error}` : '');

/** What a game server answered to a callback, and how fast. */
export function Answer({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation();
  const isUnderWay = attempt.durationMs === undefined || attempt.durationMs === null;
  if (isUnderWay) {
    return <span>{t('story.inFlight')}</span>;
  }
  return (
    <>
      <span>
        {attempt.httpStatus ? `HTTP ${attempt.httpStatus}` : t('story.noAnswer')} · {attempt.durationMs} ms
        {errorOf(attempt)}
      </span>
      {attempt.response && (
        <details>
          <summary>{t('story.answer')}</summary>
          <pre>{attempt.response}</pre>
        </details>
      )}
    </>
  );
}
