"""A PostgreSQL cluster of this run's own, with PostgreSQL's own durability: only memory and connections differ from a fresh installation."""
import glob
import os
import shutil
import socket
import subprocess

from process import Failed, as_user, run

OWNER = 'postgres'
SETTINGS = {
    'listen_addresses': "'127.0.0.1'",
    'unix_socket_directories': "''",
    'max_connections': 300,
    'shared_buffers': "'1GB'",
    'max_wal_size': "'4GB'",
}
MUST_BE_ON = ('fsync', 'synchronous_commit', 'full_page_writes')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def binaries():
    """Where initdb and pg_ctl are; None: not installed."""
    newest = sorted(glob.glob('/usr/lib/postgresql/*/bin/initdb'), key=lambda path: int(path.split('/')[4]) if path.split('/')[4].isdigit() else 0)
    found = newest[-1] if newest else shutil.which('initdb')
    return os.path.dirname(found) if found else None


class Postgres:
    def __init__(self, directory):
        self.bin = binaries()
        if not self.bin:
            raise Failed('PostgreSQL is not installed: apt-get install postgresql')
        self.data = os.path.join(directory, 'postgres')
        self.port = free_port()
        self.pid = None
        self._databases = set()

    def start(self):
        os.mkdir(self.data, 0o700)
        if os.geteuid() == 0:
            shutil.chown(self.data, OWNER, OWNER)
        self._run('initdb', '-D', self.data, '-A', 'trust', '-U', OWNER, '-E', 'UTF8', '--locale=C')
        with open(os.path.join(self.data, 'postgresql.conf'), 'a') as conf:
            conf.writelines(f'{name} = {value}\n' for name, value in {**SETTINGS, 'port': self.port}.items())
        self._run('pg_ctl', '-D', self.data, '-l', os.path.join(self.data, 'log'), '-w', '-t', '60', 'start')
        with open(os.path.join(self.data, 'postmaster.pid')) as pid:
            self.pid = int(pid.readline())

    def stop(self):
        if os.path.exists(os.path.join(self.data, 'postmaster.pid')):
            for mode in ('fast', 'immediate'):
                try:
                    self._run('pg_ctl', '-D', self.data, '-m', mode, '-w', '-t', '60', 'stop')
                    break
                except Failed as fault:
                    print(f'stopping PostgreSQL ({mode}): {fault}')
        self.pid = None

    def durability(self):
        """What the server itself says; raises where something that must be on is off."""
        said = {name: self.query('postgres', f'SHOW {name}') for name in (*MUST_BE_ON, 'wal_sync_method')}
        for name in MUST_BE_ON:
            if said[name] != 'on':
                raise Failed(f'PostgreSQL has {name} = {said[name]}')
        return said

    def database(self, name):
        """Makes the database, once."""
        if name not in self._databases:
            self.query('postgres', f'CREATE DATABASE {name}')
            self._databases.add(name)
        return name

    def drop(self, name):
        self.query('postgres', f'DROP DATABASE IF EXISTS {name} WITH (FORCE)')
        self._databases.discard(name)

    def query(self, database, sql, seconds=600):
        return run([*self._psql(database), '-c', sql], seconds).strip()

    def script(self, database, *files):
        return run([*self._psql(database), *(word for file in files for word in ('-f', file))])

    def checkpoint(self):
        self.query('postgres', 'CHECKPOINT')

    def dump_schema(self, database, table):
        return run([os.path.join(self.bin, 'pg_dump'), *self._where(database), '--schema-only', '--no-owner', '-t', table])

    def pgbench(self, database, script, clients, seconds):
        """Transactions a second and their mean time in ms."""
        said = run([os.path.join(self.bin, 'pgbench'), *self._where(database)[:-1], '-n', '-M', 'prepared', '-f', script, '-c', str(clients), '-j', '1', '-T', str(seconds), database], seconds + 60)
        numbers = dict(line.split(' = ', 1) for line in said.splitlines() if ' = ' in line)
        if said.count('number of failed transactions: 0 ') != 1:
            raise Failed(f'pgbench: {said[-300:]}')
        return float(numbers['tps'].split()[0]), float(numbers['latency average'].split()[0])

    def npgsql(self, database):
        return f'Host=127.0.0.1;Port={self.port};Username={OWNER};Database={database}'

    def url(self, database):
        return f'postgres://{OWNER}@127.0.0.1:{self.port}/{database}'

    def _where(self, database):
        return ['-h', '127.0.0.1', '-p', str(self.port), '-U', OWNER, database]

    def _psql(self, database):
        return [os.path.join(self.bin, 'psql'), *self._where(database), '-XqtA', '-v', 'ON_ERROR_STOP=1']

    def _run(self, program, *arguments):
        # pg_ctl's child keeps pg_ctl's outputs open for as long as it lives, so they must not be pipes.
        command = as_user(OWNER, [os.path.join(self.bin, program), *arguments])
        log = self.data + '.' + program
        with open(log, 'w') as output:
            try:
                code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd='/', timeout=120, start_new_session=True).returncode
            except subprocess.TimeoutExpired:
                code = 'a time-out'
        if code != 0:
            with open(log) as output:
                raise Failed(f'{program} ended with {code}: {output.read()[-600:]}')
