import { useEffect, useState } from 'react';

const TICK_MS = 1000;

/** The time, anew each second (or as often as is said) while somebody looks at something that is counted down. */
export function useNow(isRunning: boolean, everyMs = TICK_MS): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) {
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [isRunning, everyMs]);
  return now;
}
