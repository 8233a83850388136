// BullMQ. Completed jobs are removed but for the last 1000, as its production guide advises; the harness starts redis with appendfsync always.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { serve, steps, post, body, CONCURRENCY } from './common.mjs';

const connection = new Redis({ host: '127.0.0.1', port: +process.env.PEER_REDIS_PORT, maxRetriesPerRequest: null });
const queue = new Queue('deliver', { connection, defaultJobOptions: { removeOnComplete: { count: 1000 }, attempts: 5, backoff: { type: 'exponential', delay: 5000 } } });
let done = 0, worker;

await serve({
  async init() { await queue.obliterate({ force: true }); },
  async seed(first, count) {
    for (const [from, n] of steps(first, count))
      await queue.addBulk(Array.from({ length: n }, (_, i) => ({ name: 'callback', data: { path: '/cb', body: body(from + i) } })));
  },
  enqueueOne: (id, path) => queue.add('callback', { path, body: body(id) }),
  async start() {
    worker = new Worker('deliver', async job => { await post(job.data.path, job.data.body); }, { connection: connection.duplicate(), concurrency: CONCURRENCY });
    worker.on('completed', () => { done++; });
    worker.on('error', error => console.error(error));
    await worker.waitUntilReady();
  },
  async stop() { await worker.close(); },
  done: () => done,
  async verify() { return JSON.stringify(await queue.getJobCounts('wait', 'active', 'failed', 'delayed')); },
});
