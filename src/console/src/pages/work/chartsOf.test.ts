import { expect, it } from 'vitest';
import type { Figure } from '../../api/types';
import { chartsOf } from './chartsOf';

const none = { count: 0, money: '0' };
const figure = (change: Partial<Figure>): Figure => ({
  time: '2026-11-28T00:00:00Z',
  key: '1',
  currency: 'CNY',
  created: none,
  paid: none,
  refunded: none,
  delivered: none,
  ...change,
});

it('sums the groups, and keeps currencies and tests apart', () => {
  const charts = chartsOf({
    from: '',
    to: '',
    step: 'day',
    by: 'game',
    items: [
      figure({ paid: { count: 1, money: '0.1' } }),
      figure({ key: '2', paid: { count: 2, money: '0.2' } }),
      figure({ time: '2026-11-29T00:00:00Z', currency: 'USD', paid: { count: 4, money: '9.99' } }),
    ],
    tests: [figure({ paid: { count: 100, money: '100' } })],
    health: [],
  });
  expect(charts.map(({ name, currency }) => [name, currency])).toEqual([
    ['orders', ''],
    ['money', 'CNY'],
    ['money', 'USD'],
  ]);
  const paid = (at: number) => charts[at]?.lines.find(({ name }) => name === 'paid')?.values;
  expect(paid(0)).toEqual([3, 4]);
  expect(paid(1)).toEqual([0.3, 0]);
  expect(paid(2)).toEqual([0, 9.99]);
});
