// The alerts' part of the API, by hand until "npm run types" has it in schema.ts: then this file goes.
import type { Page } from './types';

export const SEVERITIES = ['warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ALERT_STATES = ['open', 'past'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export const SINK_KINDS = ['dingtalk', 'wecom', 'feishu', 'smtp', 'webhook'] as const;
export type SinkKind = (typeof SINK_KINDS)[number];

export const SINK_LANGUAGES = ['both', 'en', 'zh'] as const;
export type SinkLanguage = (typeof SINK_LANGUAGES)[number];

export const SMTP_SECURITIES = ['starttls', 'tls', 'none'] as const;
export type SmtpSecurity = (typeof SMTP_SECURITIES)[number];

/** What values and thresholds count. */
export type AlertUnit = 'count' | 'seconds' | 'milliseconds' | 'percent' | 'hours' | 'days';

export interface Alert {
  id: string;
  condition: string;
  english: string;
  chinese: string;
  severity: Severity;
  /** What it is about within the condition: a game, an endpoint, a store, a node. */
  subject: string;
  gameId: number | null;
  value: number;
  threshold: number;
  unit: AlertUnit;
  detail: string | null;
  raisedAt: string;
  seenAt: string;
  /** How often the sinks were told of it. */
  told: number;
  toldAgainAt: string | null;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  /** Null: it is open. */
  recoveredAt: string | null;
}

export interface AlertCondition {
  condition: string;
  english: string;
  chinese: string;
  severity: Severity;
  unit: AlertUnit;
  /** Its own. */
  threshold: number;
  thresholdMax: number;
  isOfGame: boolean;
  /** Whether it holds from the threshold down; otherwise from it on. */
  isBelow: boolean;
}

/** What is set about a condition; without a game for all that have nothing of their own, without a threshold with the condition's own. */
export interface AlertThreshold {
  condition: string;
  gameId: number | null;
  threshold: number | null;
  disabled: boolean;
}

export interface AlertConditions {
  items: AlertCondition[];
  thresholds: AlertThreshold[];
}

export interface SmtpSettings {
  host: string | null;
  port: number | null;
  security: SmtpSecurity | null;
  userName: string | null;
  password: string | null;
  from: string | null;
  to: string[] | null;
}

/** Where alerts go. Secrets, and the parts of an address that may hold one, are shown as ***, and kept where they come back so. */
export interface AlertSink {
  name: string;
  kind: SinkKind;
  url: string | null;
  secret: string | null;
  smtp: SmtpSettings | null;
  language: SinkLanguage | null;
  conditions: string[] | null;
  games: number[] | null;
  severity: Severity | null;
  allowedNetworks: string[] | null;
  disabled: boolean;
}

export interface AlertSinks {
  items: AlertSink[];
}

export interface AlertTest {
  delivered: boolean;
  fault: string | null;
}

export interface AlertFilters {
  state?: AlertState;
  gameId?: string;
  condition?: string;
  cursor?: string;
}

interface Nothing {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}

interface Answers<T> {
  200: { headers: { [name: string]: unknown }; content: { 'application/json': T } };
}

interface Body<T> {
  content: { 'application/json': T };
}

export interface AlertPaths {
  '/api/v1/alerts': {
    parameters: Nothing;
    get: {
      parameters: { query?: AlertFilters; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: Answers<Page<Alert>>;
    };
  };
  '/api/v1/alerts/{id}/acknowledge': {
    parameters: Nothing;
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: Body<{ reason: string }>;
      responses: Answers<Alert>;
    };
  };
  '/api/v1/alert-sinks': {
    parameters: Nothing;
    get: { parameters: Nothing; requestBody?: never; responses: Answers<AlertSinks> };
    put: { parameters: Nothing; requestBody: Body<AlertSinks>; responses: Answers<AlertSinks> };
  };
  '/api/v1/alert-sinks/{name}/test': {
    parameters: Nothing;
    post: {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: Answers<AlertTest>;
    };
  };
  '/api/v1/alert-conditions': {
    parameters: Nothing;
    get: { parameters: Nothing; requestBody?: never; responses: Answers<AlertConditions> };
    put: {
      parameters: Nothing;
      requestBody: Body<{ thresholds: AlertThreshold[] }>;
      responses: Answers<AlertConditions>;
    };
  };
}
