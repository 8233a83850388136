import { describe, expect, it } from 'vitest';
import { csvAddress } from './csvAddress';

describe('the address of a list as CSV', () => {
  it('has the filters that are given, and no others', () => {
    expect(csvAddress('orders', {})).toBe('/api/v1/orders.csv');
    expect(csvAddress('orders', { gameId: undefined, userId: '' })).toBe('/api/v1/orders.csv');
    expect(csvAddress('orders', { userId: 'a&b=c #d', from: '2026-11-29T00:00:00Z' })).toBe(
      '/api/v1/orders.csv?userId=a%26b%3Dc+%23d&from=2026-11-29T00%3A00%3A00Z',
    );
  });
});
