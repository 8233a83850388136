import { describe, expect, it } from 'vitest';
import { milliPercentOf } from './milliPercentOf';

describe('a share in percent', () => {
  it('is exact to a thousandth', () => {
    expect(['0', '100', ' 12.5 ', '33,333', '0.001', '100.000'].map(milliPercentOf)).toEqual([
      0, 100_000, 12_500, 33_333, 1, 100_000,
    ]);
  });

  it('is none where it is no number, or more than all', () => {
    for (const text of ['', 'all', '-1', '100.001', '101', '1.2345', '1e2', '5 %', '.5']) {
      expect(milliPercentOf(text), text).toBeUndefined();
    }
  });
});
