import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { AuditEntry, AuditVerdict, Operator, Page, Role, SecondFactor, Token } from './types';

export const operatorsQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['operators', cursor],
    queryFn: (): Promise<Page<Operator>> => read(api.GET('/api/v1/operators', { params: { query: { cursor } } })),
  });

export interface Reach {
  role: Role;
  games: number[] | null;
}

export const createOperator = (body: Reach & { name: string }): Promise<Operator> =>
  read(api.POST('/api/v1/operators', { body }));

export const changeOperator = (
  name: string,
  body: Partial<Reach> & { disabled?: boolean; resetPassword?: boolean; resetTotp?: boolean },
): Promise<Operator> => read(api.PATCH('/api/v1/operators/{name}', { params: { path: { name } }, body }));

export const tokensQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['tokens', cursor],
    queryFn: (): Promise<Page<Token>> => read(api.GET('/api/v1/tokens', { params: { query: { cursor } } })),
  });

export const createToken = (body: Reach & { name: string; expiresAt: string | null }): Promise<Token> =>
  read(api.POST('/api/v1/tokens', { body }));

export const deleteToken = (id: string) => read(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }));

export interface AuditFilters {
  actor?: string;
  action?: string;
  gameId?: string;
  from?: string;
  to?: string;
  cursor?: string;
}

export const auditQuery = (filters: AuditFilters) =>
  queryOptions({
    queryKey: ['audit', filters],
    queryFn: (): Promise<Page<AuditEntry>> => read(api.GET('/api/v1/audit', { params: { query: filters } })),
  });

export const verifyAudit = (): Promise<AuditVerdict> => read(api.GET('/api/v1/audit/verify'));

export const drawSecondFactor = (password: string): Promise<SecondFactor> =>
  read(api.POST('/api/v1/session/totp', { body: { password } }));

export const confirmSecondFactor = (code: string): Promise<SecondFactor> =>
  read(api.POST('/api/v1/session/totp', { body: { code } }));

export const leaveSecondFactor = (code: string): Promise<SecondFactor> =>
  read(api.DELETE('/api/v1/session/totp', { body: { code } }));

const GAMES_MAX = 200;

/** The games that may be chosen in filters: their number and name. */
export const gamesQuery = queryOptions({
  queryKey: ['games'],
  staleTime: 300_000,
  queryFn: async () => {
    const page = await read(api.GET('/api/v1/apps', { params: { query: { limit: GAMES_MAX } } }));
    return (page.items as Record<string, unknown>[]).map((app) => ({
      gameId: Number(app.gameId),
      name: String(app.name ?? ''),
      protocol: String(app.protocol ?? ''),
    }));
  },
});
