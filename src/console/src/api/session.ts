import { type Query, queryOptions, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, onSessionEnd, pauseCalls, read, setCsrfToken } from './client';
import { toFault } from './fault';
import { queryClient } from './queryClient';
import type { Role, Session } from './types';

const SIGN_IN_ADDRESS = '/console/sign-in';
const SESSION_KEY = ['session'] as const;

/** Other tabs of this browser have the same cookie: they leave with this one. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('ordercenter-session');

const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = keep(await read(api.GET('/api/v1/session')));
      if (hasEnded) {
        resume(session);
      }
      return session;
    } catch (error) {
      if (toFault(error).status === 401) {
        end();
        return shown();
      }
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Whether the server ended the session whose pages are shown. They stay below the sign-in, with what was typed there. */
let hasEnded = false;
const listeners = new Set<() => void>();

/** Whose pages are shown; null: nobody's. */
const shown = () => queryClient.getQueryData<Session | null>(SESSION_KEY) ?? null;

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

export function useSessionEnded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hasEnded,
  );
}

export function useRole(): Role {
  return useSession().role as Role;
}

export async function signIn(name: string, password: string, code: string): Promise<void> {
  const body = { name, password, code: code || null };
  const session = keep(await read(api.POST('/api/v1/session', { body })));
  if (hasEnded) {
    resume(session);
  } else {
    queryClient.removeQueries({ predicate: isNoSession });
  }
  queryClient.setQueryData(SESSION_KEY, session);
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

function end(): void {
  setCsrfToken('');
  if (shown()) {
    setEnded(true);
  }
}

/** After a new sign-in, here or in another tab. */
function resume(session: Session): void {
  if (shown()?.name !== session.name) {
    // Somebody else: nothing of the one before stays.
    window.location.reload();
    return;
  }
  setEnded(false);
  void queryClient.invalidateQueries({ predicate: isNoSession });
}

function setEnded(ended: boolean): void {
  hasEnded = ended;
  pauseCalls(ended);
  for (const listener of listeners) {
    listener();
  }
}

function isNoSession({ queryKey }: Query): boolean {
  return queryKey[0] !== SESSION_KEY[0];
}

function keep(session: Session): Session {
  setCsrfToken(session.csrfToken);
  return session;
}

function leave(): void {
  setCsrfToken('');
  queryClient.removeQueries({ predicate: isNoSession });
  queryClient.setQueryData(SESSION_KEY, null);
  window.location.replace(SIGN_IN_ADDRESS);
}
