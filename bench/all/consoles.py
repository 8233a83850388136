"""Live consoles, as browsers are: a session, the stream of what changes, and the reads that the pages make when something did."""
import http.client
import json
import threading
import time
from urllib.parse import urlsplit

PASSWORD = 'correct horse battery 1'

# As src/console/src/app/useLiveChanges.ts: several changes within this time are one.
GATHER_SECONDS = 2

# As src/console/src/pages/work: the figures are read again this often.
FIGURES_SECONDS = 60

WORK, ORDERS, CALLBACKS = ('/work',), ('/orders?limit=50',), ('/callbacks?limit=50',)


class Person:
    """An operator with a session."""

    def __init__(self, service, name, role='viewer'):
        self._at = urlsplit(service.url)
        self._cookie, self._csrf = '', ''
        first = self.call('POST', '/operators', {'name': name, 'role': role}, {'Authorization': 'Bearer ' + service.token})['password']
        self.call('POST', '/session', {'name': name, 'password': first})
        self.call('PUT', '/session/password', {'password': first, 'newPassword': PASSWORD})

    def open(self, path):
        """An answer that has no end."""
        connection = http.client.HTTPConnection(self._at.hostname, self._at.port, timeout=60)
        connection.request('GET', '/api/v1' + path, headers={'Cookie': self._cookie})
        return connection, connection.getresponse()

    def call(self, method, path, body=None, headers=None, connection=None):
        own = connection or http.client.HTTPConnection(self._at.hostname, self._at.port, timeout=60)
        own.request(method, '/api/v1' + path, None if body is None else json.dumps(body),
                    {'Content-Type': 'application/json', **({'Cookie': self._cookie, 'X-CSRF-Token': self._csrf} if self._cookie else {}), **(headers or {})})
        answer = own.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f'{method} {path}: {answer.status} {text[:300]}')
        if cookie := answer.getheader('Set-Cookie'):
            self._cookie, self._csrf = cookie.split(';')[0], json.loads(text)['csrfToken']
        return json.loads(text) if method != 'GET' else text


class Console:
    """One page that stays open."""

    def __init__(self, person, pages, figures=None):
        self._person, self._pages, self._figures = person, pages, figures
        self._ends = threading.Event()
        self._changed = threading.Event()
        self._stream, self._answer = person.open('/events')
        self.reads, self.messages = 0, 0
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._listen, self._read)]
        for thread in self._threads:
            thread.start()

    def close(self):
        self._ends.set()
        self._changed.set()
        self._stream.sock.shutdown(2)
        for thread in self._threads:
            thread.join(10)

    def _listen(self):
        try:
            for line in self._answer:
                if line.startswith(b'event: changes'):
                    self.messages += 1
                    self._changed.set()
        except (OSError, ValueError):
            pass

    def _read(self):
        connection = http.client.HTTPConnection(self._person._at.hostname, self._person._at.port, timeout=60)
        figures_due = time.monotonic()
        while not self._ends.is_set():
            if self._changed.wait(1):
                self._changed.clear()
                if self._ends.wait(GATHER_SECONDS):
                    break
                for page in self._pages:
                    self._person.call('GET', page, connection=connection)
                    self.reads += 1
            if self._figures and time.monotonic() >= figures_due:
                self._person.call('GET', self._figures, connection=connection)
                self.reads += 1
                figures_due = time.monotonic() + FIGURES_SECONDS
        connection.close()
