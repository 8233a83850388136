import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import { queryClient } from './queryClient';
import type { Order, OrderState, Page, PayState, RefundPreference } from './types';

export interface OrderFilters {
  gameId?: string;
  state?: OrderState;
  payState?: PayState;
  userId?: string;
  merchantOrderId?: string;
  transactionId?: string;
  channel?: string;
  productId?: string;
  roleId?: string;
  serverId?: string;
  test?: 'true' | 'false';
  openPayments?: 'true' | 'false';
  moneyFrom?: string;
  moneyTo?: string;
  from?: string;
  to?: string;
  cursor?: string;
  limit?: number;
}

export const ordersQuery = (filters: OrderFilters) =>
  queryOptions({
    queryKey: ['orders', filters],
    queryFn: (): Promise<Page<Order>> => read(api.GET('/api/v1/orders', { params: { query: filters } })),
  });

export const orderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['order', orderId],
    queryFn: (): Promise<Order> => read(api.GET('/api/v1/orders/{orderId}', { params: { path: { orderId } } })),
  });

interface Reason {
  reason: string;
}

export interface PaidFields extends Reason {
  channel: string;
  transactionId: string;
  money: string;
  currency: string;
}

const path = (orderId: string) => ({ path: { orderId } });

export const closeOrder = (orderId: string, body: Reason) =>
  read(api.POST('/api/v1/orders/{orderId}/close', { params: path(orderId), body }));

export const releaseOrder = (orderId: string, body: Reason) =>
  read(api.POST('/api/v1/orders/{orderId}/release', { params: path(orderId), body }));

export const settleOrder = (orderId: string, body: Reason) =>
  read(api.POST('/api/v1/orders/{orderId}/settle', { params: path(orderId), body }));

export const refundOrder = (orderId: string, body: Reason & { atStore: boolean; money?: string }) =>
  read(api.POST('/api/v1/orders/{orderId}/refund', { params: path(orderId), body }));

export const markPaid = (orderId: string, body: PaidFields) =>
  read(api.POST('/api/v1/orders/{orderId}/paid', { params: path(orderId), body }));

export const recheckOrder = (orderId: string, body: Reason) =>
  read(api.POST('/api/v1/orders/{orderId}/recheck', { params: path(orderId), body }));

/** What a store is told that asks whether it should refund a player. */
export interface RefundAnswer extends Reason {
  preference: RefundPreference;
  /** How much of the purchase was used, in thousandths of a percent; null: not said. */
  consumedMilliPercent: number | null;
  customerConsented: boolean;
}

export const answerRefund = (orderId: string, body: RefundAnswer) =>
  read(api.POST('/api/v1/orders/{orderId}/refund-answer', { params: path(orderId), body }));

export const saveConsumption = (orderId: string, body: Reason & { consumedMilliPercent: number }) =>
  read(api.PUT('/api/v1/orders/{orderId}/consumption', { params: path(orderId), body }));

/** After any act: what lists and pages show of orders and callbacks is read again. */
export function refreshOrders(): Promise<unknown> {
  return Promise.all(
    ['orders', 'order', 'callbacks', 'notifications', 'notification'].map((key) =>
      queryClient.invalidateQueries({ queryKey: [key] }),
    ),
  );
}
