import type { components } from './schema';

export type Schemas = components['schemas'];

export type Session = Schemas['SessionJson'];
export type Order = Schemas['OrderJson'];
export type Payment = Schemas['PaymentJson'];
export type Callback = Schemas['CallbackJson'];
export type Attempt = Schemas['AttemptJson'];
export type Notification = Schemas['NotificationJson'];
export type Operator = Schemas['OperatorJson'];
export type Token = Schemas['TokenJson'];
export type AuditEntry = Schemas['AuditJson'];
export type AuditVerdict = Schemas['AuditVerdictJson'];
export type RecheckResult = Schemas['RecheckJson'];
export type SecondFactor = Schemas['SecondFactorJson'];
export type Reconciliation = Schemas['ReconciliationAnswerJson'];
export type StatementFetch = Schemas['StatementFetchJson'];
export type Discrepancy = Schemas['DiscrepancyJson'];
export type DiscrepancySide = Schemas['DiscrepancySideJson'];
export type Signed = Schemas['SignedJson'];
export type Recipe = Schemas['RecipeJson'];
export type Tried = Schemas['TriedJson'];
export type Stock = Schemas['StockJson'];
export type Card = Schemas['CardItemJson'];
export type Imported = Schemas['ImportedJson'];
export type User = Schemas['UserJson'];
export type Erasure = Schemas['ErasureJson'];
export type GameWork = Schemas['GameWorkJson'];
export type RefundQuestion = Schemas['RefundQuestionJson'];
export type Endpoint = Schemas['EndpointJson'];
export type Finding = Schemas['FindingJson'];
export type Found = Schemas['SearchItemJson'];
export type Statistics = Schemas['StatisticsJson'];
export type Figure = Schemas['OrderStatisticsJson'];
export type Counted = Schemas['FigureJson'];
export type Health = Schemas['HealthStatisticsJson'];
export type CallbackRequest = Schemas['CallbackRequestJson'];

/** An app as the server shows it, without secrets: its document (contract.md, "App body"), and what the server adds. */
export interface App {
  gameId: number;
  name: string;
  alias?: string;
  protocol: string;
  callbackUrl?: string;
  eventsUrl?: string;
  callback?: { retrySeconds?: number[] };
  channels?: Record<string, Record<string, unknown>>;
  disabled?: boolean;
  secrets: { createdAt: string; validUntil: string | null; weak?: boolean }[];
  createdAt: string;
  updatedAt: string;
  /** What was taken and will not work here; only where it was written now. */
  warnings?: string[];
  [setting: string]: unknown;
}

export const PROTOCOLS = ['OrderApi', 'H5Sdk', 'OrderCheck', 'CardRecharge'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const CHANNELS = ['google', 'apple', 'alipay', 'wechat', 'wechat-virtual', 'points'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The channels whose statements can be reconciled. */
export const STORES = ['google', 'apple', 'alipay', 'wechat'] as const;
export type Store = (typeof STORES)[number];

/** The channels whose stores notify us. */
export const NOTIFYING = [...STORES, 'wechat-virtual'] as const;

export const DISCREPANCY_KINDS = ['missingHere', 'missingThere', 'amountDiffers', 'refundedThere', 'badLine'] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

export const REPAIR_STATES = ['open', 'begun', 'done'] as const;
export type RepairState = (typeof REPAIR_STATES)[number];

export const REPAIRS = ['markPaid', 'recheck', 'review', 'refund', 'ignore'] as const;
export type Repair = (typeof REPAIRS)[number];

/** What a store may be told that asks about a refund. */
export const REFUND_PREFERENCES = ['decline', 'approve', 'neutral'] as const;
export type RefundPreference = (typeof REFUND_PREFERENCES)[number];

/** How many items a page has, where the list goes on and as many were found: the server's own limit. */
export const PAGE_ITEMS = 50;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** What the search finds. */
export type FoundKind = 'order' | 'player' | 'callback' | 'notification';

export const ROLES = ['viewer', 'support', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ORDER_STATES = ['created', 'delivering', 'delivered', 'failed', 'closed', 'review'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const PAY_STATES = ['unpaid', 'paid', 'refunded'] as const;
export type PayState = (typeof PAY_STATES)[number];

export const CALLBACK_STATUSES = ['pending', 'delivering', 'delivered', 'exhausted', 'held', 'cancelled'] as const;
export type CallbackStatus = (typeof CALLBACK_STATUSES)[number];

export const NOTIFICATION_STATES = [
  'waiting',
  'applied',
  'ignored',
  'unclaimed',
  'unapplied',
  'held',
  'failed',
] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];
