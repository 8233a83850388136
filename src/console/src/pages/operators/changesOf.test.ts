import { expect, it } from 'vitest';
import { changesOf } from './changesOf';

const operator = {
  name: 'a',
  role: 'support',
  games: [1, 2],
  disabled: false,
  mustChangePassword: false,
  hasSecondFactor: true,
  createdAt: '',
  updatedAt: '',
};

it('sends only what is changed', () => {
  expect(changesOf(operator, { role: 'support', games: ['1', '2'], disabled: false })).toEqual({});
  expect(changesOf(operator, { role: 'finance', games: [], disabled: true, resetTotp: true })).toEqual({
    role: 'finance',
    games: null,
    disabled: true,
    resetTotp: true,
  });
});
