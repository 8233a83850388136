import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, onSessionEnd, read, setCsrfToken } from './client';
import { toFault } from './fault';
import { queryClient } from './queryClient';
import type { Role, Session } from './types';

const SIGN_IN_ADDRESS = '/console/sign-in';
const SESSION_KEY = ['session'] as const;

/** Other tabs of this browser have the same cookie: they leave with this one. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('ordercenter-session');

/** Whether the session of the pages that are shown has ended; they wait behind a sign-in, with what was typed. */
let isEnded = false;
const listeners = new Set<() => void>();

function setEnded(ended: boolean): void {
  isEnded = ended;
  for (const listener of listeners) {
    listener();
  }
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useSessionEnded(): boolean {
  return useSyncExternalStore(subscribe, () => isEnded);
}

const knownSession = () => queryClient.getQueryData<Session | null>(SESSION_KEY) ?? null;

const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: async (): Promise<Session | null> => {
    try {
      return keep(await read(api.GET('/api/v1/session')));
    } catch (error) {
      if (toFault(error).status === 401) {
        end();
        return knownSession();
      }
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Who is signed in; null: nobody. */
export function useSessionQuery() {
  return useQuery(sessionQuery);
}

/** Who is signed in, on pages that show only then. */
export function useSession(): Session {
  const session = useQuery(sessionQuery).data;
  if (!session) {
    throw new Error('this page is for a session');
  }
  return session;
}

export function useRole(): Role {
  return useSession().role as Role;
}

export async function signIn(name: string, password: string, code: string): Promise<void> {
  const body = { name, password, code: code || null };
  begin(await read(api.POST('/api/v1/session', { body })));
}

export async function changePassword(password: string, newPassword: string): Promise<void> {
  queryClient.setQueryData(
    SESSION_KEY,
    keep(await read(api.PUT('/api/v1/session/password', { body: { password, newPassword } }))),
  );
}

/** Ends the session and forgets the document with all that it showed, so that nothing is behind the back button. */
export async function signOut(): Promise<void> {
  try {
    await read(api.DELETE('/api/v1/session'));
  } catch (error) {
    // Without a session there is nothing to end.
    if (toFault(error).status !== 401) {
      throw error;
    }
  }
  tabs?.postMessage('ended');
  leave();
}

export function refreshSession(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: SESSION_KEY });
}

/** Listens for the end of the session: said by the server, by another tab, or by a page that comes back out of the back button. */
export function watchSession(): void {
  onSessionEnd(end);
  tabs?.addEventListener('message', leave);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) {
      window.location.reload();
    }
  });
}

function begin(session: Session): void {
  const before = knownSession();
  if (before && (before.name !== session.name || before.role !== session.role)) {
    // Another operator sees nothing of what the one before had open.
    window.location.reload();
    return;
  }
  queryClient.setQueryData(SESSION_KEY, keep(session));
  if (isEnded) {
    setEnded(false);
    void queryClient.invalidateQueries();
  }
}

function keep(session: Session): Session {
  setCsrfToken(session.csrfToken);
  return session;
}

/** The server knows no session any more: the pages stay as they are, behind a sign-in. */
function end(): void {
  if (knownSession() && !isEnded) {
    setCsrfToken('');
    setEnded(true);
  }
}

function forget(): void {
  setCsrfToken('');
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
  queryClient.setQueryData(SESSION_KEY, null);
}

function leave(): void {
  forget();
  window.location.replace(SIGN_IN_ADDRESS);
}
