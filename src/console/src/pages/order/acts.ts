import type { Callback, Order, Role } from '../../api/types';
import { hasRole } from '../../shared/hasRole';
import { sumOf } from '../../shared/money';

export const ACTS = [
  'redeliver',
  'recheck',
  'release',
  'markPaid',
  'refund',
  'settle',
  'consumption',
  'close',
] as const;
export type Act = (typeof ACTS)[number];

/** The least role of each act, as the server has it. */
const LEAST: Record<Act, Role> = {
  redeliver: 'support',
  recheck: 'support',
  release: 'support',
  close: 'support',
  consumption: 'support',
  refund: 'finance',
  settle: 'finance',
  markPaid: 'finance',
};

/** The stores that ask how much was used before they refund. */
const ASKING: readonly string[] = ['google', 'apple'];

/** In which states the server does it. What was used it takes of any order: stores ask for it while the order is paid. */
const ALLOWS: Record<Act, (order: Order) => boolean> = {
  redeliver: (order) => redeliverable(order).length > 0,
  recheck: (order) => order.payState === 'unpaid',
  release: (order) => order.state === 'review',
  close: (order) => order.payState === 'unpaid' && (order.state === 'created' || order.state === 'review'),
  refund: (order) => order.payState === 'paid',
  settle: (order) => order.state !== 'review' && toSettle(order) > 0,
  consumption: (order) => order.payState === 'paid' && ASKING.includes(order.payment?.channel ?? ''),
  markPaid: (order) => order.payState === 'unpaid',
};

/** The acts that a role may do in the state of an order. */
export function actsOf(order: Order, role: Role): Act[] {
  return ACTS.filter((act) => hasRole(role, LEAST[act]) && ALLOWS[act](order));
}

/** How many payments the order did not take and somebody has to look at. */
export function toSettle(order: Order): number {
  return (order.unappliedPayments ?? []).filter(({ settledAt }) => settledAt === null).length;
}

/** What of the money is left to give back: not given back yet, and not asked for at the store. */
export function leftOf(order: Order): string {
  const open = (order.refunds ?? []).filter(({ state }) => state === 'asked' || state === 'unknown');
  const gone = [order.refundedMoney ?? '0', ...open.map(({ money }) => money)];
  return sumOf([order.payment?.money ?? order.money, ...gone.map((money) => `-${money}`)]);
}

/** The callbacks that may be sent again, the newest first: of "paid" only while the order is paid and not held. What is told as an event says
 * what happened at a time, and may always be. */
export function redeliverable(order: Order): Callback[] {
  const maySayPaid = order.payState === 'paid' && order.state !== 'review';
  return order.callbacks
    .filter(
      ({ status, event, kind }) =>
        status !== 'delivering' && (kind === 'event' || event !== 'order.paid' || maySayPaid),
    )
    .toReversed();
}
