import { useSyncExternalStore } from 'react';

const STORED = 'ordercenter.theme';
const preferred = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function isDark(): boolean {
  const stored = localStorage.getItem(STORED);
  return stored ? stored === 'dark' : preferred.matches;
}

export function setDark(dark: boolean): void {
  localStorage.setItem(STORED, dark ? 'dark' : 'light');
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  preferred.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    preferred.removeEventListener('change', listener);
  };
}

/** Whether the console is dark: as was chosen here, or as the system has it. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}
