"""Processes: what is started is remembered and stopped again, whatever happens in between."""
import os
import re
import signal
import subprocess
import time

TICKS = os.sysconf('SC_CLK_TCK')
LISTENING = re.compile(r'Now listening on: *(http:\S+(?: http:\S+)*)')

# Every server that was started and not stopped, also one whose start was broken off.
RUNNING = []


class Failed(Exception):
    """A command or a measurement that did not do what it should; the text says what it said."""


def run(command, seconds=600, env=None, **more):
    """Runs a command to its end and gives back what it printed."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})},
                               start_new_session=True, **more)
    try:
        out, err = process.communicate(timeout=seconds)
    except BaseException as fault:
        kill_group(process)
        if isinstance(fault, subprocess.TimeoutExpired):
            raise Failed(f'{_name(command)} took more than {seconds} s') from None
        raise
    if process.returncode != 0:
        raise Failed(f'{_name(command)} ended with {process.returncode}: {(err.strip() or out.strip())[-600:]}')
    return out


def as_user(user, command):
    """The command as another user; only root can and need do that."""
    return ['runuser', '-u', user, '--', *command] if os.geteuid() == 0 else list(command)


def kill_group(process):
    """Ends a process that has a session of its own, with all that it started."""
    for kind, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        if process.poll() is not None:
            return
        try:
            os.killpg(process.pid, kind)
            process.wait(seconds)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


class Process:
    """A server that runs until it is stopped; its output goes to a log in the run's directory."""

    def __init__(self, name, command, directory, env=None, stdin=subprocess.DEVNULL, stdout=None, cwd=None):
        self.name = name
        self.log = os.path.join(directory, name + '.log')
        with open(self.log, 'wb') as log:
            self.popen = subprocess.Popen(command, stdin=stdin, stdout=stdout or log, stderr=log, text=True, env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True)
        self.pid = self.popen.pid
        RUNNING.append(self)

    def said(self):
        with open(self.log, errors='replace') as log:
            return log.read()

    def await_urls(self, seconds=60):
        """The addresses that an ASP.NET server says it listens on."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := LISTENING.findall(self.said()):
                return ' '.join(found).split()
            if self.popen.poll() is not None:
                break
            time.sleep(0.005)
        raise Failed(f'{self.name} did not start: {self.said()[-600:]}')

    def stop(self):
        kill_group(self.popen)
        if self in RUNNING:
            RUNNING.remove(self)


def _name(command):
    words = command[4:] if command[0] == 'runuser' else command
    return ' '.join(os.path.basename(word) if '/' in word and ' ' not in word else word for word in words[:4])[:120]


def _stat(pid):
    try:
        with open(f'/proc/{pid}/stat') as stat:
            fields = stat.read().rsplit(')', 1)[1].split()
        return int(fields[1]), sum(map(int, fields[11:15]))
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree_cpu(roots):
    """CPU seconds of processes, of what lives below them, and of what they have reaped."""
    known = {int(pid): _stat(pid) for pid in os.listdir('/proc') if pid.isdigit()}
    known = {pid: stat for pid, stat in known.items() if stat}
    children = {}
    for pid, (parent, _) in known.items():
        children.setdefault(parent, []).append(pid)
    ticks, todo, seen = 0, list(roots), set()
    while todo:
        pid = todo.pop()
        if pid in known and pid not in seen:
            seen.add(pid)
            ticks += known[pid][1]
            todo += children.get(pid, [])
    return ticks / TICKS


def memory_mb(pid, field):
    """VmRSS, or VmHWM: the most that it ever was."""
    with open(f'/proc/{pid}/status') as status:
        for line in status:
            if line.startswith(field + ':'):
                return int(line.split()[1]) / 1024
    raise Failed(f'no {field} of process {pid}')
