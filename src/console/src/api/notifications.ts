import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { Notification, NotificationState, Page } from './types';

export interface NotificationFilters {
  channel?: string;
  gameId?: string;
  state?: NotificationState;
  cursor?: string;
  limit?: number;
}

export const notificationsQuery = (filters: NotificationFilters) =>
  queryOptions({
    queryKey: ['notifications', filters],
    queryFn: (): Promise<Page<Notification>> => read(api.GET('/api/v1/notifications', { params: { query: filters } })),
  });

export const notificationQuery = (id: string) =>
  queryOptions({
    queryKey: ['notification', id],
    queryFn: (): Promise<Notification> => read(api.GET('/api/v1/notifications/{id}', { params: { path: { id } } })),
  });

export const replayNotification = (id: string, reason: string) =>
  read(api.POST('/api/v1/notifications/{id}/replay', { params: { path: { id } }, body: { reason } }));
