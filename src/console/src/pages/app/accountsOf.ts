import type { Channel } from '../../api/types';
import { ownFields } from './fields';
import { get, isObject, type Json, type Settings, set, shown, withoutConsent, written } from './settings';

/** An account of a channel as the form holds it. */
export interface AccountValues {
  name: string;
  /** Its name in the app as it is stored; left out: it is new. */
  stored?: string;
  /** By the place in the account's settings, as "consumption.refundPreference". */
  settings: Settings;
}

/** Several accounts of a channel. */
export interface AccountsValues {
  list: AccountValues[];
  /** The account that is meant where nothing names one. */
  byDefault?: string;
}

/** The names that an account may have. */
export const ACCOUNT_NAME = /^[A-Za-z0-9_-]{1,32}$/;
/** The most accounts of a channel in one app. */
export const ACCOUNTS_MAX = 16;
/** What one account is called when a second one is added. */
const FIRST = 'main';

/** Whether the stored settings of a channel are of several accounts. */
export const isSeveral = (stored: unknown): boolean => isObject(stored) && isObject(stored.accounts);

/** The accounts of a channel as they are stored. Where it has one, it is the first; its secrets have to be written again. */
export function accountsOf(channel: Channel, stored: unknown): AccountsValues {
  if (!isObject(stored)) {
    return { list: [newAccount(channel, FIRST)] };
  }
  if (!isObject(stored.accounts)) {
    return { list: [{ name: FIRST, settings: settingsOf(channel, stored) }] };
  }
  const list = Object.entries(stored.accounts).map(
    ([name, one]): AccountValues => ({ name, stored: name, settings: settingsOf(channel, one) }),
  );
  return { list, byDefault: typeof stored.default === 'string' ? stored.default : undefined };
}

export const newAccount = (channel: Channel, name = ''): AccountValues => ({ name, settings: settingsOf(channel, {}) });

function settingsOf(channel: Channel, stored: unknown): Settings {
  return Object.fromEntries(
    ownFields(channel).map((field) => [
      field.name,
      shown(field, isObject(stored) ? get(stored, field.name.split('.')) : undefined),
    ]),
  );
}

/** What the server is sent of a channel, so that it has these accounts: only what differs. */
export function accountsPatch(channel: Channel, stored: unknown, values: AccountsValues): Json {
  const patch: Json = {};
  const before = isObject(stored) ? stored : {};
  const had = isObject(before.accounts) ? before.accounts : undefined;
  if (!had) {
    // The settings of the one account go; what the form does not show moves into the first of the new ones.
    Object.assign(patch, nothingOf(channel, before));
  }
  const accounts: Json = {};
  for (const [index, account] of values.list.entries()) {
    const name = account.name.trim();
    const old = had ? had[name] : undefined;
    const inner = accountPatch(channel, isObject(old) ? old : {}, account.settings);
    if (!had && index === 0) {
      Object.assign(inner, unshown(channel, before));
    }
    if (!isObject(old) || Object.keys(inner).length > 0) {
      accounts[name] = inner;
    }
  }
  for (const name of Object.keys(had ?? {})) {
    if (values.list.every((account) => account.name.trim() !== name)) {
      accounts[name] = null;
    }
  }
  if (Object.keys(accounts).length > 0) {
    patch.accounts = accounts;
  }
  const byDefault = values.list.some(({ name }) => name.trim() === values.byDefault) ? values.byDefault : undefined;
  if (byDefault !== before.default) {
    patch.default = byDefault ?? null;
  }
  return patch;
}

/** What the server is sent, so that a channel that had several accounts has none of them any more. */
export const withoutAccounts = (stored: unknown): Json =>
  isObject(stored) && stored.default !== undefined ? { accounts: null, default: null } : { accounts: null };

function accountPatch(channel: Channel, old: Json, settings: Settings): Json {
  const patch: Json = {};
  for (const field of ownFields(channel)) {
    const path = field.name.split('.');
    const before = get(old, path);
    const now = written(field, settings[field.name], before);
    if (JSON.stringify(now) !== JSON.stringify(before)) {
      set(patch, path, now ?? null);
    }
  }
  return withoutConsent(patch, []);
}

/** Every setting of the one account, taken away: those that are stored, and the secrets, which are not shown. */
function nothingOf(channel: Channel, before: Json): Json {
  const secrets = ownFields(channel).filter(({ kind }) => kind === 'secret');
  const names = Object.keys(before).length > 0 ? [...Object.keys(before), ...secrets.map(({ name }) => name)] : [];
  return Object.fromEntries(names.map((name) => [name, null]));
}

function unshown(channel: Channel, before: Json): Json {
  const known = new Set(ownFields(channel).map(({ name }) => name.split('.')[0]));
  return Object.fromEntries(Object.entries(before).filter(([name]) => !known.has(name)));
}
