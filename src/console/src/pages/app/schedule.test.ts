import { expect, it } from 'vitest';
import { scheduleOf } from './schedule';

it('adds the waits up', () => {
  expect(scheduleOf({ protocol: 'OrderApi' }, [0, 0.1, 0.2, 180])).toEqual({
    after: [0, 0.1, 0.3, 180.3],
    until: null,
    isOwn: true,
  });
});

it('is the protocol’s where the app has none', () => {
  expect(scheduleOf({ protocol: 'CardRecharge' }, undefined)).toEqual({
    after: [0, 180, 480],
    until: null,
    isOwn: false,
  });
  expect(scheduleOf({ protocol: 'H5Sdk' }, []).after.slice(0, 4)).toEqual([0, 10, 30, 60]);
  expect(scheduleOf({ protocol: 'OrderCheck' }, undefined).until).toBe(86_400);
});
