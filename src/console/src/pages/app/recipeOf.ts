import { type App, CHANNELS } from '../../api/types';

/** What the form of a new channel by recipe holds. */
export interface RecipeFields {
  /** The name of a recipe that ships, or OWN. */
  recipe: string;
  name: string;
  /** A recipe as JSON, where it is one's own. */
  json?: string;
  key?: string;
  publicKey?: string;
  /** That the store's key signs for this app alone. */
  publicKeyIsOwn?: boolean;
  /** One "field=value" a line. */
  app?: string;
}

export const OWN = 'own';

/** The channels of an app that are described by a recipe. */
export const recipesOf = (app: App): string[] =>
  Object.keys(app.channels ?? {}).filter((name) => !CHANNELS.some((channel) => channel === name));

/** A recipe that was pasted; undefined: it is no JSON object. */
export function parsed(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The settings of the channel, as the server takes them. */
export function settingsOf(fields: RecipeFields): object {
  const names = (fields.app ?? '')
    .split('\n')
    .map((line) => line.split('='))
    .filter(([name = '']) => name.trim() !== '')
    .map(([name = '', ...value]) => [name.trim(), value.join('=').trim()]);
  return {
    recipe: fields.recipe === OWN ? parsed(fields.json ?? '') : fields.recipe,
    ...(fields.key ? { key: fields.key.trim() } : {}),
    ...(fields.publicKey ? { publicKey: fields.publicKey.trim() } : {}),
    ...(fields.publicKeyIsOwn ? { publicKeyIsOwn: true } : {}),
    ...(names.length > 0 ? { app: Object.fromEntries(names) } : {}),
  };
}
