import { useTranslation } from 'react-i18next';
import { Time } from './Time';
import { waitText } from './time';
import { useNow } from './useNow';

/** Until when a store takes an answer, counted down. */
export function Deadline({ at }: { at: string }) {
  const { t } = useTranslation();
  const left = Date.parse(at) - useNow(true);
  return (
    <span>
      {t('work.deadline')} <Time at={at} inline /> (
      <span role="timer">{left > 0 ? t('story.in', { wait: waitText(t, left) }) : t('work.overdue')}</span>)
    </span>
  );
}
