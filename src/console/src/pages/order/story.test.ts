import { describe, expect, it } from 'vitest';
import { givenCallback, givenOrder } from './given';
import { refreshAfterMs, storyOf } from './story';

const NOW = Date.parse('2026-11-29T10:10:00Z');
const attempt = {
  number: 1,
  startedAt: '2026-11-29T10:02:00Z',
  durationMs: 12,
  httpStatus: 500,
  response: 'no',
  error: 'HTTP 500',
};

describe('the story of an order', () => {
  it('is one line of time, and ends with what is to come', () => {
    const order = givenOrder({
      payState: 'paid',
      state: 'delivering',
      paidAt: '2026-11-29T10:01:00Z',
      payment: {
        channel: 'google',
        transactionId: 't',
        storeOrderId: null,
        environment: 'production',
        money: '6.50',
        currency: 'CNY',
        productId: 'gems.60',
        quantity: 1,
        purchasedAt: '2026-11-29T10:00:30Z',
      },
      callbacks: [givenCallback({ status: 'pending', nextAttemptAt: '2026-11-29T10:20:00Z', attempts: [attempt] })],
      acts: [
        { at: '2026-11-29T10:05:00Z', actor: 'a', action: 'hold', reason: 'r', from: 'paid/failed', to: 'paid/review' },
      ],
    });
    expect(storyOf(order, NOW).map(({ kind }) => kind)).toEqual([
      'created',
      'purchased',
      'paid',
      'attempt',
      'act',
      'next',
    ]);
  });

  it('says that the time to pay ends or has ended', () => {
    expect(storyOf(givenOrder(), NOW).at(-1)).toMatchObject({ kind: 'expires', isOver: false });
    const late = givenOrder({ state: 'closed', expiresAt: '2026-11-29T10:09:00Z' });
    expect(storyOf(late, NOW).at(-1)).toMatchObject({ kind: 'expires', isOver: true });
  });

  it('is read again when it may have gone on, and never where it is over', () => {
    expect(refreshAfterMs(givenOrder({ callbacks: [givenCallback({ status: 'delivering' })] }), NOW)).toBe(2_000);
    const due = givenOrder({
      callbacks: [givenCallback({ status: 'pending', nextAttemptAt: '2026-11-29T10:10:09Z' })],
    });
    expect(refreshAfterMs(due, NOW)).toBe(10_000);
    expect(refreshAfterMs(givenOrder({ payState: 'paid', state: 'delivered' }), NOW)).toBeNull();
  });
});
