import createClient from 'openapi-fetch';
import { faultOf } from './fault';
import type { paths } from './schema';

const READS = ['GET', 'HEAD'];
const SESSION_PATH = '/api/v1/session';

let csrfToken = '';
let whenSessionEnds: () => void = () => {};

/** What writes carry as X-CSRF-Token. It is kept in memory only. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Who is told that the server knows no session any more. */
export function onSessionEnd(listener: () => void): void {
  whenSessionEnds = listener;
}

/** The one way to the server: the cookie is the browser's, the CSRF token is added here, nothing is kept in a cache. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? 'http://localhost',
  credentials: 'same-origin',
  cache: 'no-store',
  fetch: (request) => globalThis.fetch(request),
});

api.use({
  onRequest({ request }) {
    if (!READS.includes(request.method) && csrfToken) {
      request.headers.set('X-CSRF-Token', csrfToken);
    }
    return request;
  },
  onResponse({ request, response }) {
    // A refused sign-in is 401 too, but ends no session.
    if (response.status === 401 && new URL(request.url).pathname !== SESSION_PATH) {
      whenSessionEnds();
    }
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer; an answer that is no success is thrown as an ApiFault. */
export async function read<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw faultOf(response, error);
  }
  return data as T;
}
