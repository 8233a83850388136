import type { Counted, Figure, Health, Statistics } from '../../api/types';
import { sumOf } from '../../shared/money';

const MOVES = ['created', 'paid', 'refunded', 'delivered'] as const;
const CALLBACKS = ['attempts', 'successes', 'refusals'] as const;

export type LineName = (typeof MOVES)[number] | (typeof CALLBACKS)[number];

export interface ChartData {
  name: 'orders' | 'money' | 'callbacks';
  /** Of amounts: one chart has one currency. */
  currency: string;
  times: string[];
  lines: { name: LineName; values: number[] }[];
}

/** What is drawn of the figures: orders, then amounts by currency, then callbacks; each summed over the groups, without test orders. */
export function chartsOf({ items: counted, health }: Statistics): ChartData[] {
  const times = timesOf([...counted, ...health]);
  const currencies = [...new Set(counted.map(({ currency }) => currency))].filter(Boolean).sort();
  const at = <T extends { time: string }>(all: readonly T[], time: string) => all.filter((one) => one.time === time);
  const lines = (of: readonly Figure[], pick: (counts: Counted[]) => number) =>
    MOVES.map((name) => ({ name, values: times.map((time) => pick(at(of, time).map((figure) => figure[name]))) }));
  const charts: ChartData[] = [];
  if (counted.length > 0) {
    charts.push({
      name: 'orders',
      currency: '',
      times,
      lines: lines(counted, (counts) => total(counts.map((one) => one.count))),
    });
  }
  for (const currency of currencies) {
    charts.push({
      name: 'money',
      currency,
      times,
      lines: lines(
        counted.filter((figure) => figure.currency === currency),
        // A line may be a little off; the table has the exact sums.
        (counts) => Number(sumOf(counts.map(({ money }) => money))),
      ),
    });
  }
  if (health.length > 0) {
    const values = (pick: (one: Health) => number) => times.map((time) => total(at(health, time).map(pick)));
    charts.push({
      name: 'callbacks',
      currency: '',
      times,
      lines: [
        { name: 'attempts', values: values((one) => one.callbackAttempts) },
        { name: 'successes', values: values((one) => one.callbackSuccesses) },
        { name: 'refusals', values: values((one) => one.verificationRefusals) },
      ],
    });
  }
  return charts;
}

function timesOf(all: readonly { time: string }[]): string[] {
  return [...new Set(all.map(({ time }) => time))].sort();
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
