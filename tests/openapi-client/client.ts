// What a game team writes with the types that openapi-typescript makes of /openapi/v1.json: sign in, create, search, page, act.
// node out/client.js BASE TOKEN GAMEID; prints what it found as JSON.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

const [base, token, gameId] = process.argv.slice(2) as [string, string, string];
const client = createClient<paths>({ baseUrl: base, headers: { Authorization: `Bearer ${token}` } });

// Without the token nothing is told.
const stranger = await createClient<paths>({ baseUrl: base }).GET('/api/v1/orders', { params: { query: { gameId } } });
assert.equal(stranger.response.status, 401);
assert.equal(stranger.error?.status, 401);

const ids: string[] = [];
for (const userId of ['ts-1', 'ts-1', 'ts-2']) {
  const created = await client.POST('/api/v1/orders', {
    params: { header: { 'Idempotency-Key': `ts-${gameId}-${ids.length}`, 'X-Actor': 'typescript' } },
    body: { gameId, productId: 'gems.60', money: '6.5', currency: 'CNY', userId, quantity: 1 },
  });
  assert.equal(created.response.status, 201);
  ids.push(created.data!.orderId);
}

const found = await client.GET('/api/v1/orders', { params: { query: { gameId, userId: 'ts-1', state: 'created', payState: 'unpaid', limit: 1, from: '2020-01-01T00:00:00Z' } } });
assert.equal(found.data?.items.length, 1);
const cursor: string | null = found.data!.nextCursor;
assert.ok(cursor);
const more = await client.GET('/api/v1/orders', { params: { query: { gameId, userId: 'ts-1', cursor } } });
const order: components['schemas']['OrderJson'] = more.data!.items[0]!;
const gameNumber: number = order.gameId;
assert.equal(String(gameNumber), gameId);

const closed = await client.POST('/api/v1/orders/{orderId}/close', { params: { path: { orderId: order.orderId } }, body: { reason: 'test' } });
assert.equal(closed.data?.state, 'closed');

// What the service refuses does not compile either.
type Search = NonNullable<paths['/api/v1/orders']['get']['parameters']['query']>;
// @ts-expect-error: there is no such query parameter
const misspelt: Search = { gameId, user: 'ts-1' };
const refused = await client.GET('/api/v1/orders', { params: { query: misspelt } });
assert.equal(refused.response.status, 400);
assert.match(refused.error?.title ?? '', /userId/);
// @ts-expect-error: there is no such state
await client.GET('/api/v1/orders', { params: { query: { state: 'gone' } } });
// @ts-expect-error: productId is required
await client.GET('/api/v1/apps/{gameId}/cards', { params: { path: { gameId } } });

const changes = await client.GET('/api/v1/changes', { params: { query: { gameId, limit: 100 } } });
assert.equal(changes.response.status, 200);

console.log(JSON.stringify({ created: ids, found: [found.data!.items[0]!.orderId, order.orderId], closed: closed.data!.orderId }));
