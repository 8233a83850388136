import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { Recipe, Tried } from './types';

/** The recipes that come with the server, and where their stores notify an app. */
export const recipesQuery = (gameId: string) =>
  queryOptions({
    queryKey: ['recipes', gameId],
    queryFn: async (): Promise<Recipe[]> =>
      (await read(api.GET('/api/v1/apps/{gameId}/recipes', { params: { path: { gameId } } }))).items,
  });

/** How a channel reads a sample of a notification; nothing is changed. */
export const tryChannel = (gameId: string, name: string, sample: string): Promise<Tried> =>
  read(api.POST('/api/v1/apps/{gameId}/channels/{name}/try', { params: { path: { gameId, name } }, body: { sample } }));
