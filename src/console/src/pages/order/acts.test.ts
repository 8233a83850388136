import { describe, expect, it } from 'vitest';
import { ORDER_STATES, type Order, PAY_STATES, ROLES } from '../../api/types';
import { actsOf, leftOf, redeliverable } from './acts';
import { givenCallback, givenOrder } from './given';

describe('the buttons of an order', () => {
  it('are none for a viewer, in every state', () => {
    for (const payState of PAY_STATES) {
      for (const state of ORDER_STATES) {
        expect(actsOf(givenOrder({ payState, state, callbacks: [givenCallback()] }), 'viewer')).toEqual([]);
      }
    }
  });

  it.each([
    ['unpaid', 'created', ['recheck', 'close'], ['recheck', 'markPaid', 'close']],
    ['unpaid', 'closed', ['recheck'], ['recheck', 'markPaid']],
    ['unpaid', 'review', ['recheck', 'release', 'close'], ['recheck', 'release', 'markPaid', 'close']],
    ['paid', 'created', ['redeliver'], ['redeliver', 'refund']],
    ['paid', 'delivering', ['redeliver'], ['redeliver', 'refund']],
    ['paid', 'delivered', ['redeliver'], ['redeliver', 'refund']],
    ['paid', 'failed', ['redeliver'], ['redeliver', 'refund']],
    ['paid', 'review', ['release'], ['release', 'refund']],
    ['refunded', 'delivered', [], []],
    ['refunded', 'closed', [], []],
  ])('follow from %s/%s', (payState, state, support, finance) => {
    const order = givenOrder({ payState, state, callbacks: payState === 'unpaid' ? [] : [givenCallback()] });
    expect(actsOf(order, 'support')).toEqual(support);
    expect(actsOf(order, 'finance')).toEqual(finance);
    expect(actsOf(order, 'admin')).toEqual(finance);
  });

  it('tell what was used of a paid order, where its store asks for it', () => {
    const payment = {
      channel: 'apple',
      environment: 'Production',
      transactionId: 'A',
      storeOrderId: null,
      money: '6.50',
      currency: 'CNY',
      productId: null,
      quantity: 1,
      purchasedAt: null,
    };
    const paid = givenOrder({ payState: 'paid', state: 'delivered', payment });
    expect(actsOf(paid, 'support')).toEqual(['consumption']);
    expect(actsOf({ ...paid, payment: { ...payment, channel: 'bank' } }, 'support')).toEqual([]);
    expect(actsOf({ ...paid, payState: 'refunded' }, 'support')).toEqual([]);
  });

  it('settle what the order did not take, unless it is held', () => {
    const payment = {
      channel: 'bank',
      environment: 'Production',
      transactionId: 'B-2',
      money: '6.50',
      currency: 'CNY',
    };
    const unapplied = (settledAt: string | null) =>
      [{ payment, seenAt: '2026-11-29T11:00:00Z', reason: 'paid already', settledAt }] as Order['unappliedPayments'];
    const given = (state: Order['state'], settledAt: string | null) =>
      givenOrder({ payState: 'paid', state, unappliedPayments: unapplied(settledAt) });
    expect(actsOf(given('delivered', null), 'finance')).toContain('settle');
    expect(actsOf(given('delivered', null), 'support')).not.toContain('settle');
    expect(actsOf(given('delivered', '2026-11-29T12:00:00Z'), 'finance')).not.toContain('settle');
    expect(actsOf(given('review', null), 'finance')).not.toContain('settle');
  });

  it('grow with the role', () => {
    const order = givenOrder({ payState: 'paid', state: 'failed', callbacks: [givenCallback()] });
    const counts = ROLES.map((role) => actsOf(order, role).length);
    expect(counts).toEqual([...counts].sort());
  });

  it('redeliver the newest callback first, and none that is being sent', () => {
    const order = givenOrder({
      payState: 'refunded',
      state: 'closed',
      callbacks: [
        givenCallback({ id: 'a' }),
        givenCallback({ id: 'b', event: 'order.refunded', status: 'exhausted' }),
        givenCallback({ id: 'c', event: 'order.refunded', status: 'delivering' }),
        givenCallback({ id: 'd', event: 'order.closed' }),
      ],
    });
    expect(redeliverable(order).map(({ id }) => id)).toEqual(['d', 'b']);
  });

  it('send events again whatever the order is now', () => {
    const order = givenOrder({
      payState: 'refunded',
      state: 'closed',
      callbacks: [givenCallback({ id: 'a' }), givenCallback({ id: 'b', kind: 'event' })],
    });
    expect(redeliverable(order).map(({ id }) => id)).toEqual(['b']);
  });

  it('offer what is left to give back: neither back nor asked for', () => {
    const refund = { number: 'R', money: '1.25', state: 'unknown', atStore: true, askedAt: '2026-11-21T00:00:00Z' };
    const order = givenOrder({ payState: 'paid', money: '6.5', refundedMoney: '2', refunds: [refund] });
    expect(leftOf(order)).toBe('3.25');
    expect(leftOf(givenOrder({ payState: 'paid', money: '6.5' }))).toBe('6.5');
  });
});
