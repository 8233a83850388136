import { describe, expect, it } from 'vitest';
import type { AlertCondition } from '../../api/alertTypes';
import { ApiFault } from '../../api/fault';
import { type ThresholdFields, thresholdOf } from './thresholdOf';

const condition: AlertCondition = {
  condition: 'cards.stock',
  english: 'the stock is low',
  chinese: '库存不足',
  severity: 'warning',
  unit: 'count',
  threshold: 10,
  thresholdMax: 1000,
  runbook: 'docs/runbooks/A.md',
  isOfGame: true,
  isBelow: true,
};

function faultsOf(fields: ThresholdFields): string[] {
  try {
    thresholdOf(condition, fields);
  } catch (error) {
    return (error as ApiFault).fields.map(({ field }) => field);
  }
  return [];
}

describe('a threshold', () => {
  it('is for one game or for all, with a value or off', () => {
    expect(thresholdOf(condition, { gameId: ' 1001 ', threshold: '0' })).toEqual({
      condition: 'cards.stock',
      gameId: 1001,
      threshold: 0,
      disabled: false,
    });
    expect(thresholdOf(condition, { gameId: '', threshold: '', disabled: true })).toEqual({
      condition: 'cards.stock',
      gameId: null,
      threshold: null,
      disabled: true,
    });
  });

  it('is refused where a field holds no number, or says nothing', () => {
    expect(() => thresholdOf(condition, {})).toThrow(ApiFault);
    expect(faultsOf({})).toEqual(['threshold']);
    expect(faultsOf({ gameId: 'alias', threshold: '1.5' })).toEqual(['gameId', 'threshold']);
    expect(faultsOf({ threshold: '-1' })).toEqual(['threshold']);
    expect(faultsOf({ threshold: '5' })).toEqual([]);
  });
});
