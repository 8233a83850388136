import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import { queryClient } from './queryClient';
import type {
  Discrepancy,
  DiscrepancyKind,
  Page,
  Reconciliation,
  Repair,
  RepairState,
  StatementFetch,
  Store,
} from './types';

export interface ReconciliationFilters {
  channel?: Store;
  gameId?: string;
  open?: 'true' | 'false';
  cursor?: string;
}

export const reconciliationsQuery = (filters: ReconciliationFilters) =>
  queryOptions({
    queryKey: ['reconciliations', filters],
    queryFn: (): Promise<Page<Reconciliation>> =>
      read(api.GET('/api/v1/reconciliations', { params: { query: filters } })),
  });

export const reconciliationQuery = (id: string) =>
  queryOptions({
    queryKey: ['reconciliation', id],
    queryFn: (): Promise<Reconciliation> => read(api.GET('/api/v1/reconciliations/{id}', { params: { path: { id } } })),
  });

export const FETCH_STATES = ['waiting', 'fetched', 'failed'] as const;
export type FetchState = (typeof FETCH_STATES)[number];

export interface StatementFetchFilters {
  channel?: Store;
  gameId?: string;
  state?: FetchState;
  cursor?: string;
}

export const statementFetchesQuery = (filters: StatementFetchFilters) =>
  queryOptions({
    queryKey: ['statementFetches', filters],
    queryFn: (): Promise<Page<StatementFetch>> =>
      read(api.GET('/api/v1/statement-fetches', { params: { query: filters } })),
  });

/** Has the store's statement of the period that a day lies in fetched now. */
export const fetchStatement = (body: {
  gameId: string;
  channel: Store;
  account?: string;
  day: string;
  reason: string;
}): Promise<StatementFetch> => read(api.POST('/api/v1/statement-fetches', { body }));

export interface DiscrepancyFilters {
  kind?: DiscrepancyKind;
  repair?: RepairState;
  cursor?: string;
}

export const discrepanciesQuery = (id: string, filters: DiscrepancyFilters) =>
  queryOptions({
    queryKey: ['discrepancies', id, filters],
    queryFn: (): Promise<Page<Discrepancy>> =>
      read(api.GET('/api/v1/reconciliations/{id}/differences', { params: { path: { id }, query: filters } })),
  });

export interface StatementOf {
  channel: Store;
  account?: string;
  gameId: string;
  day: string;
  lastDay?: string;
}

/** Sends a store's statement; the same file again is the same reconciliation. */
export const uploadStatement = (query: StatementOf, file: File): Promise<Reconciliation> =>
  read(
    api.POST('/api/v1/reconciliations', {
      params: { query },
      body: file as unknown as string,
      bodySerializer: (body) => body,
      headers: { 'Content-Type': 'text/csv' },
    }),
  );

export const repairDiscrepancy = (
  id: string,
  number: number,
  body: { action: Repair; reason: string; orderId: string | null },
): Promise<Discrepancy> =>
  read(
    api.POST('/api/v1/reconciliations/{id}/differences/{number}/repair', {
      params: { path: { id, number: String(number) } },
      body,
    }),
  );

export function refreshReconciliations(): Promise<unknown> {
  return Promise.all(
    ['reconciliations', 'reconciliation', 'discrepancies', 'statementFetches'].map((key) =>
      queryClient.invalidateQueries({ queryKey: [key] }),
    ),
  );
}
