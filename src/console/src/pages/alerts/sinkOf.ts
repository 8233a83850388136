import type { AlertSink, Severity, SinkKind, SinkLanguage, SmtpSecurity } from '../../api/alertTypes';
import { gamesOf } from '../../shared/gamesOf';

export interface SinkFields {
  name: string;
  kind: SinkKind;
  url?: string;
  secret?: string;
  smtp?: {
    host?: string;
    port?: string;
    security?: SmtpSecurity;
    userName?: string;
    password?: string;
    from?: string;
    to?: string[];
  };
  language?: SinkLanguage;
  severity?: Severity;
  conditions?: string[];
  games?: string[];
  allowedNetworks?: string[];
  disabled?: boolean;
}

const textOf = (text: string | undefined) => text?.trim() || null;
const listOf = (texts: string[] | undefined) => (texts && texts.length > 0 ? texts.map((text) => text.trim()) : null);

/** Whether sinks of a kind sign with a secret of theirs: always, where they have one, or never. */
export const SECRETS: Record<SinkKind, 'required' | 'optional' | 'none'> = {
  dingtalk: 'optional',
  wecom: 'none',
  feishu: 'optional',
  smtp: 'none',
  webhook: 'required',
};

/** What the form of a sink holds, as the server takes it; what is of another kind is left out. */
export function sinkOf(fields: SinkFields): AlertSink {
  const isMail = fields.kind === 'smtp';
  const { smtp = {} } = fields;
  return {
    name: fields.name.trim(),
    kind: fields.kind,
    url: isMail ? null : textOf(fields.url),
    secret: SECRETS[fields.kind] === 'none' ? null : textOf(fields.secret),
    smtp: isMail
      ? {
          host: textOf(smtp.host),
          port: smtp.port?.trim() ? Number(smtp.port) : null,
          security: smtp.security ?? null,
          userName: textOf(smtp.userName),
          password: smtp.password || null,
          from: textOf(smtp.from),
          to: listOf(smtp.to),
        }
      : null,
    language: fields.language ?? null,
    conditions: listOf(fields.conditions),
    games: gamesOf(fields.games),
    severity: fields.severity ?? null,
    allowedNetworks: listOf(fields.allowedNetworks),
    disabled: fields.disabled ?? false,
  };
}

/** What the form of a sink shows. */
export function fieldsOf(sink: AlertSink): SinkFields {
  const { smtp } = sink;
  return {
    name: sink.name,
    kind: sink.kind,
    url: sink.url ?? undefined,
    secret: sink.secret ?? undefined,
    smtp: smtp
      ? {
          host: smtp.host ?? undefined,
          port: smtp.port ? String(smtp.port) : undefined,
          security: smtp.security ?? undefined,
          userName: smtp.userName ?? undefined,
          password: smtp.password ?? undefined,
          from: smtp.from ?? undefined,
          to: smtp.to ?? undefined,
        }
      : undefined,
    language: sink.language ?? undefined,
    severity: sink.severity ?? undefined,
    conditions: sink.conditions ?? undefined,
    games: sink.games?.map(String),
    allowedNetworks: sink.allowedNetworks ?? undefined,
    disabled: sink.disabled,
  };
}
