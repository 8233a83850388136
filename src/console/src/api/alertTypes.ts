import type { paths } from './schema';
import type { Schemas } from './types';

export const SEVERITIES = ['warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ALERT_STATES = ['open', 'past'] as const;

export const SINK_KINDS = ['dingtalk', 'wecom', 'feishu', 'smtp', 'webhook'] as const;
export type SinkKind = (typeof SINK_KINDS)[number];

export const SINK_LANGUAGES = ['both', 'en', 'zh'] as const;
export type SinkLanguage = (typeof SINK_LANGUAGES)[number];

export const SMTP_SECURITIES = ['starttls', 'tls', 'none'] as const;
export type SmtpSecurity = (typeof SMTP_SECURITIES)[number];

/** What values and thresholds count. */
export type AlertUnit = 'count' | 'seconds' | 'milliseconds' | 'percent' | 'hours' | 'days';

export type AlertFilters = NonNullable<paths['/api/v1/alerts']['get']['parameters']['query']>;

/** The schema has texts where there are a few words. */
export type Alert = Schemas['AlertEntryJson'] & { severity: Severity; unit: AlertUnit };

export type AlertCondition = Schemas['AlertConditionJson'] & { severity: Severity; unit: AlertUnit };

export type AlertThreshold = Schemas['AlertThreshold'];

export interface AlertConditions {
  items: AlertCondition[];
  thresholds: AlertThreshold[];
}

/** Where alerts go. Secrets, and the parts of an address that may hold one, are shown as ***, and kept where they come back so. */
export type AlertSink = Schemas['AlertSink'] & {
  name: string;
  kind: SinkKind;
  smtp?: null | { security?: SmtpSecurity | null };
  language?: SinkLanguage | null;
  severity?: Severity | null;
};
