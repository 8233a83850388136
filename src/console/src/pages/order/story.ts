import type { Attempt, Callback, Notification, Order } from '../../api/types';

type Act = NonNullable<Order['acts']>[number];
type Refused = NonNullable<Order['refusedReceipts']>[number];
type Unapplied = NonNullable<Order['unappliedPayments']>[number];
type Payment = NonNullable<Order['payment']>;
type Refund = NonNullable<Order['refunds']>[number];

/** Something that happened to an order, or will. */
export type StoryEvent = { at: string | null; key: string } & (
  | { kind: 'created' | 'delivered' }
  | { kind: 'expires'; isOver: boolean }
  | { kind: 'purchased' | 'paid'; payment: Payment }
  | { kind: 'refused'; receipt: Refused }
  | { kind: 'unapplied'; unapplied: Unapplied }
  | { kind: 'notification'; notification: Notification }
  | { kind: 'act'; act: Act }
  | { kind: 'attempt'; callback: Callback; attempt: Attempt }
  | { kind: 'next' | 'exhausted' | 'held' | 'cancelled'; callback: Callback }
  | { kind: 'partRefund'; money: string }
  | { kind: 'refund'; refund: Refund }
);

const SECOND_MS = 1_000;

/** Of what happened at one time, this comes first. */
const RANK: Record<StoryEvent['kind'], number> = {
  created: 0,
  purchased: 1,
  refused: 2,
  notification: 3,
  unapplied: 4,
  act: 5,
  paid: 6,
  attempt: 7,
  delivered: 8,
  refund: 8,
  exhausted: 9,
  held: 9,
  cancelled: 9,
  partRefund: 10,
  next: 11,
  expires: 12,
};

/** All that is known of an order as one story, oldest first; what has no time stands at the end, before what is to come. */
export function storyOf(order: Order, now: number): StoryEvent[] {
  const { payment } = order;
  const events: StoryEvent[] = [
    { kind: 'created', key: 'created', at: order.createdAt },
    ...(order.refusedReceipts ?? []).map(
      (receipt, index): StoryEvent => ({ kind: 'refused', key: `refused ${index}`, at: receipt.firstAt, receipt }),
    ),
    ...(order.notifications ?? []).map(
      (notification): StoryEvent => ({
        kind: 'notification',
        key: `notification ${notification.id}`,
        at: notification.receivedAt,
        notification,
      }),
    ),
    ...(order.unappliedPayments ?? []).map(
      (unapplied, index): StoryEvent => ({
        kind: 'unapplied',
        key: `unapplied ${index}`,
        at: unapplied.seenAt,
        unapplied,
      }),
    ),
    ...(order.acts ?? []).map((act, index): StoryEvent => ({ kind: 'act', key: `act ${index}`, at: act.at, act })),
    ...(order.refunds ?? []).map(
      (refund): StoryEvent => ({
        kind: 'refund',
        key: `refund ${refund.number}`,
        at: refund.doneAt ?? refund.askedAt,
        refund,
      }),
    ),
    ...order.callbacks.flatMap(eventsOfCallback),
  ];
  if (payment) {
    if (payment.purchasedAt) {
      events.push({ kind: 'purchased', key: 'purchased', at: payment.purchasedAt, payment });
    }
    events.push({ kind: 'paid', key: 'paid', at: order.paidAt ?? null, payment });
  }
  if (order.deliveredAt) {
    events.push({ kind: 'delivered', key: 'delivered', at: order.deliveredAt });
  }
  if (order.refundedMoney) {
    events.push({ kind: 'partRefund', key: 'partRefund', at: null, money: order.refundedMoney });
  }
  const isOver = Date.parse(order.expiresAt) <= now;
  if (order.payState === 'unpaid' && (order.state === 'created' || (isOver && order.state === 'closed'))) {
    events.push({ kind: 'expires', key: 'expires', at: order.expiresAt, isOver });
  }
  return events.sort((one, other) => placeOf(one, now) - placeOf(other, now) || RANK[one.kind] - RANK[other.kind]);
}

function eventsOfCallback(callback: Callback): StoryEvent[] {
  const attempts = callback.attempts.map(
    (attempt): StoryEvent => ({
      kind: 'attempt',
      key: `attempt ${callback.id} ${attempt.number} ${attempt.startedAt}`,
      at: attempt.startedAt,
      callback,
      attempt,
    }),
  );
  const end = callback.status;
  if (end === 'pending') {
    attempts.push({ kind: 'next', key: `next ${callback.id}`, at: callback.nextAttemptAt ?? null, callback });
  } else if (end === 'exhausted' || end === 'held' || end === 'cancelled') {
    // It has no time of its own: the last attempt is when it came to this.
    attempts.push({ kind: end, key: `${end} ${callback.id}`, at: null, callback });
  }
  return attempts;
}

function placeOf(event: StoryEvent, now: number): number {
  if (event.kind === 'created' && event.at) {
    // Stores tell the time of a purchase in whole seconds: one of the same second came after the order.
    return Math.floor(Date.parse(event.at) / SECOND_MS) * SECOND_MS;
  }
  return event.at ? Date.parse(event.at) : event.kind === 'next' ? Number.MAX_SAFE_INTEGER : now;
}

/** How soon an order may look different by itself; null: not by itself. */
export function refreshAfterMs(order: Order, now: number): number | null {
  const SOON = 2_000;
  const LATER = 30_000;
  const isBusy =
    order.callbacks.some(({ status }) => status === 'delivering') ||
    (order.notifications ?? []).some(({ state }) => state === 'waiting');
  if (isBusy) {
    return SOON;
  }
  const due = order.callbacks.flatMap(({ status, nextAttemptAt }) =>
    status === 'pending' && nextAttemptAt ? [Date.parse(nextAttemptAt) - now] : [],
  );
  if (due.length > 0) {
    return Math.min(LATER, Math.max(SOON, Math.min(...due) + SOON / 2));
  }
  return order.state === 'created' || order.state === 'delivering' ? LATER : null;
}
