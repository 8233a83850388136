import { type App, CHANNELS, type Channel } from '../../api/types';
import { type AccountsValues, accountsOf, accountsPatch, isSeveral, withoutAccounts } from './accountsOf';
import { CALLBACKS, channelFields, type Field, GENERAL, PAYMENTS, usedBy } from './fields';
import { get, type Json, type Settings, set, shown, withoutConsent, written } from './settings';

/** What the form holds. */
export interface FormValues {
  channels: Channel[];
  /** By the place in the document, as "callback.format". */
  settings: Settings;
  /** The channels that have several accounts. */
  accounts?: Partial<Record<Channel, AccountsValues>>;
}

const pathOf = (field: Field) => field.name.split('.');

/** The fields of an app that the form shows. */
export function fieldsOf(protocol: string, channels: readonly Channel[]): Field[] {
  return [
    ...usedBy(GENERAL, protocol),
    ...usedBy(CALLBACKS, protocol),
    ...usedBy(PAYMENTS, protocol),
    ...channels.flatMap(channelFields),
  ];
}

/** The form of an app as it is. */
export function valuesOf(app: App): FormValues {
  const settings: Settings = {};
  for (const field of fieldsOf(app.protocol, CHANNELS)) {
    settings[field.name] = shown(field, get(app, pathOf(field)));
  }
  const channels = CHANNELS.filter((channel) => app.channels?.[channel] !== undefined);
  const accounts = Object.fromEntries(
    channels
      .filter((channel) => isSeveral(app.channels?.[channel]))
      .map((channel) => [channel, accountsOf(channel, app.channels?.[channel])]),
  );
  return { channels, settings, accounts };
}

/** What the server is sent, so that the app becomes as the form says: only what differs; null is the default. */
export function patchOf(app: App, values: FormValues): Json {
  const patch: Json = {};
  const of = (channel: Channel) => app.channels?.[channel];
  for (const channel of CHANNELS) {
    const [was, is] = [of(channel) !== undefined, values.channels.includes(channel)];
    if (was !== is) {
      set(patch, ['channels', channel], is ? {} : null);
    }
  }
  const ofOne = values.channels.filter((channel) => !values.accounts?.[channel]);
  for (const field of fieldsOf(app.protocol, ofOne)) {
    const before = get(app, pathOf(field));
    const now = written(field, values.settings[field.name], before);
    if (JSON.stringify(now) !== JSON.stringify(before)) {
      set(patch, pathOf(field), now ?? null);
    }
  }
  for (const channel of values.channels) {
    const several = values.accounts?.[channel];
    const change = several
      ? accountsPatch(channel, of(channel), several)
      : isSeveral(of(channel))
        ? withoutAccounts(of(channel))
        : {};
    for (const [name, value] of Object.entries(change)) {
      set(patch, ['channels', channel, name], value);
    }
  }
  return withoutConsent(patch, ['channels', 'apple']);
}
