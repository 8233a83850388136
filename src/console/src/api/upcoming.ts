// What the server's description does not have yet, written by hand: src/api/schema.ts takes its place (npm run types).
import { queryOptions } from '@tanstack/react-query';
import { readPath, writePath } from './client';
import { toFault } from './fault';
import type { Page } from './types';

export interface RefundQuestion {
  orderId: string;
  deadline: string;
}

/** What needs a person, of one game. */
export interface GameWork {
  /** Null: what belongs to no game. */
  gameId: number | null;
  heldOrders: number;
  exhaustedCallbacks: number;
  heldCallbacks: number;
  unappliedPayments: number;
  unclaimedNotifications: number;
  failedNotifications?: number;
  refundQuestions: RefundQuestion[];
  differences: number;
  lowStock: number;
  oldestWaitingCallbackAt: string | null;
  /** Whether there is more than one of the counts says. */
  isMore?: boolean;
}

export interface Work {
  items: GameWork[];
  /** Whether games are missing because too much is open. */
  isMore?: boolean;
}

export interface Endpoint {
  gameId: number;
  /** Scheme, host and, where it is not the usual one, port. */
  url: string;
  waiting: number;
  /** Whether more wait. */
  isMore: boolean;
  oldestWaitingAt: string | null;
  /** What only the node knows that answers. */
  thisNode: {
    /** closed or open. */
    breaker: string;
    breakerTriesAt: string | null;
    inFlight: number;
    /** `successRate` is 0 to 1; null: there was no attempt. */
    lastHour: {
      attempts: number;
      succeeded: number;
      successRate: number | null;
      p50Ms: number | null;
      p95Ms: number | null;
    };
    lastFailure: { at: string; text: string } | null;
  };
}

export interface Finding {
  step: string;
  isOk: boolean;
  /** good, advice or wrong. */
  verdict?: string;
  text: string;
}

export const FOUND_KINDS = ['order', 'player', 'callback', 'notification'] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

export interface Found {
  kind: FoundKind;
  id: string;
  gameId: number;
  title: string;
  subtitle: string;
}

export interface Counted {
  count: number;
  money: string;
}

export interface Figure {
  time: string;
  key: string | null;
  currency: string;
  created: Counted;
  paid: Counted;
  refunded: Counted;
  delivered: Counted;
}

export interface Health {
  time: string;
  key: string | null;
  verificationRefusals: number;
  callbackAttempts: number;
  callbackSuccesses: number;
  callbackP95Ms: number | null;
}

export const STEPS = ['hour', 'day'] as const;
export type Step = (typeof STEPS)[number];

export const GROUPS = ['game', 'channel', 'currency', 'product'] as const;
export type Group = (typeof GROUPS)[number];

export interface Statistics {
  from: string;
  to: string;
  step: Step;
  by: Group;
  /** Without tests. */
  items: Figure[];
  /** Orders that testers or a sandbox paid. */
  tests: Figure[];
  health: Health[];
}

/** Null: this server does not offer it (404). */
async function offered<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (toFault(error).status === 404) {
      return null;
    }
    throw error;
  }
}

export const workQuery = queryOptions({
  queryKey: ['work'],
  queryFn: () => offered(readPath<Work>('/api/v1/work')),
});

export const endpointsQuery = (gameId?: string) =>
  queryOptions({
    queryKey: ['endpoints', gameId],
    queryFn: () => offered(readPath<Page<Endpoint>>('/api/v1/endpoints', { gameId })),
  });

/** Calls a game's server with a test callback. */
export const probe = (gameId: number, url: string) =>
  offered(writePath<{ findings: Finding[] }>(`/api/v1/apps/${gameId}/probe`, { url }));

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: () => offered(readPath<{ items: Found[] }>('/api/v1/search', { q })),
    enabled: q !== '',
  });

export interface StatisticsOf {
  from: string;
  to: string;
  step: Step;
  by: Group;
}

export const statisticsQuery = (of: StatisticsOf) =>
  queryOptions({
    queryKey: ['statistics', of],
    queryFn: () => offered(readPath<Statistics>('/api/v1/statistics', { ...of })),
  });

/** Where the server tells what changes. */
export const EVENTS_PATH = '/api/v1/events';

export interface SignedText {
  /** Where the signature stands: `sign` in the body, or a header. */
  name: string;
  rule: string;
  text: string;
}

/** The request of a callback, secrets and cards masked. */
export interface CallbackRequest {
  id: string;
  orderId: string;
  gameId: number;
  event: string;
  status: string;
  attempts: number;
  /** What may differ from what was sent. */
  note: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  bodyEncoding: string;
  bodyText?: string;
  masked: boolean;
  signedText: string;
  signatures: SignedText[];
}

export const callbackRequestQuery = (id: string) =>
  queryOptions({
    queryKey: ['callbackRequest', id],
    queryFn: () => offered(readPath<CallbackRequest>(`/api/v1/callbacks/${encodeURIComponent(id)}/request`)),
  });
