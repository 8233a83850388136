import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import { toFault } from './fault';
import { queryClient } from './queryClient';
import type { App, Page, Signed } from './types';

type Json = Record<string, never>;

const path = (gameId: string) => ({ path: { gameId } });

export const appsQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['apps', cursor],
    queryFn: async (): Promise<Page<App>> => {
      const page = await read(api.GET('/api/v1/apps', { params: { query: { cursor } } }));
      return { ...page, items: page.items as unknown as App[] };
    },
  });

export const appQuery = (gameId: string) =>
  queryOptions({
    queryKey: ['app', gameId],
    queryFn: async () => (await read(api.GET('/api/v1/apps/{gameId}', { params: path(gameId) }))) as unknown as App,
  });

/** Whether there is an app of this number or alias among one's games. */
export async function hasApp(gameId: string): Promise<boolean> {
  try {
    await read(api.GET('/api/v1/apps/{gameId}', { params: path(gameId) }));
    return true;
  } catch (error) {
    if (toFault(error).status === 404) {
      return false;
    }
    throw error;
  }
}

/** Creates or changes an app: what is left out stays, null is the default (JSON merge patch). */
export const putApp = async (gameId: string, patch: object) =>
  (await read(api.PUT('/api/v1/apps/{gameId}', { params: path(gameId), body: patch as Json }))) as unknown as App;

export const rotateSecret = (gameId: string, body: { secret: string; previousValidSeconds: number }) =>
  read(api.POST('/api/v1/apps/{gameId}/secrets', { params: path(gameId), body }));

export const explainSign = (gameId: string, fields: Record<string, string>, against: string | null): Promise<Signed> =>
  read(
    api.POST('/api/v1/apps/{gameId}/sign', {
      params: path(gameId),
      body: { fields: fields as unknown as Json, against },
    }),
  );

export function refreshApps(): Promise<unknown> {
  return Promise.all(['apps', 'app', 'games'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}
