"""Redis and RabbitMQ nodes of this run's own, set to lose nothing that they confirmed."""
import os
import shutil
import time

from postgres import free_port
from process import Failed, Process, as_user, run

RABBIT_BIN = '/usr/lib/rabbitmq/bin'
RABBIT_OWNER = 'rabbitmq'


class Redis:
    def __init__(self, directory):
        if not shutil.which('redis-server'):
            raise Failed('redis-server is not installed: apt-get install redis-server')
        self.port = free_port()
        self.data = os.path.join(directory, 'redis')
        os.mkdir(self.data)
        self._process = Process('redis', ['redis-server', '--port', str(self.port), '--bind', '127.0.0.1', '--dir', self.data, '--appendonly', 'yes', '--appendfsync', 'always',
                                          '--save', '', '--maxmemory-policy', 'noeviction'], directory)
        self.pid = self._process.pid
        deadline = time.monotonic() + 20
        while True:
            try:
                run(['redis-cli', '-p', str(self.port), 'PING'], 5)
                return
            except Failed:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def durability(self):
        said = {name: run(['redis-cli', '-p', str(self.port), 'CONFIG', 'GET', name], 10).split()[-1] for name in ('appendonly', 'appendfsync')}
        if said != {'appendonly': 'yes', 'appendfsync': 'always'}:
            raise Failed(f'redis says {said}')
        return said

    def stop(self):
        self._process.stop()


class RabbitMq:
    """One node with a name service of its own (epmd), so that another node of this machine is not touched."""

    def __init__(self, directory):
        if not os.path.exists(os.path.join(RABBIT_BIN, 'rabbitmq-server')):
            raise Failed('rabbitmq-server is not installed: apt-get install rabbitmq-server')
        self.port, self._epmd_port = free_port(), free_port()
        self.data = os.path.join(directory, 'rabbitmq')
        for path in (self.data, self._in('mnesia'), self._in('log')):
            os.mkdir(path)
        with open(self._in('enabled_plugins'), 'w') as plugins:
            plugins.write('[].\n')
        with open(self._in('rabbitmq.conf'), 'w') as conf:
            conf.write(f'listeners.tcp.1 = 127.0.0.1:{self.port}\nloopback_users = none\ndistribution.listener.interface = 127.0.0.1\nlog.file.level = error\n')
        if os.geteuid() == 0:
            for path, _, files in os.walk(self.data):
                for name in ['', *files]:
                    shutil.chown(os.path.join(path, name) if name else path, RABBIT_OWNER, RABBIT_OWNER)
        self._env = {
            'HOME': self.data, 'RABBITMQ_NODENAME': 'bench@localhost', 'RABBITMQ_MNESIA_BASE': self._in('mnesia'), 'RABBITMQ_LOG_BASE': self._in('log'),
            'RABBITMQ_CONFIG_FILE': self._in('rabbitmq'), 'RABBITMQ_ENABLED_PLUGINS_FILE': self._in('enabled_plugins'), 'RABBITMQ_CONF_ENV_FILE': '/dev/null',
            'ERL_EPMD_ADDRESS': '127.0.0.1', 'ERL_EPMD_PORT': str(self._epmd_port), 'RABBITMQ_DIST_PORT': str(free_port()),
        }
        self._process = Process('rabbitmq-server', as_user(RABBIT_OWNER, [os.path.join(RABBIT_BIN, 'rabbitmq-server')]), directory, self._env, cwd=self.data)
        self.pid = self._process.pid
        try:
            self._await_startup(90)
        except BaseException:
            self.stop()
            raise

    def _await_startup(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.control('await_startup', '--timeout', '20')
                return
            except Failed as fault:
                if time.monotonic() > deadline or self._process.popen.poll() is not None:
                    raise Failed(f'rabbitmq-server did not start: {fault} {self._process.said()[-400:]}') from None
                time.sleep(1)

    @property
    def address(self):
        return f'amqp://guest:guest@127.0.0.1:{self.port}/'

    def control(self, *arguments):
        return run(as_user(RABBIT_OWNER, [os.path.join(RABBIT_BIN, 'rabbitmqctl'), '-q', *arguments]), 60, self._env, cwd=self.data)

    def queue(self, name):
        """How a queue keeps its messages; raises where what it confirmed could be lost."""
        wanted = ['name', 'type', 'durable', 'messages', 'messages_persistent']
        rows = [dict(zip(wanted, line.split('\t'))) for line in self.control('list_queues', *wanted).splitlines()]
        row = next((row for row in rows if row['name'] == name), None)
        if row is None:
            raise Failed(f'RabbitMQ has no queue {name}')
        is_kept = row['durable'] == 'true' and (row['type'].endswith('quorum') or row['messages'] == row['messages_persistent'])
        if not is_kept:
            raise Failed(f'RabbitMQ would lose messages: {row}')
        return row

    def stop(self):
        self._process.stop()
        # The name service outlives the node that started it.
        for epmd in filter(None, [shutil.which('epmd')]):
            try:
                run([epmd, '-port', str(self._epmd_port), '-kill'], 10, {'ERL_EPMD_ADDRESS': '127.0.0.1'})
            except Failed:
                pass

    def _in(self, name):
        return os.path.join(self.data, name)
