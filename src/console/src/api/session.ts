import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, onSessionEnd, read, setCsrfToken } from './client';
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
      return keep(await read(api.GET('/api/v1/session')));
    } catch (error) {
      if (toFault(error).status === 401) {
        return null;
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
  onSessionEnd(forget);
  tabs?.addEventListener('message', leave);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) {
      window.location.reload();
    }
  });
}

function begin(session: Session): void {
  queryClient.clear();
  queryClient.setQueryData(SESSION_KEY, keep(session));
}

function keep(session: Session): Session {
  setCsrfToken(session.csrfToken);
  return session;
}

/** The pages give way to the sign-in, which leads back to the same address. */
function forget(): void {
  setCsrfToken('');
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
  queryClient.setQueryData(SESSION_KEY, null);
}

function leave(): void {
  forget();
  window.location.replace(SIGN_IN_ADDRESS);
}
