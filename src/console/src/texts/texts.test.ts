import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { all as en } from './en/all';
import { all as zh } from './zh/all';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const name = before ? `${before}.${key}` : key;
    for (const [inner, text] of typeof value === 'string' ? [[name, value] as const] : flat(value, name)) {
      all.set(inner, text);
    }
  }
  return all;
}

const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
const english = flat(en);
const chinese = flat(zh);

/** The name of the other language, and what is made of values only. */
const UNTRANSLATED = ['app.language', 'story.act', 'reconciliation.title', 'reconciliation.by'];

describe('texts', () => {
  it('are complete in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('are not empty, and take the same values in both languages', () => {
    for (const [key, text] of english) {
      expect(text, key).not.toBe('');
      expect(places(chinese.get(key) ?? ''), key).toEqual(places(text));
    }
  });

  it('are Chinese in Chinese', () => {
    for (const [key, text] of chinese) {
      if (!UNTRANSLATED.includes(key)) {
        expect(text, key).toMatch(/[\u4e00-\u9fff]/);
      }
    }
  });

  it('exist where the sources name them', () => {
    const root = join(import.meta.dirname, '..');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      for (const [, key = ''] of readFileSync(join(root, file), 'utf8').matchAll(/\bt\('([\w.]+)'/g)) {
        expect(english.has(key), `${file}: ${key}`).toBe(true);
      }
    }
  });
});
