import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import { queryClient } from './queryClient';

export interface Product {
  name?: string;
  /** Amounts by currency. */
  prices: Record<string, string>;
  /** What a store calls it, by channel. */
  skus?: Record<string, string>;
}

/** A game's catalogue: its products by their numbers. */
export type Products = Record<string, Product>;

const path = (gameId: string) => ({ path: { gameId } });
const productsOf = (answer: object) => (answer as { products: Products }).products;

export const productsQuery = (gameId: string) =>
  queryOptions({
    queryKey: ['products', gameId],
    queryFn: async () => productsOf(await read(api.GET('/api/v1/apps/{gameId}/products', { params: path(gameId) }))),
  });

/** Replaces a game's catalogue. */
export async function putProducts(gameId: string, products: object): Promise<void> {
  const body = { products: Object.keys(products).length > 0 ? products : null } as unknown as Record<string, never>;
  const saved = await read(api.PUT('/api/v1/apps/{gameId}/products', { params: path(gameId), body }));
  queryClient.setQueryData(productsQuery(gameId).queryKey, productsOf(saved));
}
