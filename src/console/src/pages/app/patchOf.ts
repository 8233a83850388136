import { type App, CHANNELS, type Channel } from '../../api/types';
import { CALLBACKS, channelFields, type Field, GENERAL, PAYMENTS, usedBy } from './fields';

type Json = { [name: string]: unknown };

/** What the fields of the form hold: texts, and the choices of flags. */
export interface FormValues {
  channels: Channel[];
  /** By the place in the document, as "callback.format". */
  settings: Record<string, string | boolean | undefined>;
}

const pathOf = (field: Field) => field.name.split('.');

function get(document: Json, path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), document);
}

function set(document: Json, path: string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    document[name] = value;
    return;
  }
  const inner = isObject(document[name]) ? document[name] : {};
  document[name] = inner;
  set(inner, rest, value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
  const settings: FormValues['settings'] = {};
  for (const field of fieldsOf(app.protocol, CHANNELS)) {
    const value = get(app, pathOf(field));
    settings[field.name] = shown(field, value);
  }
  return { channels: CHANNELS.filter((channel) => app.channels?.[channel] !== undefined), settings };
}

function shown(field: Field, value: unknown): string | boolean | undefined {
  switch (field.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : field.byDefault === true;
    case 'lines':
      return Array.isArray(value) ? value.join('\n') : '';
    case 'waits':
      return Array.isArray(value) ? value.join(', ') : '';
    case 'choice':
      return typeof value === 'string' ? value : undefined;
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}

/** What the server is sent, so that the app becomes as the form says: only what differs; null is the default. */
export function patchOf(app: App, values: FormValues): Json {
  const patch: Json = {};
  for (const channel of CHANNELS) {
    const [was, is] = [app.channels?.[channel] !== undefined, values.channels.includes(channel)];
    if (was !== is) {
      set(patch, ['channels', channel], is ? {} : null);
    }
  }
  for (const field of fieldsOf(app.protocol, values.channels)) {
    const before = get(app, pathOf(field));
    const now = written(field, values.settings[field.name], before);
    if (JSON.stringify(now) !== JSON.stringify(before)) {
      set(patch, pathOf(field), now ?? null);
    }
  }
  return withoutConsent(patch);
}

/** A setting as the document has it; undefined: left out. */
function written(field: Field, value: string | boolean | undefined, before: unknown): unknown {
  if (field.kind === 'flag') {
    return before === undefined && value === (field.byDefault ?? false) ? undefined : value;
  }
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') {
    // A secret that is not written again stays.
    return field.kind === 'secret' ? before : undefined;
  }
  switch (field.kind) {
    case 'number':
      return numberOf(text);
    case 'lines':
      return listOf(text, /[\n,]/);
    case 'waits':
      return listOf(text, /[\s,，]+/).map(numberOf);
    default:
      return text;
  }
}

/** What is no number goes out as it is, and the server says what is allowed. */
function numberOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

export function listOf(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((one) => one.trim())
    .filter(Boolean);
}

/** Apple's consumption information is one whole: without the players' consent there is none. */
function withoutConsent(patch: Json): Json {
  const path = ['channels', 'apple', 'consumption'];
  if (get(patch, [...path, 'customerConsented']) === false) {
    set(patch, path, null);
  }
  return patch;
}
