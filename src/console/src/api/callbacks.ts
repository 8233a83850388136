import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { Callback, CallbackStatus, Page } from './types';

export interface CallbackFilters {
  status?: CallbackStatus;
  gameId?: string;
  endpoint?: string;
  httpStatus?: string;
  from?: string;
  to?: string;
  cursor?: string;
}

export const callbacksQuery = (filters: CallbackFilters) =>
  queryOptions({
    queryKey: ['callbacks', filters],
    queryFn: (): Promise<Page<Callback>> => read(api.GET('/api/v1/callbacks', { params: { query: filters } })),
  });

export const callbackRequestQuery = (id: string) =>
  queryOptions({
    queryKey: ['callbackRequest', id],
    queryFn: () => read(api.GET('/api/v1/callbacks/{id}/request', { params: { path: { id } } })),
  });

export const redeliver = (id: string, reason: string) =>
  read(api.POST('/api/v1/callbacks/{id}/redeliver', { params: { path: { id } }, body: { reason } }));

export const redeliverMany = (gameId: string, status: CallbackStatus, since: string | null) =>
  read(api.POST('/api/v1/callbacks/redeliver', { body: { gameId, status, since } }));

export const cancelJob = (jobId: string) =>
  read(api.POST('/api/v1/callbacks/jobs/{jobId}/cancel', { params: { path: { jobId } } }));

export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['job', jobId],
    queryFn: () => read(api.GET('/api/v1/callbacks/jobs/{jobId}', { params: { path: { jobId } } })),
  });
