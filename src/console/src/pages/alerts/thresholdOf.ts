import type { AlertCondition, AlertThreshold } from '../../api/alertTypes';
import { ApiFault, type FieldFault } from '../../api/fault';

export interface ThresholdFields {
  gameId?: string;
  threshold?: string;
  disabled?: boolean;
}

const GAME = /^[1-9]\d{0,9}$/;
const WHOLE = /^\d{1,9}$/;

/** What the form of a threshold holds, as the server takes it.
 * @throws ApiFault, as the server would answer it, where a field holds no number. */
export function thresholdOf(condition: AlertCondition, fields: ThresholdFields): AlertThreshold {
  const game = fields.gameId?.trim() ?? '';
  const threshold = fields.threshold?.trim() ?? '';
  const disabled = fields.disabled ?? false;
  const faults: FieldFault[] = [];
  if (game && !GAME.test(game)) {
    faults.push({ field: 'gameId', allowed: 'must be the number or the alias of an app' });
  }
  if (!threshold && !disabled) {
    faults.push({ field: 'threshold', allowed: 'threshold is missing' });
  } else if (threshold && !WHOLE.test(threshold)) {
    const least = condition.isBelow ? 0 : 1;
    faults.push({ field: 'threshold', allowed: `must be ${least} to ${condition.thresholdMax}` });
  }
  if (faults.length > 0) {
    throw new ApiFault(400, faults.map(({ field, allowed }) => `${field} ${allowed}`).join('; '), faults);
  }
  return {
    condition: condition.condition,
    gameId: game ? Number(game) : null,
    threshold: threshold ? Number(threshold) : null,
    disabled,
  };
}
