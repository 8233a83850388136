import { useSyncExternalStore } from 'react';

const narrow = globalThis.matchMedia?.('(max-width: 767px)');

function subscribe(listener: () => void): () => void {
  narrow?.addEventListener('change', listener);
  return () => narrow?.removeEventListener('change', listener);
}

/** Whether the screen is that of a phone, where a list shows its items one below the other. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow?.matches ?? false);
}
