import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import { toFault } from './fault';
import type { User } from './types';

const path = (uid: string) => ({ path: { uid } });

/** The points of a player; null: there is no account. */
export const balanceQuery = (uid: string) =>
  queryOptions({
    queryKey: ['balance', uid],
    queryFn: async (): Promise<string | null> => {
      try {
        return (await read(api.GET('/api/v1/users/{uid}/points', { params: path(uid) }))).balance;
      } catch (error) {
        if (toFault(error).status === 404) {
          return null;
        }
        throw error;
      }
    },
  });

export const putUser = (uid: string, body: { platAccount?: string; userName?: string }): Promise<User> =>
  read(api.PUT('/api/v1/users/{uid}', { params: path(uid), body }));

/** A player's openId in a game; the same at every call. */
export const giveOpenId = async (uid: string, gameId: string): Promise<string> =>
  (await read(api.POST('/api/v1/users/{uid}/openids', { params: path(uid), body: { gameId } }))).openId;

export const postPoints = async (
  uid: string,
  body: { amount: string; reason: string; idempotencyKey: string },
): Promise<string> => (await read(api.POST('/api/v1/users/{uid}/points', { params: path(uid), body }))).balance;
