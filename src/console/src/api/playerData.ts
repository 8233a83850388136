import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { Erasure } from './types';

const path = (gameId: string) => ({ path: { gameId } });

export const erasePlayer = (gameId: string, userId: string, reason: string): Promise<Erasure> =>
  read(api.POST('/api/v1/apps/{gameId}/players/erase', { params: path(gameId), body: { userId, reason } }));

export const erasureQuery = (gameId: string, erasureId: string) =>
  queryOptions({
    queryKey: ['erasure', gameId, erasureId],
    queryFn: (): Promise<Erasure> =>
      read(api.GET('/api/v1/apps/{gameId}/players/erasures/{erasureId}', { params: { path: { gameId, erasureId } } })),
  });

/** A player's data, as a document. */
export const exportPlayer = async (gameId: string, userId: string, reason: string): Promise<Blob> =>
  (await read<unknown>(
    api.POST('/api/v1/apps/{gameId}/players/export', {
      params: path(gameId),
      body: { userId, reason },
      parseAs: 'blob',
    }),
  )) as Blob;
