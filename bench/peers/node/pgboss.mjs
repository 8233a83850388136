// pg-boss, in the two ways that its documentation shows. All jobs of a fetch are posted at once and completed by one call.
//   PEER_MODE=work   boss.work with several workers at the shortest polling interval
//   PEER_MODE=fetch  loops of our own over boss.fetch and boss.complete that do not pause while jobs are there
import PgBoss from 'pg-boss';
import pg from 'pg';
import { serve, steps, post, body, sleep, POSTGRES_URL } from './common.mjs';

const MODE = process.env.PEER_MODE || 'fetch';
const BATCH = +(process.env.PEER_BATCH || 500);
const WORKERS = +(process.env.PEER_WORKERS || 2);
const QUEUE = 'deliver';
const POLL_SECONDS_MIN = 0.5;

const boss = new PgBoss({ connectionString: POSTGRES_URL, max: 20, supervise: false, schedule: false });
const db = new pg.Pool({ connectionString: POSTGRES_URL, max: 2 });
let done = 0, isStopping = false, loops = [];
boss.on('error', error => console.error(error));

async function deliver(jobs) {
  const delivered = [];
  await Promise.all(jobs.map(async job => { await post(job.data.path, job.data.body); delivered.push(job.id); }));
  await boss.complete(QUEUE, delivered);
  done += delivered.length;
}

async function loop() {
  while (!isStopping) {
    const jobs = await boss.fetch(QUEUE, { batchSize: BATCH });
    if (jobs?.length) await deliver(jobs); else await sleep(50);
  }
}

await serve({
  async init() { await boss.start(); await boss.createQueue(QUEUE, { retryLimit: 5, retryBackoff: true }); },
  async seed(first, count) {
    for (const [from, n] of steps(first, count))
      await boss.insert(Array.from({ length: n }, (_, i) => ({ name: QUEUE, data: { path: '/cb', body: body(from + i) } })));
    await db.query('VACUUM ANALYZE pgboss.job');
    await db.query('CHECKPOINT');
  },
  enqueueOne: (id, path) => boss.send(QUEUE, { path, body: body(id) }),
  async start() {
    isStopping = false;
    if (MODE === 'work') {
      for (let i = 0; i < WORKERS; i++) await boss.work(QUEUE, { batchSize: BATCH, pollingIntervalSeconds: POLL_SECONDS_MIN }, deliver);
    } else loops = Array.from({ length: WORKERS }, loop);
  },
  async stop() {
    isStopping = true;
    if (MODE === 'work') { await boss.offWork(QUEUE); await sleep(2500); }
    await Promise.all(loops);
  },
  done: () => done,
  async verify() { return (await db.query("SELECT string_agg(state || ' ' || c, ', ') s FROM (SELECT state::text, count(*) c FROM pgboss.job WHERE name = 'deliver' GROUP BY 1) x")).rows[0].s; },
});
