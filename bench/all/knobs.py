"""What may be set from the environment, with its defaults."""
import os
import time
from dataclasses import dataclass, field

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(REPO, 'bench')
BUILT = os.path.join(BENCH, 'bin', 'Release', 'net10.0')

PARTS = ('limits', 'us', 'peers', 'isolation', 'rising', 'flat')
PEERS = ('pgboss-fetch', 'pgboss-work', 'graphile', 'bullmq', 'masstransit-quorum', 'masstransit-classic', 'rabbitmq-client', 'quartz')
ENGINES = ('postgres', 'sqlite')


class KnobFault(Exception):
    """A setting that cannot be followed."""


def _int(name, default):
    text = os.environ.get(name, str(default))
    if not text.isdigit() or (int(text) == 0 and name != 'PATIENCE'):
        raise KnobFault(f'{name} is {text!r}; allowed: a whole number greater than 0')
    return int(text)


def _list(name, allowed, default=None):
    """Words of a comma list; a word stands for everything that begins with it."""
    text = os.environ.get(name)
    if text is None:
        return list(default or allowed)
    chosen = []
    for word in filter(None, text.split(',')):
        matching = [one for one in allowed if one == word] or [one for one in allowed if one.startswith(word)]
        if not matching:
            raise KnobFault(f'{name} has {word!r}; allowed: {", ".join(allowed)}')
        chosen += [one for one in matching if one not in chosen]
    return chosen


def _rates(name, default):
    return [int(rate) for rate in os.environ.get(name, default).split(',')]


@dataclass
class Knobs:
    secs: int = field(default_factory=lambda: _int('SECS', 5))
    runs: int = field(default_factory=lambda: _int('RUNS', 3))
    warmup: int = field(default_factory=lambda: _int('WARMUP', 5))
    jobs: int = field(default_factory=lambda: _int('JOBS', 40_000))
    latency_secs: int = field(default_factory=lambda: max(10, _int('SECS', 5)) if 'LATENCY_SECS' not in os.environ else _int('LATENCY_SECS', 10))
    parts: list = field(default_factory=lambda: _list('PARTS', PARTS))
    engines: list = field(default_factory=lambda: _list('ENGINES', ENGINES))
    peers: list = field(default_factory=lambda: _list('PEERS', PEERS))
    patience: int = field(default_factory=lambda: _int('PATIENCE', 300))
    hanging: int = field(default_factory=lambda: _int('HANGING', 10_000))
    isolation_rate: int = field(default_factory=lambda: _int('ISOLATION_RATE', 200))
    flat_orders: int = field(default_factory=lambda: _int('FLAT_ORDERS', 5_000_000))
    flat_waiting: int = field(default_factory=lambda: _int('FLAT_WAITING', 1_000_000))
    rising_create: list = field(default_factory=lambda: _rates('RISING_CREATE', '1000,2000,4000,6000,8000,10000'))
    rising_callbacks: list = field(default_factory=lambda: _rates('RISING_CALLBACKS', '100,500,1000,2000,3000,4000'))
    bench_dir: str = field(default_factory=lambda: os.environ.get('BENCH_DIR', '/var/tmp'))
    service: str = field(default_factory=lambda: os.path.abspath(os.environ.get('SERVICE', os.path.join(BUILT, 'ordercenter'))))
    report: str = field(default_factory=lambda: os.path.abspath(os.environ.get('REPORT', os.path.join(BENCH, 'reports', time.strftime('%Y-%m-%d') + '-all.md'))))
    charts: str = field(default_factory=lambda: os.path.abspath(os.environ.get('CHARTS', os.path.join(REPO, 'docs', 'charts'))))

    def jobs_at(self, per_s):
        """As many callbacks as keep an engine busy for a measurement's time, by its rate when it was warmed up; JOBS says another number."""
        return self.jobs if 'JOBS' in os.environ else max(self.jobs, round(per_s * self.secs))

    def command(self):
        """How this run is made again: what was set, without paths of this machine."""
        names = ('SECS', 'RUNS', 'WARMUP', 'JOBS', 'LATENCY_SECS', 'PARTS', 'ENGINES', 'PEERS', 'PATIENCE', 'HANGING', 'ISOLATION_RATE', 'FLAT_ORDERS', 'FLAT_WAITING', 'RISING_CREATE', 'RISING_CALLBACKS')
        return ' '.join([f'{name}={os.environ[name]}' for name in names if name in os.environ] + ['bench/all.sh'])
