import { useTranslation } from 'react-i18next';
import { localText, offsetText, utcText } from './time';

/** A time as whoever looks has it, and below it in UTC. */
export function Time({ at, inline = false }: { at: string | null | undefined; inline?: boolean }) {
  const { t } = useTranslation();
  if (!at) {
    return null;
  }
  const local = `${localText(at)} ${offsetText(at)}`;
  return (
    <time dateTime={at} className={inline ? 'time time-inline' : 'time'} title={`${local} ${t('common.localTime')}`}>
      <span className="nowrap">{localText(at)}</span> <span className="faint nowrap">{utcText(at)}</span>
    </time>
  );
}
