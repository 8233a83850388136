import { useEffect } from 'react';
import { queryClient } from '../api/queryClient';
import { useSessionEnded } from '../api/session';

/** Where the server tells what changes. */
const EVENTS_PATH = '/api/v1/events';

/** Several changes within this time are one. */
const GATHER_MS = 2_000;

/** What may look different after a change of orders, callbacks, work or alerts. */
const CHANGING = ['orders', 'order', 'callbacks', 'notifications', 'notification', 'work', 'endpoints', 'alerts'];

/** Reads what is shown again when the server says that something changed. A server without events ends the connection: then pages are
 * read again as ever. The browser connects again by itself after a fault of the network. */
export function useLiveChanges(): void {
  const hasEnded = useSessionEnded();
  useEffect(() => {
    if (hasEnded) {
      return;
    }
    const events = new EventSource(EVENTS_PATH);
    let timer: ReturnType<typeof setTimeout> | undefined;
    events.addEventListener('changes', () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (document.visibilityState === 'visible') {
          void queryClient.invalidateQueries({ predicate: ({ queryKey }) => CHANGING.includes(String(queryKey[0])) });
        }
      }, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      events.close();
    };
  }, [hasEnded]);
}
