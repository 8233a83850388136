import type { Order } from '../../api/types';
import { sumOf } from '../../shared/money';

export interface CurrencySum {
  currency: string;
  paid: string;
  refunded: string;
}

/** What orders were paid and refunded, by currency, tests left out. An order that was refunded was paid before. */
export function sumsOf(orders: readonly Order[]): CurrencySum[] {
  const counted = orders.filter(({ test, payState }) => !test && payState !== 'unpaid');
  const currencies = [...new Set(counted.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const some = counted.filter((order) => order.currency === currency);
    return {
      currency,
      paid: sumOf(some.map(({ money }) => money)),
      refunded: sumOf(some.filter(({ payState }) => payState === 'refunded').map(({ money }) => money)),
    };
  });
}
