import type { Callback, Order, Role } from '../../api/types';
import { hasRole } from '../../shared/hasRole';

export const ACTS = ['redeliver', 'recheck', 'release', 'markPaid', 'refund', 'close'] as const;
export type Act = (typeof ACTS)[number];

/** The least role of each act, as the server has it. */
const LEAST: Record<Act, Role> = {
  redeliver: 'support',
  recheck: 'support',
  release: 'support',
  close: 'support',
  refund: 'finance',
  markPaid: 'finance',
};

/** In which states the server does it. */
const ALLOWS: Record<Act, (order: Order) => boolean> = {
  redeliver: (order) => redeliverable(order).length > 0,
  recheck: (order) => order.payState === 'unpaid',
  release: (order) => order.state === 'review',
  close: (order) => order.payState === 'unpaid' && (order.state === 'created' || order.state === 'review'),
  refund: (order) => order.payState === 'paid',
  markPaid: (order) => order.payState === 'unpaid',
};

/** The acts that a role may do in the state of an order. */
export function actsOf(order: Order, role: Role): Act[] {
  return ACTS.filter((act) => hasRole(role, LEAST[act]) && ALLOWS[act](order));
}

/** The callbacks that may be sent again, the newest first: of "paid" only while the order is paid and not held. */
export function redeliverable(order: Order): Callback[] {
  const maySayPaid = order.payState === 'paid' && order.state !== 'review';
  return order.callbacks
    .filter(({ status, event }) => status !== 'delivering' && (event !== 'order.paid' || maySayPaid))
    .toReversed();
}
