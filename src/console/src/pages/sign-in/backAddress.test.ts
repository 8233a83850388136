import { expect, it } from 'vitest';
import { backAddress } from './backAddress';

it.each([
  ['/callbacks?status=exhausted', '/callbacks?status=exhausted'],
  ['//evil.example', '/orders'],
  ['/\\evil.example', '/orders'],
  ['https://evil.example', '/orders'],
  ['/sign-in?back=x', '/orders'],
  [null, '/orders'],
])('leads from %s to %s', (back, address) => {
  expect(backAddress(back)).toBe(address);
});
