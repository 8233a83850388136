import { describe, expect, it } from 'vitest';
import type { App } from '../../api/types';
import { type AccountsValues, newAccount } from './accountsOf';
import { patchOf, valuesOf } from './patchOf';

const of = (wechat: object): App => ({
  gameId: 1001,
  name: 'Game',
  protocol: 'OrderApi',
  channels: { wechat: wechat as Record<string, unknown> },
  secrets: [],
  createdAt: '',
  updatedAt: '',
});
const one = of({ appId: 'wx1', mchId: '19', serialNo: '1A', way: 'h5', platformCertificates: ['PEM'] });
const two = of({
  accounts: { cn: { appId: 'wx1', mchId: '19' }, global: { appId: 'wx2', mchId: '20' } },
  default: 'cn',
});

function changed(app: App, change: (accounts: AccountsValues) => AccountsValues | undefined): unknown {
  const values = valuesOf(app);
  const now = change(values.accounts?.wechat ?? { list: [] });
  return patchOf(app, { ...values, accounts: now ? { wechat: now } : {} }).channels;
}

describe('what is sent of the accounts of a channel', () => {
  it('is nothing where nothing was changed', () => {
    expect(changed(two, (accounts) => accounts)).toBeUndefined();
  });

  it('is only what differs in an account; secrets that were not written again stay', () => {
    const edited = changed(two, ({ list, byDefault }) => {
      const [cn, global] = list;
      Object.assign(cn?.settings ?? {}, { way: 'app', mchId: '', privateKey: '' });
      Object.assign(global?.settings ?? {}, { apiV3Key: 'new' });
      return { list, byDefault };
    });
    expect(edited).toEqual({ wechat: { accounts: { cn: { way: 'app', mchId: null }, global: { apiV3Key: 'new' } } } });
  });

  it('adds and removes accounts, and no default is left that is gone', () => {
    const added = { ...newAccount('wechat', ' jp '), settings: { appId: 'wx3' } };
    expect(changed(two, ({ list, byDefault }) => ({ list: [...list.slice(1), added], byDefault }))).toEqual({
      wechat: { accounts: { jp: { appId: 'wx3' }, cn: null }, default: null },
    });
    expect(changed(two, ({ list }) => ({ list, byDefault: 'global' }))).toEqual({ wechat: { default: 'global' } });
  });

  it('moves the settings of one account into the first of several, and asks for its secrets', () => {
    const settings = { appId: 'wx1', mchId: '19', serialNo: '1A', way: 'h5', privateKey: 'again' };
    expect(changed(one, () => ({ list: [{ name: 'main', settings }] }))).toEqual({
      wechat: {
        ...{ appId: null, mchId: null, serialNo: null, way: null, platformCertificates: null },
        ...{ privateKey: null, apiV3Key: null },
        accounts: { main: { ...settings, platformCertificates: ['PEM'] } },
      },
    });
  });

  it('takes the accounts away where there is one again', () => {
    const values = valuesOf(two);
    const settings = { ...values.settings, 'channels.wechat.appId': 'wx1' };
    expect(patchOf(two, { ...values, settings, accounts: {} }).channels).toEqual({
      wechat: { appId: 'wx1', accounts: null, default: null },
    });
  });
});
