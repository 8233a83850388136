import { toFault } from '../../api/fault';
import { orderQuery, ordersQuery } from '../../api/orders';
import { queryClient } from '../../api/queryClient';
import type { Order } from '../../api/types';

export type FoundBy = 'byOrder' | 'byMerchant' | 'byTransaction' | 'byPlayer';

export interface Found {
  order: Order;
  by: FoundBy;
}

const SHOWN_MAX = 50;
const ORDER_ID = /^\d{1,36}$/;

/** Asks for orders under every name that the text may be; an order that is found twice counts once, by the surest name. */
export async function findOrders(text: string): Promise<Found[]> {
  const lists = await Promise.all([
    ORDER_ID.test(text) ? findOrder(text) : [],
    find({ merchantOrderId: text }),
    find({ transactionId: text }),
    find({ userId: text }),
  ]);
  return merge([
    ['byOrder', lists[0]],
    ['byMerchant', lists[1]],
    ['byTransaction', lists[2]],
    ['byPlayer', lists[3]],
  ]);
}

export function merge(lists: [FoundBy, Order[]][]): Found[] {
  const found = new Map<string, Found>();
  for (const [by, orders] of lists) {
    for (const order of orders) {
      if (!found.has(order.orderId)) {
        found.set(order.orderId, { order, by });
      }
    }
  }
  return [...found.values()].slice(0, SHOWN_MAX);
}

async function find(filter: { merchantOrderId?: string; transactionId?: string; userId?: string }): Promise<Order[]> {
  return (await queryClient.fetchQuery(ordersQuery({ ...filter, limit: SHOWN_MAX }))).items;
}

async function findOrder(orderId: string): Promise<Order[]> {
  try {
    return [await queryClient.fetchQuery(orderQuery(orderId))];
  } catch (error) {
    if (toFault(error).status === 404) {
      return [];
    }
    throw error;
  }
}
