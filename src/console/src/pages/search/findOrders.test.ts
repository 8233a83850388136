import { expect, it } from 'vitest';
import { givenOrder } from '../order/given';
import { merge } from './findOrders';

it('counts an order that is found twice once, by its surest name', () => {
  const order = givenOrder();
  const other = givenOrder({ orderId: '1002' });
  const found = merge([
    ['byOrder', [order]],
    ['byPlayer', [order, other]],
  ]);
  expect(found.map(({ order: { orderId }, by }) => [orderId, by])).toEqual([
    ['1001', 'byOrder'],
    ['1002', 'byPlayer'],
  ]);
});
