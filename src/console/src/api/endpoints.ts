import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { Endpoint, Page } from './types';

export const endpointsQuery = (gameId?: string, cursor?: string) =>
  queryOptions({
    queryKey: ['endpoints', gameId, cursor],
    queryFn: (): Promise<Page<Endpoint>> =>
      read(api.GET('/api/v1/endpoints', { params: { query: { gameId, cursor } } })),
  });

/** Has the server ask a store whether it accepts an app's settings. */
export const testChannel = (gameId: number, channel: string) =>
  read(
    api.POST('/api/v1/apps/{gameId}/channels/{channel}/test', {
      params: { path: { gameId: String(gameId), channel } },
    }),
  );

/** Calls a game's server with test callbacks. */
export const probe = (gameId: number, url: string) =>
  read(api.POST('/api/v1/apps/{gameId}/probe', { params: { path: { gameId: String(gameId) } }, body: { url } }));
