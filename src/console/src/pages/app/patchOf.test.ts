import { describe, expect, it } from 'vitest';
import type { App } from '../../api/types';
import { patchOf, valuesOf } from './patchOf';

const app: App = {
  gameId: 1001,
  name: 'Game',
  protocol: 'OrderApi',
  callbackUrl: 'https://game.example/paid',
  timeWindowSeconds: 300,
  checkPrice: false,
  allowedIps: ['10.0.0.0/8', '2001:db8::1'],
  callback: { retrySeconds: [0, 0.5, 180] },
  channels: { google: { packageName: 'com.example', checkAccount: false }, points: {} },
  secrets: [],
  createdAt: '',
  updatedAt: '',
};

const changed = (settings: Record<string, string | boolean | undefined>, channels = valuesOf(app).channels) =>
  patchOf(app, { channels, settings: { ...valuesOf(app).settings, ...settings } });

describe('what is sent of an app', () => {
  it('is nothing where nothing was changed', () => {
    expect(changed({})).toEqual({});
  });

  it('is only what differs, and null where a field was emptied', () => {
    expect(
      changed({
        name: ' Other ',
        timeWindowSeconds: '',
        checkPrice: true,
        allowedIps: '10.0.0.0/8\n\n 192.0.2.1 , 192.0.2.2',
        'callback.retrySeconds': '0, 5.5 30',
        'channels.google.checkAccount': true,
      }),
    ).toEqual({
      name: 'Other',
      timeWindowSeconds: null,
      checkPrice: true,
      allowedIps: ['10.0.0.0/8', '192.0.2.1', '192.0.2.2'],
      callback: { retrySeconds: [0, 5.5, 30] },
      channels: { google: { checkAccount: true } },
    });
  });

  it('leaves a secret alone that was not written again', () => {
    expect(changed({ 'channels.google.serviceAccount': '' })).toEqual({});
    expect(changed({ 'channels.google.serviceAccount': '{"a":1}' })).toEqual({
      channels: { google: { serviceAccount: '{"a":1}' } },
    });
  });

  it('adds and removes channels', () => {
    expect(changed({ 'channels.apple.bundleId': 'b' }, ['google', 'apple', 'points'])).toEqual({
      channels: { apple: { bundleId: 'b' } },
    });
    expect(changed({}, ['points'])).toEqual({ channels: { google: null } });
    expect(changed({}, ['google'])).toEqual({ channels: { points: null } });
  });

  it('lets the server judge what is no number', () => {
    expect(changed({ timeWindowSeconds: 'soon' })).toEqual({ timeWindowSeconds: 'soon' });
  });

  it('touches no setting of another protocol', () => {
    expect(changed({ amountMeans: 'quantity', cardSignature: 'string' })).toEqual({});
  });
});
