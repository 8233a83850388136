import { describe, expect, it } from 'vitest';
import { catalogueOf } from './catalogueOf';

describe('a catalogue as JSON', () => {
  it('is an object, or nothing at all', () => {
    const products = { 'gem-60': { prices: { CNY: '6.5' } } };
    expect(catalogueOf(JSON.stringify(products))).toEqual({ products });
    expect(catalogueOf('  ')).toEqual({ products: {} });
  });

  it('says what is wrong with it', () => {
    expect(catalogueOf('[1]')).toEqual({ fault: '[1]' });
    expect(catalogueOf('null').products).toBeUndefined();
    expect(catalogueOf('{"a": }').fault).toMatch(/JSON/);
  });
});
