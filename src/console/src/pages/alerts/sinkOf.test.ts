import { describe, expect, it } from 'vitest';
import type { AlertSink } from '../../api/alertTypes';
import { fieldsOf, sinkOf } from './sinkOf';

const robot: AlertSink = {
  name: 'ops',
  kind: 'dingtalk',
  url: 'https://robot.example/send?access_token=***',
  secret: '***',
  smtp: null,
  language: 'zh',
  conditions: ['callbacks.exhausted'],
  games: [1001],
  severity: 'critical',
  allowedNetworks: ['10.0.0.0/8'],
  disabled: true,
};

const mail: AlertSink = {
  ...robot,
  kind: 'smtp',
  url: null,
  secret: null,
  smtp: {
    host: 'mail.example',
    port: 587,
    security: 'starttls',
    userName: 'u',
    password: '***',
    from: 'a@example',
    to: ['b@example'],
  },
  language: null,
  conditions: null,
  games: null,
  severity: null,
  allowedNetworks: null,
  disabled: false,
};

describe('a sink', () => {
  it.each([[robot], [mail]])('goes into its form and out of it unchanged, masked secrets included', (sink) => {
    expect(sinkOf(fieldsOf(sink))).toEqual(sink);
  });

  it('has nothing of another kind', () => {
    const changed = sinkOf({ ...fieldsOf(robot), kind: 'smtp', smtp: { host: ' mail.example ' } });
    expect([changed.url, changed.secret, changed.smtp?.host]).toEqual([null, null, 'mail.example']);
    expect(sinkOf({ ...fieldsOf(robot), kind: 'wecom' }).secret).toBeNull();
    expect(sinkOf({ ...fieldsOf(mail), kind: 'webhook', url: ' https://x.example ' }).smtp).toBeNull();
  });

  it('has null where nothing is chosen', () => {
    const changed = sinkOf({ name: 'a', kind: 'webhook', url: '', games: [], conditions: [], allowedNetworks: [] });
    expect([changed.url, changed.games, changed.conditions, changed.allowedNetworks]).toEqual([null, null, null, null]);
    expect(changed.disabled).toBe(false);
  });
});
