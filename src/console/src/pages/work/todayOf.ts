import type { Figure, Statistics } from '../../api/types';
import { sumOf } from '../../shared/money';

const HOUR_MS = 3_600_000;
const WEEK_DAYS = 7;

/** What is asked for: from the beginning of the same day last week on, until the end of this hour. Days are those of whoever looks. */
export function timesOfToday(now: number) {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const lastWeek = new Date(midnight);
  lastWeek.setDate(lastWeek.getDate() - WEEK_DAYS);
  // Where midnight lies within an hour of UTC, that hour counts whole, here as there.
  const hourOf = (ms: number) => Math.floor(ms / HOUR_MS) * HOUR_MS;
  return { today: hourOf(midnight.getTime()), lastWeek: hourOf(lastWeek.getTime()), now: hourOf(now) };
}

export interface PaidToday {
  currency: string;
  /** So far. */
  orders: number;
  money: string;
  /** Until the last whole hour, and the same hours last week. */
  compared: string;
  before: string;
  /** Amounts by hour, for a chart: a little off where they are great. */
  hours: { today: number[]; before: number[] };
}

export interface Today {
  paid: PaidToday[];
  receipts: { accepted: number; refused: number };
  callbacks: { attempts: number; successes: number };
}

/** The figures of today beside those of the same hours last week. */
export function todayOf({ items, health }: Statistics, now: number): Today {
  const times = timesOfToday(now);
  const hours = Math.round((times.now - times.today) / HOUR_MS);
  const within = (from: number, count: number) => (one: { time: string }) => {
    const at = Date.parse(one.time);
    return at >= from && at < from + count * HOUR_MS;
  };
  const money = (figures: readonly Figure[]) => sumOf(figures.map(({ paid }) => paid.money));
  const currencies = [...new Set(items.map(({ currency }) => currency))].sort();
  const paid = currencies.map((currency): PaidToday => {
    const own = items.filter((one) => one.currency === currency);
    const today = own.filter(within(times.today, hours + 1));
    const byHour = (from: number) =>
      Array.from({ length: hours + 1 }, (_, hour) => Number(money(own.filter(within(from + hour * HOUR_MS, 1)))));
    return {
      currency,
      orders: today.reduce((sum, one) => sum + one.paid.count, 0),
      money: money(today),
      compared: money(own.filter(within(times.today, hours))),
      before: money(own.filter(within(times.lastWeek, hours))),
      hours: { today: byHour(times.today), before: byHour(times.lastWeek) },
    };
  });
  const healthToday = health.filter(within(times.today, hours + 1));
  const sum = (pick: (one: (typeof health)[number]) => number) => healthToday.reduce((all, one) => all + pick(one), 0);
  return {
    paid: paid.filter((one) => one.orders > 0 || one.before !== '0'),
    receipts: {
      accepted: paid.reduce((all, one) => all + one.orders, 0),
      refused: sum((one) => one.verificationRefusals),
    },
    callbacks: { attempts: sum((one) => one.callbackAttempts), successes: sum((one) => one.callbackSuccesses) },
  };
}

/** By how much more or less, in whole percent; null: there was nothing to compare with. */
export function changeOf(compared: string, before: string): number | null {
  return Number(before) === 0 ? null : Math.round((Number(compared) / Number(before) - 1) * 100);
}

/** A share in percent; less than all is never shown as 100. Null: of nothing. */
export function shareOf(part: number, whole: number): string | null {
  return whole === 0 ? null : (Math.floor((part / whole) * 1000) / 10).toFixed(1);
}
