import { describe, expect, it } from 'vitest';
import { ApiFault } from './fault';
import { faultOfItem } from './faultOfItem';

const fault = new ApiFault(
  400,
  'items[1].smtp.host must be …',
  [
    { field: 'items[1].smtp.host', allowed: 'must be …' },
    { field: 'items[12].url', allowed: 'must be …' },
  ],
  3,
  'trace',
);

describe('the fault of an item', () => {
  it('names the fields of that item as its form does, and those of others as they are', () => {
    const ofItem = faultOfItem(fault, 'items', 1) as ApiFault;
    expect(ofItem.fields.map(({ field }) => field)).toEqual(['smtp.host', 'items[12].url']);
    expect([ofItem.status, ofItem.title, ofItem.retryAfterSeconds, ofItem.traceId]).toEqual([
      fault.status,
      fault.title,
      3,
      'trace',
    ]);
  });

  it('stays as it is where no item was changed, or it is another fault', () => {
    expect((faultOfItem(fault, 'items', null) as ApiFault).fields).toEqual(fault.fields);
    const other = new TypeError('network');
    expect(faultOfItem(other, 'items', 0)).toBe(other);
  });
});
