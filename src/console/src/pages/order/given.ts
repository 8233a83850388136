import type { Callback, Order } from '../../api/types';

/** An order for tests. */
export function givenOrder(change: Partial<Order> = {}): Order {
  return {
    orderId: '1001',
    gameId: 1,
    protocol: 'OrderApi',
    merchantOrderId: null,
    productId: 'gems.60',
    productName: 'Gems',
    money: '6.50',
    currency: 'CNY',
    userId: 'player',
    quantity: 1,
    channel: 'google',
    notifyUrl: null,
    payState: 'unpaid',
    state: 'created',
    stateReason: null,
    test: false,
    createdAt: '2026-11-29T10:00:00Z',
    expiresAt: '2026-11-30T10:00:00Z',
    paidAt: null,
    deliveredAt: null,
    payment: null,
    attributes: {},
    callbacks: [],
    ...change,
  };
}

export function givenCallback(change: Partial<Callback> = {}): Callback {
  return {
    id: 'cb_1',
    orderId: '1001',
    gameId: 1,
    kind: 'callback',
    event: 'order.paid',
    url: 'https://game.example/paid',
    status: 'delivered',
    nextAttemptAt: null,
    attempts: [],
    ...change,
  };
}
