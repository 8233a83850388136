import { expect, it } from 'vitest';
import { backAddress } from './backAddress';

it.each([
  ['/callbacks?status=exhausted', '/callbacks?status=exhausted'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/sign-in?back=x', '/'],
  [null, '/'],
])('leads from %s to %s', (back, address) => {
  expect(backAddress(back)).toBe(address);
});
