"""Everything that is started for a run, each once and only when a part asks for it."""
import base64
import os
import shutil
import tempfile
import urllib.request

from brokers import RabbitMq, Redis
from knobs import REPO
from postgres import Postgres, binaries
from process import RUNNING, Failed, Process
from service import BENCH_PROGRAM, Service, bench


class Receipts:
    """Receipts signed ahead (a signature takes most of a millisecond); the engines may use the same ones, one engine never one twice."""

    def __init__(self, directory):
        self.key, self.file = os.path.join(directory, 'google.pem'), os.path.join(directory, 'receipts.txt')
        self._signed, self._used = 0, {}

    def take(self, user, count):
        """How many of the file's lines are to be skipped; the next count lines are the user's."""
        first = self._used.get(user, 0)
        if first + count > self._signed:
            bench('receipts', self.key, first + count - self._signed, self.file)
            self._signed = first + count
        self._used[user] = first + count
        return first


# The receiver stands for machines of others: while its threads wait for work they spin no processor time away from what is measured (docs/benchmarks.md).
RECEIVER_ENVIRONMENT = {'DOTNET_ThreadPool_UnfairSemaphoreSpinLimit': '0'}


class Stage:
    def __init__(self, knobs):
        self.knobs = knobs
        self.directory = tempfile.mkdtemp(prefix='ordercenter-bench.', dir=knobs.bench_dir)
        # The database servers run as users of their own, who must come through here to their directories.
        os.chmod(self.directory, 0o755)
        self.receipts = Receipts(self.directory)
        self.durability = {'PostgreSQL': None, 'SQLite': None}
        self.notes = []
        self._master_key = base64.b64encode(os.urandom(32)).decode()
        self._started = []
        self._one = {}

    def _once(self, name, start):
        """What could not be started once is not tried again."""
        if name not in self._one:
            try:
                self._one[name] = start()
            except Failed as fault:
                self._one[name] = fault
        if isinstance(self._one[name], Failed):
            raise self._one[name]
        return self._one[name]

    @property
    def postgres(self):
        def start():
            postgres = Postgres(self.directory)
            self._started.append(postgres)
            postgres.start()
            self.durability['PostgreSQL'] = postgres.durability()
            return postgres
        return self._once('postgres', start)

    @property
    def redis(self):
        def start():
            redis = Redis(self.directory)
            self._started.append(redis)
            self.durability['redis'] = redis.durability()
            return redis
        return self._once('redis', start)

    @property
    def rabbitmq(self):
        def start():
            rabbitmq = RabbitMq(self.directory)
            self._started.append(rabbitmq)
            return rabbitmq
        return self._once('rabbitmq', start)

    @property
    def receiver(self):
        """The address of the game server that every callback goes to."""
        return self._once('receiver', lambda: self.start('receiver', [*BENCH_PROGRAM, 'receiver'], env=RECEIVER_ENVIRONMENT).await_urls()[0])

    @property
    def kestrel(self):
        return self._once('kestrel', lambda: self.start('kestrel', [*BENCH_PROGRAM, 'kestrel']).await_urls()[0])

    def start(self, name, command, **more):
        process = Process(name, command, self.directory, **more)
        self._started.append(process)
        return process

    def service(self, engine):
        """The service on an engine, with its games and orders, warmed up; shared by the parts."""
        def start():
            service = self.new_service(engine, engine)
            service.prepare(self.receiver)
            service.warm_up(self.knobs.warmup)
            service.verify()
            service.jobs = self.knobs.jobs_at(service.drain(self.receiver, self.knobs.jobs)['per_s'])
            return service
        return self._once('service-' + engine, start)

    def services(self):
        return {engine: self._one.get('service-' + engine) for engine in self.knobs.engines if isinstance(self._one.get('service-' + engine), Service)}

    def new_service(self, name, engine, delivers=True):
        service = Service(name, engine, self.knobs.service, self.directory, self._master_key, self.postgres if engine == 'postgres' else None, 'oc_' + name.replace('-', '_'), delivers)
        self._started.append(service)
        return service

    def stop(self, thing):
        self._started.remove(thing)
        thing.stop()

    def ask_receiver(self, path, post=False):
        with urllib.request.urlopen(urllib.request.Request(self.receiver + path, data=b'' if post else None), timeout=30) as answer:
            return answer.read().decode()

    def roots(self):
        """Processes of ours that do not stand below this one."""
        postgres = self._one.get('postgres')
        return [postgres.pid] if isinstance(postgres, Postgres) and postgres.pid else []

    @staticmethod
    def postgres_bin():
        return binaries()

    def close(self):
        for thing in reversed(self._started):
            try:
                thing.stop()
            except Exception as fault:  # Whatever it is, the others must be stopped too.
                print(f'stopping {thing}: {fault}', flush=True)
        self._started.clear()
        for process in list(RUNNING):
            process.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def tidy(self, text):
        """An error's text without this machine's paths."""
        return ' '.join(str(text).replace(self.directory, 'BENCH_DIR').replace(REPO, '.').replace(os.path.expanduser('~'), '~').split())
