import { ROLES, type Role } from '../api/types';

/** Each role may do all that the one before may do. */
export function hasRole(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}
