import type { Reconciliation } from '../../api/types';

/** The days of a reconciliation, as one text. */
export function daysOf({ day, lastDay }: Pick<Reconciliation, 'day' | 'lastDay'>): string {
  return day === lastDay ? day : `${day} – ${lastDay}`;
}
