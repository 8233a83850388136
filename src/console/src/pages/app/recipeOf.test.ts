import { describe, expect, it } from 'vitest';
import type { App } from '../../api/types';
import { OWN, parsed, recipesOf, settingsOf } from './recipeOf';

describe('channels by recipe', () => {
  it('are those of the app that are no installed ones', () => {
    const app = { channels: { google: {}, 'my-store': {}, points: {} } } as unknown as App;
    expect(recipesOf(app)).toEqual(['my-store']);
    expect(recipesOf({} as App)).toEqual([]);
  });

  it('are written with a shipped recipe by its name', () => {
    const fields = { recipe: 'vivo', name: 'vivo', key: ' k ', app: 'appId=7\n\n x = a=b ' };
    expect(settingsOf(fields)).toEqual({ recipe: 'vivo', key: 'k', app: { appId: '7', x: 'a=b' } });
  });

  it('are written with an own recipe as JSON', () => {
    expect(
      settingsOf({ recipe: OWN, name: 's', json: '{"body":"form"}', publicKey: 'p', publicKeyIsOwn: true }),
    ).toEqual({
      recipe: { body: 'form' },
      publicKey: 'p',
      publicKeyIsOwn: true,
    });
    expect(parsed('[1]')).toBeUndefined();
    expect(parsed('{')).toBeUndefined();
  });
});
