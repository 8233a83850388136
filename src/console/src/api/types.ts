import type { components } from './schema';

type Schemas = components['schemas'];

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

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

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
