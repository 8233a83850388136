import { expect, it } from 'vitest';
import { givenOrder } from '../order/given';
import { sumsOf } from './sums';

it('adds what was paid and refunded by currency, without tests and unpaid orders', () => {
  expect(
    sumsOf([
      givenOrder({ payState: 'paid', money: '6.5' }),
      givenOrder({ payState: 'refunded', money: '1.25' }),
      givenOrder({ payState: 'paid', money: '0.99', currency: 'USD' }),
      givenOrder({ payState: 'paid', money: '1000', test: true }),
      givenOrder({ payState: 'unpaid', money: '1000' }),
    ]),
  ).toEqual([
    { currency: 'CNY', paid: '7.75', refunded: '1.25' },
    { currency: 'USD', paid: '0.99', refunded: '0' },
  ]);
});
