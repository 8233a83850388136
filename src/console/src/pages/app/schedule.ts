import type { App } from '../../api/types';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The protocols' own schedules (docs/reference/protocols.md): the waits, and until when the last of them is repeated. */
const OWN: Record<string, { waits: number[]; untilHours?: number }> = {
  OrderApi: { waits: [0, 5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR], untilHours: 72 },
  H5Sdk: { waits: [0, 10, 20, 30, 60, 90, 120, 180, 240, 300, 300, HOUR], untilHours: 72 },
  OrderCheck: { waits: [30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR], untilHours: 24 },
  CardRecharge: { waits: [0, 3 * MINUTE, 5 * MINUTE] },
};

export interface Schedule {
  /** When each attempt is made if all before it fail at once, seconds after the event. */
  after: number[];
  /** Until when the last wait is repeated, seconds after the event; null: it is not. */
  until: number | null;
  isOwn: boolean;
}

/** When an app's callbacks are tried: by its own schedule, or by its protocol's. */
export function scheduleOf(app: Pick<App, 'protocol'>, retrySeconds: readonly number[] | undefined): Schedule {
  const protocols = OWN[app.protocol];
  const isOwn = retrySeconds !== undefined && retrySeconds.length > 0;
  const waits = isOwn ? retrySeconds : (protocols?.waits ?? []);
  let at = 0;
  const after = waits.map((wait) => {
    // Decimals are to the millisecond.
    at = Math.round((at + wait) * 1000) / 1000;
    return at;
  });
  const hours = isOwn ? undefined : protocols?.untilHours;
  return { after, until: hours === undefined ? null : hours * HOUR, isOwn };
}
