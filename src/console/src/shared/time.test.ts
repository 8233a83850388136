import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { en } from '../texts/en';
import { moneyText, sumOf } from './money';
import { localText, offsetText, shortWaitText, toLocalField, toUtc, utcText, waitText } from './time';

beforeAll(() => i18next.init({ lng: 'en', resources: { en: { translation: en } } }));

describe('times', () => {
  it('are shown in UTC and in the own time zone', () => {
    expect(utcText('2026-11-29T15:04:05.123Z')).toBe('2026-11-29 15:04:05 UTC');
    expect(
      Date.parse(`${localText('2026-11-29T15:04:05Z').replace(' ', 'T')}${offsetText('2026-11-29T15:04:05Z')}`),
    ).toBe(Date.parse('2026-11-29T15:04:05Z'));
  });

  it('go into a field and out of it unchanged', () => {
    expect(toUtc(toLocalField('2026-11-29T15:04:05Z'))).toBe('2026-11-29T15:04:05Z');
    expect(toUtc('')).toBeUndefined();
    expect(toLocalField('nonsense')).toBe('');
  });

  it.each([
    [0, '0 s'],
    [400, '1 s'],
    [59_500, '1 min 0 s'],
    [3_600_000, '1 h 0 min'],
    [90_000_000, '1 d 1 h'],
  ])('are counted down: %s ms', (ms, text) => {
    expect(waitText(i18next.t, ms)).toBe(text);
  });
});

describe('waits of a schedule', () => {
  it.each([
    [0, '0 s'],
    [0.5, '0.5 s'],
    [90, '1 min 30 s'],
    [3_600, '1 h'],
    [259_200, '3 d'],
  ])('are exact: %s s', (seconds, text) => {
    expect(shortWaitText(i18next.t, seconds)).toBe(text);
  });
});

describe('money', () => {
  it('is added exactly', () => {
    expect(sumOf(['0.1', '0.2'])).toBe('0.3');
    expect(sumOf(['99999999999999.9999', '0.0001', '-1.5'])).toBe('99999999999998.5');
    expect(sumOf(['-0.5'])).toBe('-0.5');
    expect(sumOf([])).toBe('0');
  });

  it('stays the text that the server wrote', () => {
    expect(moneyText('12345678901234567890.10', 'CNY')).toBe('12345678901234567890.10 CNY');
    expect(moneyText(null, null)).toBe('');
  });
});
