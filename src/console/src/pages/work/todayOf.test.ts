import { describe, expect, it } from 'vitest';
import type { Figure, Health, Statistics } from '../../api/types';
import { changeOf, shareOf, timesOfToday, todayOf } from './todayOf';

const HOUR_MS = 3_600_000;
const none = { count: 0, money: '0' };

/** Of a day at 15:20, local time. */
const now = new Date(2026, 10, 30, 15, 20).getTime();
const times = timesOfToday(now);
const at = (from: number, hours: number) => new Date(from + hours * HOUR_MS).toISOString();

const paid = (time: string, count: number, money: string, currency = 'CNY'): Figure => ({
  time,
  key: currency,
  currency,
  created: none,
  paid: { count, money },
  refunded: none,
  delivered: none,
});
const health = (time: string, change: Partial<Health>): Health => ({
  time,
  key: null,
  verificationRefusals: 0,
  callbackAttempts: 0,
  callbackSuccesses: 0,
  callbackP95Ms: null,
  ...change,
});
const given = (items: Figure[], all: Health[] = []): Statistics => ({
  from: '',
  to: '',
  step: 'hour',
  by: 'currency',
  items,
  tests: [],
  health: all,
});

describe('today', () => {
  it('begins at midnight, and a week before at the midnight of that day', () => {
    expect(times.now - times.today).toBe(15 * HOUR_MS);
    expect(new Date(times.lastWeek).getDay()).toBe(new Date(times.today).getDay());
    expect(new Date(times.lastWeek).getHours()).toBe(0);
  });

  it('is compared with the same whole hours of last week, by currency', () => {
    const today = todayOf(
      given([
        paid(at(times.lastWeek, 14), 1, '10.1'),
        // Later that day, and a day between: they are not compared with.
        paid(at(times.lastWeek, 15), 1, '1000'),
        paid(at(times.lastWeek, 30), 1, '1000'),
        paid(at(times.today, 0), 2, '0.1'),
        paid(at(times.today, 14), 1, '20.1'),
        paid(at(times.today, 15), 4, '0.2'),
        paid(at(times.today, 3), 1, '9.99', 'USD'),
      ]),
      now,
    );
    expect(today.paid.map(({ hours: _, ...one }) => one)).toEqual([
      { currency: 'CNY', orders: 7, money: '20.4', compared: '20.2', before: '10.1' },
      { currency: 'USD', orders: 1, money: '9.99', compared: '9.99', before: '0' },
    ]);
    expect(today.paid[0]?.hours.today).toHaveLength(16);
    expect(today.paid[0]?.hours.before.at(14)).toBe(10.1);
    expect(today.receipts.accepted).toBe(8);
    expect(changeOf('20.2', '10.1')).toBe(100);
    expect(changeOf('9.99', '0')).toBeNull();
  });

  it('has the receipts and callbacks of today only', () => {
    const today = todayOf(
      given(
        [],
        [
          health(at(times.today, 15), { verificationRefusals: 2, callbackAttempts: 1000, callbackSuccesses: 999 }),
          health(at(times.today, -1), { verificationRefusals: 50, callbackAttempts: 50 }),
        ],
      ),
      now,
    );
    expect(today).toEqual({
      paid: [],
      receipts: { accepted: 0, refused: 2 },
      callbacks: { attempts: 1000, successes: 999 },
    });
    expect(shareOf(999, 1000)).toBe('99.9');
    expect(shareOf(99_999, 100_000)).toBe('99.9');
    expect(shareOf(0, 0)).toBeNull();
  });
});
