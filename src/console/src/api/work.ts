import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';

/** What needs a person: in one game, or in all. */
export const workQuery = (gameId?: number) =>
  queryOptions({
    queryKey: ['work', gameId],
    queryFn: () => read(api.GET('/api/v1/work', { params: { query: { gameId: gameId?.toString() } } })),
  });
