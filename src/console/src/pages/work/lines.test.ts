import { describe, expect, it } from 'vitest';
import type { GameWork } from '../../api/types';
import { linesOf, sorted } from './lines';

const given = (gameId: number, change: Partial<GameWork> = {}): GameWork => ({
  gameId,
  heldOrders: 0,
  exhaustedCallbacks: 0,
  heldCallbacks: 0,
  unappliedPayments: 0,
  unclaimedNotifications: 0,
  failedNotifications: 0,
  refundQuestions: [],
  differences: 0,
  lowStock: 0,
  openAlerts: 0,
  oldestWaitingCallbackAt: null,
  isMore: false,
  ...change,
});

describe('work', () => {
  it('names what waits, and where it is listed', () => {
    expect(linesOf(given(7, { exhaustedCallbacks: 2, differences: 1 }))).toEqual([
      { name: 'exhaustedCallbacks', count: 2, to: '/callbacks?status=exhausted&gameId=7' },
      { name: 'differences', count: 1, to: '/reconciliations?open=true&gameId=7' },
    ]);
  });

  it('links to everything where it belongs to no game', () => {
    expect(linesOf({ ...given(0, { failedNotifications: 1, lowStock: 1 }), gameId: null }).map(({ to }) => to)).toEqual(
      ['/notifications?state=failed', '/cards'],
    );
  });

  it('counts open alerts, also those of no game', () => {
    const ofNone = { ...given(0, { openAlerts: 3 }), gameId: null };
    expect(sorted([given(1), ofNone])).toEqual([ofNone]);
    expect(linesOf(ofNone)).toEqual([{ name: 'openAlerts', count: 3, to: '/alerts?state=open' }]);
  });

  it('shows the nearest deadline first, then the most, and no game without work', () => {
    const question = (deadline: string) => ({ refundQuestions: [{ orderId: '1', deadline }] });
    const order = sorted([
      given(1),
      given(2, { heldOrders: 1 }),
      given(3, question('2026-11-30T00:00:00Z')),
      given(4, { heldOrders: 5 }),
      given(5, question('2026-11-29T00:00:00Z')),
    ]).map(({ gameId }) => gameId);
    expect(order).toEqual([5, 3, 4, 2]);
  });
});
