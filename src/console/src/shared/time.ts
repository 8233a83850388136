import type { TFunction } from 'i18next';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (number: number) => String(number).padStart(2, '0');

/** 2026-11-29 15:04:05 in the time zone of whoever looks. */
export function localText(at: string | Date): string {
  const time = new Date(at);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** 2026-11-29 15:04:05 UTC. */
export function utcText(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The difference of whoever looks from UTC, as +08:00. */
export function offsetText(at: string | Date): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** How long until something happens. */
export function waitText(t: TFunction, ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / SECOND);
  const rounded = seconds * SECOND;
  if (rounded < MINUTE) {
    return t('durations.seconds', { s: seconds });
  }
  if (rounded < HOUR) {
    return t('durations.minutes', { m: Math.floor(rounded / MINUTE), s: seconds % 60 });
  }
  if (rounded < DAY) {
    return t('durations.hours', { h: Math.floor(rounded / HOUR), m: Math.floor((rounded % HOUR) / MINUTE) });
  }
  return t('durations.days', { d: Math.floor(rounded / DAY), h: Math.floor((rounded % DAY) / HOUR) });
}

/** A wait in seconds, in one or two units, exact: 0.5 s, 30 min, 1 h 5 min. */
export function shortWaitText(t: TFunction, seconds: number): string {
  const parts: [number, 'day' | 'hour' | 'minute'][] = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor((seconds % 86_400) / 3_600), 'hour'],
    [Math.floor((seconds % 3_600) / 60), 'minute'],
  ];
  const rest = Math.round((seconds % 60) * 1000) / 1000;
  const texts = parts.filter(([count]) => count > 0).map(([count, unit]) => t(`durations.${unit}`, { count }));
  return [...texts, ...(rest > 0 || texts.length === 0 ? [t('durations.second', { count: rest })] : [])].join(' ');
}

/** What a field of a local date and time holds, as RFC 3339 in UTC; undefined: it is empty or no time. */
export function toUtc(local: string | undefined): string | undefined {
  const time = local ? new Date(local) : null;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString().replace('.000Z', 'Z') : undefined;
}

/** The reverse, for a field of a local date and time. */
export function toLocalField(utc: string | undefined): string {
  return utc && !Number.isNaN(Date.parse(utc)) ? localText(utc).replace(' ', 'T') : '';
}
