"""Other engines that deliver the same callbacks durably, each driven by the same lines on its stdin."""
import json
import math
import os
import select
import subprocess
import time

import machine
from knobs import BENCH
from part import Part, Step
from process import Failed

PEERS_DIR = os.path.join(BENCH, 'peers')
ANSWER_SECONDS = 300
LATENCY_RATE = 100
POSTGRES, REDIS, RABBITMQ = 'PostgreSQL', 'redis', 'RabbitMQ'


def _node(script):
    return ['node', os.path.join(PEERS_DIR, 'node', script)]


def _dotnet(project, program, *arguments):
    return ['dotnet', os.path.join(PEERS_DIR, project, 'bin', 'Release', 'net10.0', program + '.dll'), *arguments]


# store, command, settings (as they gave the best rate in a sweep), and the most jobs of a run where it is slow
PEERS = {
    'pgboss-fetch': (POSTGRES, _node('pgboss.mjs'), {'PEER_MODE': 'fetch', 'PEER_BATCH': '1000', 'PEER_WORKERS': '2'}, None),
    'pgboss-work': (POSTGRES, _node('pgboss.mjs'), {'PEER_MODE': 'work', 'PEER_BATCH': '1000', 'PEER_WORKERS': '4'}, None),
    'graphile': (POSTGRES, _node('graphile.mjs'), {'PEER_LOCAL_QUEUE': '500', 'PEER_BATCH_DELAY_MS': '0'}, None),
    'bullmq': (REDIS, _node('bullmq.mjs'), {}, None),
    'masstransit-quorum': (RABBITMQ, _dotnet('masstransit', 'MassTransitPeer', 'masstransit'), {'PEER_QUORUM': '1'}, None),
    'masstransit-classic': (RABBITMQ, _dotnet('masstransit', 'MassTransitPeer', 'masstransit'), {'PEER_QUORUM': '0'}, None),
    'rabbitmq-client': (RABBITMQ, _dotnet('masstransit', 'MassTransitPeer', 'client'), {'PEER_QUORUM': '1'}, None),
    'quartz': (POSTGRES, _dotnet('quartz', 'QuartzPeer'), {}, 3000),
}

# What is shown in charts and tables, with the package that is asked for its version.
TITLES = {
    'pgboss-fetch': ('pg-boss, fetch loop', 'pg-boss'), 'pgboss-work': ('pg-boss, work()', 'pg-boss'), 'graphile': ('graphile-worker', 'graphile-worker'),
    'bullmq': ('BullMQ', 'bullmq'), 'masstransit-quorum': ('MassTransit, quorum queue', 'MassTransit.RabbitMQ'),
    'masstransit-classic': ('MassTransit, classic queue', 'MassTransit.RabbitMQ'), 'rabbitmq-client': ('RabbitMQ.Client, quorum queue', 'RabbitMQ.Client'), 'quartz': ('Quartz.NET', 'Quartz'),
}


def version(peer):
    """The pinned version of a peer's package."""
    package = TITLES[peer][1]
    node = os.path.join(PEERS_DIR, 'node', 'package.json')
    with open(node) as file:
        wanted = json.load(file)['dependencies']
    if package in wanted:
        return f'{package} {wanted[package]}'
    with open(os.path.join(PEERS_DIR, 'Directory.Packages.props')) as file:
        line = next(line for line in file if f'"{package}"' in line)
    return f'{package} {line.split("Version=")[1].split(chr(34))[1]}'


class Peer(Part):
    def __init__(self, stage, peer):
        super().__init__(stage)
        self.peer, self.name = peer, f'peers.{peer}'
        self.store, self._command, self._settings, most = PEERS[peer]
        self._most = most or math.inf
        self.jobs = min(self.knobs.jobs, self._most)
        self._process, self._said = None, b''

    def prepare(self):
        if not os.path.exists(self._command[1]) or (self._command[0] == 'node' and not os.path.isdir(os.path.join(PEERS_DIR, 'node', 'node_modules'))):
            project = os.path.relpath(self._command[1], PEERS_DIR).split(os.sep)[0]
            raise Failed('is not built: ' + os.environ.get(f'PEER_FAULT_{project}', 'run bench/all.sh without BUILD=0'))
        queue = 'deliver-' + self.peer
        env = {**self._settings, 'PEER_TARGET': self.stage.receiver, 'PEER_QUEUE': queue, 'NODE_ENV': 'production', 'DOTNET_gcServer': '0'}
        if self.store == POSTGRES:
            database = self.stage.postgres.database('peer_' + self.peer.replace('-', '_'))
            env |= {'PEER_POSTGRES': self.stage.postgres.npgsql(database), 'PEER_POSTGRES_URL': self.stage.postgres.url(database)}
        elif self.store == REDIS:
            env['PEER_REDIS_PORT'] = str(self.stage.redis.port)
        else:
            env['PEER_AMQP'] = self.stage.rabbitmq.address
        self._process = self.stage.start('peer-' + self.peer, self._command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._expect('READY')
        self._do(f'seed {self.jobs}', 'SEEDED')
        if self.store == RABBITMQ:
            row = self.stage.rabbitmq.queue(queue)
            # A quorum queue keeps every message on disk and counts none as persistent.
            shown = ('type', 'durable') if row['type'].endswith('quorum') else ('type', 'durable', 'messages', 'messages_persistent')
            self.stage.durability[f'RabbitMQ, {self.peer}'] = {key: row[key] for key in shown}
        self.jobs = min(self.knobs.jobs_at(self._run()['per_s']), self._most)

    def steps(self):
        return [Step('callbacks drained', self._measure), Step(f'latency at {LATENCY_RATE}/s', self._latency, once=True)]

    def _measure(self):
        self._do(f'seed {self.jobs}', 'SEEDED')
        machine.settle(self.stage.directory)
        return self._run()

    def _run(self):
        self.stage.ask_receiver('/reset', post=True)
        done = self._do(f'run {self.jobs}', 'DONE')
        posts = int(self.stage.ask_receiver('/stats').split()[0])
        if done['missing'] > 0 or posts < self.jobs:
            raise Failed(f"{done['missing']} of {self.jobs} jobs are missing, {posts} POSTs came: {done['verify']}")
        return {'per_s': self.jobs / done['secs'], 'jobs': self.jobs, 'secs': done['secs'], 'posts': posts}

    def _latency(self):
        self.stage.ask_receiver('/reset', post=True)
        done = self._do(f'lat {LATENCY_RATE} {self.knobs.latency_secs}', 'LATDONE')
        count, p50, p99, most = map(float, self.stage.ask_receiver('/latencies').split())
        if count < done['sent']:
            raise Failed(f"{count:.0f} of {done['sent']} callbacks came")
        return {'p50_ms': p50, 'p99_ms': p99, 'max_ms': most, 'jobs': int(count)}

    def _do(self, command, answer):
        try:
            self._process.popen.stdin.write(command + '\n')
            self._process.popen.stdin.flush()
        except BrokenPipeError:
            raise Failed(f'the worker is gone: {self._process.said()[-400:]}') from None
        return self._expect(answer)

    def _expect(self, word):
        """Reads lines until the one that begins with a word; gives back what it says."""
        deadline = time.monotonic() + ANSWER_SECONDS
        output = self._process.popen.stdout.fileno()
        while True:
            while b'\n' in self._said:
                line, self._said = self._said.split(b'\n', 1)
                if line.startswith(word.encode()):
                    rest = line[len(word):].strip()
                    return json.loads(rest) if rest else {}
            if not select.select([output], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Failed(f'no {word} in {ANSWER_SECONDS} s')
            read = os.read(output, 65536)
            if not read:
                raise Failed(f'the worker ended: {self._process.said()[-400:]}')
            self._said += read
