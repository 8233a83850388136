// Shared by the Node peers: the callback's body, the HTTP client, and the line protocol on stdin and stdout (the same as common/Peer.cs).
import readline from 'node:readline';
import { Pool } from 'undici';

export const CONCURRENCY = +(process.env.PEER_CONCURRENCY || 128);
export const POSTGRES_URL = process.env.PEER_POSTGRES_URL;
export const SEED_STEP = 1000;

export const body = id =>
  `order_id=${id}&game_id=1001&server_id=17&role_id=role-55512&user_id=88812345&product_id=com.game.gem.648&amount=64800&currency=CNY&pay_time=1795233266&pay_no=P2026112100001&channel=203&status=1&ext=zone17-promo-none-abcdefghijklmnopqrstuvwxyz&test=0&sign=9e107d9d372bb6826bd81d3542a419d6`;

const pool = new Pool(process.env.PEER_TARGET, { connections: CONCURRENCY, pipelining: 1 });
const headers = { 'content-type': 'application/x-www-form-urlencoded' };

export async function post(path, text) {
  const answer = await pool.request({ path, method: 'POST', headers, body: text });
  const reply = await answer.body.text();
  if (answer.statusCode !== 200 || reply !== 'success') throw new Error(`answered ${answer.statusCode} ${reply}`);
}

export const sleep = ms => new Promise(done => setTimeout(done, ms));

const LIMIT_MS = 120_000;
const nowUs = () => Math.round((performance.timeOrigin + performance.now()) * 1000);
const say = (word, fields) => console.log(`${word} ${JSON.stringify(fields)}`);

/** Steps of at most SEED_STEP jobs: [first id, how many]. */
export function* steps(first, count) {
  for (let i = 0; i < count; i += SEED_STEP) yield [first + i, Math.min(SEED_STEP, count - i)];
}

/** engine: { init, seed(first, count), enqueueOne(id, path), start, stop, done(): outcomes that are durable, verify(): what is left } */
export async function serve(engine) {
  await engine.init();
  let next = 1;
  console.log('READY');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, ...numbers] = line.split(' ');
    const [first, second] = numbers.map(Number);
    const start = performance.now();
    if (command === 'seed') {
      await engine.seed(next, first);
      next += first;
      say('SEEDED', { secs: (performance.now() - start) / 1000 });
    } else if (command === 'run') {
      const want = engine.done() + first;
      await engine.start();
      while (engine.done() < want && performance.now() - start < LIMIT_MS) await sleep(2);
      const secs = (performance.now() - start) / 1000;
      say('DONE', { secs, missing: want - engine.done(), verify: String(await engine.verify()) });
      await engine.stop();
    } else if (command === 'lat') {
      const count = first * second;
      await engine.start();
      await sleep(1500);
      const want = engine.done() + count, begin = performance.now(), pending = [];
      for (let i = 0; i < count; i++) {
        const wait = i * 1000 / first - (performance.now() - begin);
        if (wait > 0) await sleep(wait);
        pending.push(engine.enqueueOne(next++, '/lat?t=' + nowUs())); // stamped before the enqueue's own commit
      }
      await Promise.all(pending);
      for (let i = 0; i < 2000 && engine.done() < want; i++) await sleep(5);
      say('LATDONE', { sent: count, missing: want - engine.done() });
      await engine.stop();
    } else if (command === 'quit') break;
  }
  process.exit(0);
}
