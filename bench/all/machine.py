"""The machine: what it is, and what else it does."""
import ctypes
import glob
import os
import platform
import re
import shutil
import subprocess
import time

from knobs import REPO
from process import TICKS, tree_cpu


def _first(command, pattern=r'(.*)'):
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=REPO)
        found = re.search(pattern, said.stdout + said.stderr)
        return found.group(1).strip() if found else 'unknown'
    except (OSError, subprocess.TimeoutExpired):
        return 'not installed'


def commit():
    changed = subprocess.run(['git', 'diff', '--quiet', 'HEAD', '--', 'src', 'bench'], cwd=REPO).returncode
    return _first(['git', 'rev-parse', '--short=10', 'HEAD']) + (' and changes' if changed else '')


def package_version(path):
    """The version that a Node package says of itself."""
    return _first(['node', '-p', f'JSON.parse(require("fs").readFileSync({path!r})).version'])


def facts(directory, postgres_bin):
    """Pairs of what and its description, in the order of the report."""
    with open('/proc/cpuinfo') as cpus:
        model = next((line.split(':', 1)[1].strip() for line in cpus if line.startswith('model name')), platform.machine())
    with open('/proc/meminfo') as memory:
        kilobytes = int(next(line for line in memory if line.startswith('MemTotal')).split()[1])
    disk = _first(['df', '--output=fstype,source', directory], r'\n(.*)')
    redis = shutil.which('redis-server')
    return [
        ('cores', f'{os.cpu_count()}, {model}'),
        ('memory', f'{kilobytes / 1e6:.0f} GB'),
        ('kernel', f'{platform.system()} {platform.release()}, {_autogroup()}'),
        ('disk', ' '.join(disk.split())),
        ('dotnet', f"{_first(['dotnet', '--version'])}, runtime {_runtime()}"),
        ('PostgreSQL', _first([os.path.join(postgres_bin, 'postgres'), '--version'], r'PostgreSQL\) (.*)') if postgres_bin else 'not installed'),
        ('SQLite', _sqlite()),
        ('node', _first(['node', '--version'])),
        ('redis', _first(['redis-server', '--version'], r'v=(\S+)') if redis else 'not installed'),
        ('rabbitmq', _first(['dpkg-query', '-W', '-f', '${Version}', 'rabbitmq-server'])),
        ('wrk', _first(['wrk', '-v'], r'wrk (\S+)') + ', -t1, on the same cores'),
        ('commit', commit()),
    ]


def _autogroup():
    """Whether the scheduler shares the cores by session first: each of the processes that are measured here has one of its own, each connection to PostgreSQL too."""
    try:
        with open('/proc/sys/kernel/sched_autogroup_enabled') as setting:
            return f'sched_autogroup_enabled {setting.read().strip()}'
    except OSError:
        return 'no sched_autogroup'


def _runtime():
    listed = subprocess.run(['dotnet', '--list-runtimes'], capture_output=True, text=True).stdout
    found = re.findall(r'Microsoft\.AspNetCore\.App (\S+)', listed)
    return found[-1] if found else 'unknown'


def _sqlite():
    """The library that comes with the service."""
    found = glob.glob(os.path.join(REPO, 'src', 'OrderCenter', 'bin', 'Release', '**', 'libe_sqlite3.so'), recursive=True)
    for path in found:
        try:
            version = ctypes.CDLL(path).sqlite3_libversion
            version.restype = ctypes.c_char_p
            return version().decode()
        except OSError:
            continue  # Another platform's.
    return 'not found'


class Load:
    """How many cores other work than ours took, between two looks."""

    def __init__(self, roots):
        self._roots = roots  # Gives the processes that are ours and do not stand below this one.
        self._last = self._look()

    def cores(self):
        before, self._last = self._last, self._look()
        (busy, ours, at), (busy_before, ours_before, at_before) = self._last, before
        return max(0.0, ((busy - busy_before) - (ours - ours_before)) / max(0.001, at - at_before))

    def _look(self):
        with open('/proc/stat') as stat:
            fields = list(map(int, stat.readline().split()[1:]))
        # user, nice, system, interrupts, what the host takes
        busy = (fields[0] + fields[1] + fields[2] + sum(fields[5:8])) / TICKS
        return busy, tree_cpu([os.getpid(), *self._roots()]), time.monotonic()


def settle(directory):
    """What the measurement before left to be written would be paid by the next one."""
    subprocess.run(['sync', '-f', directory], check=False)
