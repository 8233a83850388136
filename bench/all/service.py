"""The service under test, and the programs of bench/ that are run beside it."""
import contextlib
import os
import re
import secrets
import sqlite3
import time
import urllib.request

from knobs import BENCH, BUILT
from process import Failed, Process, memory_mb, run

LUA = os.path.join(BENCH, 'wrk', 'requests.lua')
BENCH_PROGRAM = ['dotnet', os.path.join(BUILT, 'OrderCenter.Bench.dll')]

NUMBER = re.compile(r'-?\d+(\.\d+)?|Infinity')

GAME_DRAINED = 1002
GAME_PAYING_WITH_CALLBACK = 1101
GAME_PAYING = 1102
GAMES_TIMED = (2001, 4)
CONCURRENCY = 128
TIMEOUT_SECONDS = 5

# The database's own clock says when the transaction began that queues a callback; the service knows nothing of it.
QUEUED = 'ALTER TABLE callbacks ADD COLUMN IF NOT EXISTS bench_queued_us bigint DEFAULT (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint'


def bench(*arguments, seconds=600):
    """One command of OrderCenter.Bench; gives back the numbers that it printed."""
    said = run([*BENCH_PROGRAM, *map(str, arguments)], seconds).split()
    return [float(word) for word in said if NUMBER.fullmatch(word)]


def wrk(url, connections, seconds, kind, file):
    """One run of wrk: requests, their rate, and p50 and p99 in ms. A request that failed fails the measurement."""
    said = run(['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '-s', LUA, url], seconds + 60, {'BENCH_KIND': kind, 'BENCH_FILE': file})
    line = next((line.split() for line in said.splitlines() if line.startswith('RESULT')), None)
    if line is None or 'have run out' in said:
        raise Failed(f'wrk: {said[-400:]}')
    requests, microseconds, _, faults, p50, p99 = map(int, line[1:])
    if faults:
        raise Failed(f'{faults} of {requests} requests failed')
    return {'requests': requests, 'per_s': requests / (microseconds / 1e6), 'p50_ms': p50 / 1000, 'p99_ms': p99 / 1000}


class Service:
    """One node on a database of its own. One that does not deliver leaves its callbacks to other nodes, of which there are none."""

    def __init__(self, name, engine, program, directory, master_key, postgres=None, database=None, delivers=True):
        self.name, self.engine, self.delivers = name, engine, delivers
        self.directory = os.path.join(directory, name)
        os.makedirs(self.directory, exist_ok=True)
        self._postgres, self._database = postgres, database
        if engine == 'postgres':
            self.connection_string = postgres.npgsql(postgres.database(database))
        else:
            self._file = os.path.join(self.directory, 'orders.db')
            self.connection_string = f'Data Source={self._file}'
        self.token = secrets.token_urlsafe(24)
        started = time.monotonic()
        # As docs/operating.md advises: the youngest generation would else grow to the size of the processor's cache.
        self._process = Process(name, [program], self.directory, {
            'DOTNET_GCgen0size': '0x2000000',
            'ASPNETCORE_URLS': 'http://127.0.0.1:0', 'ASPNETCORE_ENVIRONMENT': 'Production', 'Callbacks__AllowPrivateNetworks': 'true', 'Logging__LogLevel__Default': 'Warning',
            'Admin__Token': self.token, 'Secrets__MasterKey': master_key,
            'Storage__Engine': engine, 'ConnectionStrings__OrderCenter': self.connection_string,
            'Roles__Callbacks': str(delivers).lower(),
        }, cwd=self.directory)
        self.pid = self._process.pid
        self.url = self._process.await_urls()[0]
        with urllib.request.urlopen(self.url + '/healthz/ready', timeout=30):
            self.ready_ms = (time.monotonic() - started) * 1000
        if postgres:
            postgres.query(database, QUEUED)
        self._batch = 0
        # How many callbacks a measurement drains; known when it is warmed up.
        self.jobs = 0

    def stop(self):
        self._process.stop()

    def faults(self):
        """Warnings and errors that it logged, shortened."""
        return [line.strip()[:200] for line in self._process.said().splitlines() if line.startswith(('warn:', 'fail:', 'crit:')) or ': warn' in line[:40]]

    def peak_mb(self):
        return memory_mb(self.pid, 'VmHWM')

    def rss_mb(self):
        return memory_mb(self.pid, 'VmRSS')

    # What is asked of its database, from outside

    def ask(self, sql):
        if self.engine == 'postgres':
            return int(self._postgres.query(self._database, sql))
        with contextlib.closing(sqlite3.connect(f'file:{self._file}?mode=ro', uri=True, timeout=30)) as connection:
            return connection.execute(sql).fetchone()[0]

    def settle(self):
        if self._postgres:
            self._postgres.checkpoint()

    # What it is prepared with

    def prepare(self, receiver):
        bench('prepare', self.url, self.token, self.directory)
        self.put_apps(receiver, GAME_DRAINED, 1, '/cb', CONCURRENCY)
        self.put_apps(receiver, *GAMES_TIMED, '/timed', 32)

    def put_apps(self, receiver, first, count, path, concurrency, timeout_seconds=TIMEOUT_SECONDS):
        bench('apps', self.url, self.token, receiver, first, count, path, concurrency, timeout_seconds)

    def warm_up(self, seconds):
        wrk(self.url + '/ordercenter/createorder', 64, 2 * seconds, 'body', self.file('create.txt'))
        wrk(self.url + '/ordercenter/queryorder', 64, seconds, 'targets', self.file('query.txt'))

    def verify(self):
        """All 10,000 orders are asked for, and every answer is compared."""
        bench('verify', self.url, self.file('query.txt'))

    def file(self, name):
        return os.path.join(self.directory, name)

    # What is measured

    def create(self, connections, seconds):
        since = int(time.time() * 1000)
        time.sleep(0.005)
        measured = wrk(self.url + '/ordercenter/createorder', connections, seconds, 'body', self.file('create.txt'))
        rows = self.ask(f'SELECT count(*) FROM orders WHERE created_ms > {since}')
        # What was under way when wrk stopped was committed and not counted.
        if not measured['requests'] <= rows <= measured['requests'] + connections:
            raise Failed(f"{measured['requests']} answers, {rows} rows")
        return {**measured, 'rows': rows}

    def query(self, connections, seconds):
        return wrk(self.url + '/ordercenter/queryorder', connections, seconds, 'targets', self.file('query.txt'))

    def drain(self, receiver, jobs, lead_ms=None):
        """Callbacks a second, from the moment at which they are due to the commit of the last outcome. They are put in ahead of it, by lead_ms."""
        self._batch += 1
        count, seconds = bench('drain', self.url, self.token, receiver, self.engine, self.connection_string, GAME_DRAINED, jobs, 100 + self._batch, *filter(None, [lead_ms]))
        return {'per_s': count / seconds, 'jobs': int(count), 'secs': seconds}

    def latency(self, receiver, rate, seconds, games=GAMES_TIMED):
        """From before the request that pays to the first POST at the receiver; on PostgreSQL also from the beginning of the transaction that queues the callback."""
        said = bench('latency', self.url, self.token, receiver, *games, rate, seconds, *([self.connection_string] if self._postgres else []))
        if len(said) < 5 or said[3] == float('inf'):
            raise Failed(f'callbacks that never came: {said}')
        queued = {'queued_p50_ms': said[5], 'queued_p99_ms': said[6]} if self._postgres else {}
        return {'p50_ms': said[1], 'p99_ms': said[2], 'max_ms': said[3], 'jobs': int(said[0]), 'per_s': said[4], **queued}

    def offer(self, rate, seconds):
        count, p50, p99, most, reached = bench('offer', self.url + '/ordercenter/createorder', self.file('create.txt'), rate, seconds)
        return {'p50_ms': p50, 'p99_ms': p99, 'max_ms': most, 'jobs': int(count), 'per_s': reached}

    def hang(self, receiver, game, waiting, timeout_seconds):
        """One more app, whose receiver answers nobody, with many callbacks that are due already."""
        self.put_apps(receiver, game, 1, '/hang', 32, timeout_seconds)
        bench('seed', self.engine, self.connection_string, game, receiver + '/hang', waiting, 0, 700)

    def await_callbacks(self, seconds=120):
        """Until no callback is due or under way, so that the next measurement does not pay for them."""
        deadline = time.monotonic() + seconds
        while self.ask('SELECT count(*) FROM callbacks WHERE status = 1') + self.ask(f'SELECT count(*) FROM callbacks WHERE status = 0 AND due_ms <= {int(time.time() * 1000)}') > 0:
            if time.monotonic() > deadline:
                raise Failed(f'callbacks are left after {seconds} s')
            time.sleep(0.2)
