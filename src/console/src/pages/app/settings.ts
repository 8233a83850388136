import type { Field } from './fields';

export type Json = { [name: string]: unknown };
/** What the fields of a form hold: texts, and the choices of flags. */
export type Settings = Record<string, string | boolean | undefined>;

export function get(document: Json, path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), document);
}

export function set(document: Json, path: string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    document[name] = value;
    return;
  }
  const inner = isObject(document[name]) ? document[name] : {};
  document[name] = inner;
  set(inner, rest, value);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A setting of the document as its field shows it. */
export function shown(field: Field, value: unknown): string | boolean | undefined {
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

/** A setting as the document has it; undefined: left out. */
export function written(field: Field, value: string | boolean | undefined, before: unknown): unknown {
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
export function withoutConsent(patch: Json, channel: string[]): Json {
  const path = [...channel, 'consumption'];
  if (get(patch, [...path, 'customerConsented']) === false) {
    set(patch, path, null);
  }
  return patch;
}
