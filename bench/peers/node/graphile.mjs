// graphile-worker with the batching options of its performance page: localQueue and completeJobBatchDelay.
import { EventEmitter } from 'node:events';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { serve, steps, post, body, POSTGRES_URL, CONCURRENCY } from './common.mjs';

const LOCAL_QUEUE = +(process.env.PEER_LOCAL_QUEUE || 500);
const BATCH_DELAY_MS = +(process.env.PEER_BATCH_DELAY_MS || 0);
const POOL = 12;

const db = new pg.Pool({ connectionString: POSTGRES_URL, max: POOL });
const logger = new Logger(() => () => {});
const events = new EventEmitter();
let done = 0, runner, utils;
events.setMaxListeners(1000);
events.on('job:complete', () => { done++; });
const preset = {
  worker: {
    concurrentJobs: CONCURRENCY, maxPoolSize: POOL, pollInterval: 1000, logger,
    completeJobBatchDelay: BATCH_DELAY_MS, failJobBatchDelay: BATCH_DELAY_MS, localQueue: { size: LOCAL_QUEUE },
  },
};

await serve({
  async init() { utils = await makeWorkerUtils({ pgPool: db, logger }); await utils.migrate(); },
  async seed(first, count) {
    for (const [from, n] of steps(first, count))
      await utils.addJobs(Array.from({ length: n }, (_, i) => ({ identifier: 'deliver', payload: { path: '/cb', body: body(from + i) }, maxAttempts: 25 })));
    await db.query('VACUUM ANALYZE');
    await db.query('CHECKPOINT');
  },
  enqueueOne: (id, path) => utils.addJob('deliver', { path, body: body(id) }),
  async start() { runner = await run({ preset, pgPool: db, noHandleSignals: true, events, taskList: { deliver: async job => { await post(job.path, job.body); } } }); },
  async stop() { await runner.stop(); },
  done: () => done,
  async verify() { return 'jobs left ' + (await db.query('SELECT count(*) c FROM graphile_worker._private_jobs')).rows[0].c; },
});
