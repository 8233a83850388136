import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import { queryClient } from './queryClient';
import type { Schemas } from './types';

const KEY = 'work';

/** What needs a person: in one game, or in all. */
export const workQuery = (gameId?: number) =>
  queryOptions({
    queryKey: [KEY, gameId],
    queryFn: () => read(api.GET('/api/v1/work', { params: { query: { gameId: gameId?.toString() } } })),
  });

/** A question that was answered is not shown any more. The server's own counts may be two seconds old: they are not read again at once. */
export function forgetQuestion(orderId: string): void {
  queryClient.setQueriesData<Schemas['WorkJson']>(
    { queryKey: [KEY] },
    (work) =>
      work && {
        ...work,
        items: work.items.map((game) => ({
          ...game,
          refundQuestions: game.refundQuestions.filter((question) => question.orderId !== orderId),
        })),
      },
  );
}
