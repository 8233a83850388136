import type { TFunction } from 'i18next';
import type { AlertUnit } from '../../api/alertTypes';
import { shortWaitText } from '../../shared/time';

/** A value of a condition with what it counts. */
export function quantityText(t: TFunction, value: number, unit: AlertUnit): string {
  switch (unit) {
    case 'seconds':
      return shortWaitText(t, value);
    case 'milliseconds':
      return `${value} ms`;
    case 'percent':
      return `${value} %`;
    case 'hours':
      return t('durations.hour', { count: value });
    case 'days':
      return t('durations.day', { count: value });
    default:
      return String(value);
  }
}

interface Counted {
  unit: AlertUnit;
  isBelow: boolean;
}

/** From which value on a condition holds, or from which down. */
export function thresholdText(t: TFunction, value: number, { unit, isBelow }: Counted): string {
  return t(isBelow ? 'conditions.downFrom' : 'conditions.upFrom', { value: quantityText(t, value, unit) });
}

/** What a condition says, in the language that is shown. The server has it as a part of a sentence. */
export function conditionText({ english, chinese }: { english: string; chinese: string }, language: string): string {
  return language === 'zh' ? chinese : english.charAt(0).toUpperCase() + english.slice(1);
}

/** The page of the documentation that says what to do, in the language that is shown. */
export function runbookText(path: string, language: string): string {
  return language === 'zh' ? path.replace(/\.md$/, '.zh-CN.md') : path;
}
