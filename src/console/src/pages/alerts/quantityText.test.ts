import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AlertUnit } from '../../api/alertTypes';
import { all as en } from '../../texts/en/all';
import { conditionText, quantityText, runbookText, thresholdText } from './quantityText';

beforeAll(() => i18next.init({ lng: 'en', resources: { en: { translation: en } } }));

describe('values of conditions', () => {
  it.each<[number, AlertUnit, string]>([
    [3, 'count', '3'],
    [90, 'seconds', '1 min 30 s'],
    [2000, 'milliseconds', '2000 ms'],
    [50, 'percent', '50 %'],
    [12, 'hours', '12 h'],
    [30, 'days', '30 d'],
  ])('are shown with what they count: %s %s', (value, unit, text) => {
    expect(quantityText(i18next.t, value, unit)).toBe(text);
  });

  it('are shown with their direction', () => {
    expect(thresholdText(i18next.t, 10, { unit: 'percent', isBelow: true })).toBe('10 % or less');
    expect(thresholdText(i18next.t, 60, { unit: 'count', isBelow: false })).toBe('60 or more');
  });
});

describe('the text of a condition', () => {
  it('is that of the language that is shown', () => {
    const texts = { english: 'a disk is nearly full', chinese: '磁盘空间即将用尽' };
    expect(conditionText(texts, 'en')).toBe('A disk is nearly full');
    expect(conditionText(texts, 'zh')).toBe('磁盘空间即将用尽');
  });
});

describe('the page that says what to do', () => {
  it('is in the language that is shown', () => {
    expect(runbookText('docs/runbooks/A.md', 'en')).toBe('docs/runbooks/A.md');
    expect(runbookText('docs/runbooks/A.md', 'zh')).toBe('docs/runbooks/A.zh-CN.md');
  });
});
