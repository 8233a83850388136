import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, onSessionEnd, read, setCsrfToken } from './client';
import { ApiFault } from './fault';

const server = vi.fn<(request: Request) => Promise<Response>>();

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  server.mockResolvedValueOnce(
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } }),
  );

const close = () =>
  read(api.POST('/api/v1/orders/{orderId}/close', { params: { path: { orderId: '1' } }, body: { reason: 'r' } }));

const sent = () => {
  const request = server.mock.lastCall?.[0];
  if (!request) {
    throw new Error('nothing was sent');
  }
  return request;
};

beforeEach(() => {
  vi.stubGlobal('fetch', server);
  setCsrfToken('secret-of-the-session');
});

afterEach(() => {
  vi.unstubAllGlobals();
  server.mockReset();
  onSessionEnd(() => {});
});

describe('the way to the server', () => {
  it('carries the CSRF token on writes only', async () => {
    answer(200, {});
    await close();
    expect(sent().headers.get('X-CSRF-Token')).toBe('secret-of-the-session');

    answer(200, { items: [], nextCursor: null });
    await read(api.GET('/api/v1/orders', { params: { query: {} } }));
    expect(sent().headers.has('X-CSRF-Token')).toBe(false);
  });

  it('sends the cookie to its own origin, and keeps nothing in a cache', async () => {
    answer(200, {});
    await close();
    expect(sent().credentials).toBe('same-origin');
    expect(sent().cache).toBe('no-store');
  });

  it('turns problem+json into a fault with its fields', async () => {
    answer(400, {
      title: 'reason must be',
      status: 400,
      errors: [{ field: 'reason', allowed: 'must be 1 to 512 characters' }],
    });
    const fault = await close().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ApiFault);
    expect(fault).toMatchObject({ status: 400, fields: [{ field: 'reason', allowed: 'must be 1 to 512 characters' }] });
  });

  it('reads how long to wait, and the trace', async () => {
    answer(429, { title: 'too many', status: 429, traceId: 'abc' }, { 'Retry-After': '42' });
    await expect(close()).rejects.toMatchObject({ status: 429, retryAfterSeconds: 42, traceId: 'abc' });
  });

  it('takes an answer of a proxy that is no JSON', async () => {
    server.mockResolvedValueOnce(new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(close()).rejects.toMatchObject({ status: 502, title: 'Bad Gateway', fields: [] });
  });

  it('says that the session ended at 401, but not at a refused sign-in', async () => {
    const ended = vi.fn();
    onSessionEnd(ended);
    answer(401, { title: 'wrong', status: 401 });
    await expect(read(api.POST('/api/v1/session', { body: { name: 'a', password: 'b' } }))).rejects.toMatchObject({
      status: 401,
    });
    expect(ended).not.toHaveBeenCalled();

    answer(401, { title: 'there is no session', status: 401 });
    await expect(close()).rejects.toMatchObject({ status: 401 });
    expect(ended).toHaveBeenCalledOnce();
  });
});
