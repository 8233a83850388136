import type { Operator, Role } from '../../api/types';
import { gamesOf } from '../../shared/gamesOf';

export interface ChangeFields {
  role: Role;
  games?: string[];
  disabled?: boolean;
  resetPassword?: boolean;
  resetTotp?: boolean;
}

/** Only what is to be another one: what is left out stays. */
export function changesOf(operator: Operator, fields: ChangeFields) {
  const games = gamesOf(fields.games);
  const isSameGames = JSON.stringify(games) === JSON.stringify(operator.games ?? null);
  return {
    ...(fields.role !== operator.role && { role: fields.role }),
    ...(!isSameGames && { games }),
    ...((fields.disabled ?? false) !== operator.disabled && { disabled: fields.disabled ?? false }),
    ...(fields.resetPassword && { resetPassword: true }),
    ...(fields.resetTotp && { resetTotp: true }),
  };
}
