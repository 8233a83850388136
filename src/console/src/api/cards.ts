import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { Card, Imported, Stock } from './types';

/** More cards are sent in several calls. */
export const IMPORT_MAX = 1000;

export const stockQuery = (gameId: string, productId: string) =>
  queryOptions({
    queryKey: ['stock', gameId, productId],
    queryFn: (): Promise<Stock> =>
      read(api.GET('/api/v1/apps/{gameId}/cards', { params: { path: { gameId }, query: { productId } } })),
  });

export const importCards = (gameId: string, productId: string, cards: Card[]): Promise<Imported> =>
  read(api.POST('/api/v1/apps/{gameId}/cards', { params: { path: { gameId } }, body: { productId, cards } }));

/** The cards that an order was given; that they were read is kept, with the reason. */
export const orderCards = async (orderId: string, reason: string): Promise<Card[]> =>
  (await read(api.GET('/api/v1/orders/{orderId}/cards', { params: { path: { orderId }, query: { reason } } }))).cards;
