import type { GameWork } from '../../api/types';

const COUNTS = [
  'heldOrders',
  'exhaustedCallbacks',
  'heldCallbacks',
  'unappliedPayments',
  'unclaimedNotifications',
  'failedNotifications',
  'differences',
  'lowStock',
  'openAlerts',
] as const;

export type WorkName = (typeof COUNTS)[number];

/** Where what a count counts is listed. */
const ADDRESSES: Record<WorkName, string> = {
  heldOrders: '/orders?state=review',
  exhaustedCallbacks: '/callbacks?status=exhausted',
  heldCallbacks: '/callbacks?status=held',
  unappliedPayments: '/orders?openPayments=true',
  unclaimedNotifications: '/notifications?state=unclaimed',
  failedNotifications: '/notifications?state=failed',
  differences: '/reconciliations?open=true',
  lowStock: '/cards?',
  openAlerts: '/alerts?state=open',
};

/** The counts of a game that are not 0, each with where to look. */
export function linesOf(work: GameWork): { name: WorkName; count: number; to: string }[] {
  const game = work.gameId === null ? '' : `&gameId=${work.gameId}`;
  return COUNTS.filter((name) => work[name] > 0).map((name) => ({
    name,
    count: work[name],
    to: `${ADDRESSES[name]}${game}`.replace('?&', '?').replace(/\?$/, ''),
  }));
}

/** The games in which something waits, the one with the nearest deadline first, then by how much waits. */
export function sorted(items: readonly GameWork[]): GameWork[] {
  const deadline = ({ refundQuestions }: GameWork) =>
    Math.min(Number.MAX_SAFE_INTEGER, ...refundQuestions.map((question) => Date.parse(question.deadline)));
  const total = (work: GameWork) => COUNTS.reduce((sum, name) => sum + work[name], 0);
  return items
    .filter((work) => total(work) + work.refundQuestions.length > 0)
    .sort(
      (one, other) =>
        deadline(one) - deadline(other) || total(other) - total(one) || (one.gameId ?? 0) - (other.gameId ?? 0),
    );
}
