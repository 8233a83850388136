"""The console's reads over many orders, and what live consoles cost createorder: bench/console.sh starts this."""
import contextlib
import http.client
import os
import sqlite3
import statistics
import sys
import time
from urllib.parse import urlsplit

import machine
from consoles import CALLBACKS, ORDERS, WORK, Console, Person
from knobs import Knobs
from process import Failed, memory_mb
from stage import Stage

ORDERS_COUNT = int(os.environ.get('ORDERS', '1000000'))
CONSOLES = int(os.environ.get('CONSOLES', '10'))
GAMES, FIRST_GAME, DAYS, PRODUCTS = 20, 2001, 30, 20
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
CHUNK = 100_000

# Domain/Progress.cs: what is open would be expired at once, while the reads are measured.
DELIVERED, CLOSED = 1, 4
READS = 40
EXPORTS = 3

# As OrderCenter draws ids: game, second, digits. Rows come in the order of time, as they would have.
ORDER_ID = "(({first_game} + i % {games}) || (({from_ms} + i * {step_ms}) / 1000) || printf('%010d', i))"
FILL = """
WITH RECURSIVE numbers(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM numbers WHERE i < {last})
INSERT INTO orders (order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, attributes, created_ms, expires_ms, pay_state, progress,
    paid_ms, delivered_ms, channel, is_test, payment)
SELECT """ + ORDER_ID + """, {first_game} + i % {games}, 'm' || i, 'gems.' || (i / {games} % {products}), '60 元宝', (1 + i % 1000) * 10000, CASE i % 10 WHEN 0 THEN 'USD' ELSE 'CNY' END, 'u' || (i % 200000), 1,
    '{{"roleID":"role' || (i % 50000) || '","serverID":"s' || (i % 300) || '"}}', {at}, {at} + 86400000, i % 2, CASE i % 2 WHEN 1 THEN {delivered} ELSE {closed} END, CASE i % 2 WHEN 1 THEN {at} + 5000 END, CASE i % 2 WHEN 1 THEN {at} + 9000 END,
    CASE i % 3 WHEN 0 THEN 'google' WHEN 1 THEN 'apple' ELSE 'alipay' END, 0,
    CASE i % 2 WHEN 1 THEN '{{"channel":"google","environment":"Production","transactionId":"GPA.' || i || '","productId":"gems.60","quantity":1}}' END
FROM numbers;
WITH RECURSIVE numbers(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM numbers WHERE i < {last})
INSERT INTO order_keys (game_id, merchant_order_id, order_id, fingerprint) SELECT {first_game} + i % {games}, 'm' || i, """ + ORDER_ID + """, 'f' FROM numbers;
WITH RECURSIVE numbers(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM numbers WHERE i < {last})
INSERT INTO payments (transaction_id, channel, environment, order_id, settled_ms) SELECT 'GPA.' || i, 'google', 'Production', """ + ORDER_ID + """, {at} FROM numbers WHERE i % 2 = 1;
"""
COUNT_ORDERS = """
INSERT INTO order_statistics (dimension, span_hours, game_id, from_ms, name, currency, is_test, created, created_e4_high, created_e4_low, paid, paid_e4_high, paid_e4_low, refunded, refunded_e4_high,
    refunded_e4_low, delivered, delivered_e4_high, delivered_e4_low)
SELECT {dimension}, {span}, game_id, created_ms / {span_ms} * {span_ms}, {name}, currency, 0, count(*), 0, sum(amount_e4), sum(pay_state), 0, sum(amount_e4 * pay_state), 0, 0, 0, sum(pay_state), 0,
    sum(amount_e4 * pay_state)
FROM orders GROUP BY game_id, created_ms / {span_ms}, {name}, currency
"""
COUNT_HEALTH = """
INSERT INTO health_statistics (span_hours, game_id, from_ms, channel, refusals, attempts, successes, {took})
SELECT {span}, game_id, created_ms / {span_ms} * {span_ms}, '', 2, sum(pay_state), sum(pay_state), {counts} FROM orders GROUP BY game_id, created_ms / {span_ms}
"""
CLASSES = 14


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def rfc3339(ms):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(ms / 1000))


class Full:
    """The service on its full database."""

    def __init__(self, stage):
        self._stage = stage
        now = int(time.time() * 1000)
        self.to_ms = now // DAY_MS * DAY_MS
        self.from_ms = self.to_ms - DAYS * DAY_MS
        self._step_ms = DAYS * DAY_MS // ORDERS_COUNT
        service = stage.new_service('console', 'sqlite')
        service.put_apps(stage.receiver, FIRST_GAME, GAMES, '/cb', 128)
        stage.stop(service)
        self._fill(os.path.join(service.directory, 'orders.db'))
        # A new process, so that its memory is what this database costs.
        self.service = stage.new_service('console', 'sqlite')
        self.service.prepare(stage.receiver)
        self.person = Person(self.service, 'reader', 'finance')

    def order_id(self, i):
        return f'{FIRST_GAME + i % GAMES}{(self.from_ms + i * self._step_ms) // 1000}{i:010d}'

    def _fill(self, file):
        values = {'first_game': FIRST_GAME, 'games': GAMES, 'products': PRODUCTS, 'delivered': DELIVERED, 'closed': CLOSED, 'from_ms': self.from_ms, 'step_ms': self._step_ms, 'at': f'{self.from_ms} + i * {self._step_ms}'}
        began = time.monotonic()
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.executescript('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;')
            for first in range(0, ORDERS_COUNT, CHUNK):
                connection.executescript('BEGIN;' + FILL.format(first=first, last=min(first + CHUNK, ORDERS_COUNT) - 1, **values) + 'COMMIT;')
            say(f'{ORDERS_COUNT:,} orders after {time.monotonic() - began:.0f} s')
            connection.execute('BEGIN')
            for span in (1, 8):
                both = {'span': span, 'span_ms': span * HOUR_MS}
                for dimension, name in enumerate(("''", 'channel', 'product_id')):
                    connection.execute(COUNT_ORDERS.format(dimension=dimension, name=name, **both))
                took = ', '.join(f'took_{i}' for i in range(CLASSES))
                counts = ', '.join('sum(pay_state)' if i == 3 else '0' for i in range(CLASSES))
                connection.execute(COUNT_HEALTH.format(took=took, counts=counts, **both))
            connection.execute('COMMIT')
            connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
            rows = connection.execute('SELECT dimension, span_hours, count(*) FROM order_statistics GROUP BY dimension, span_hours').fetchall()
            say(f'statistics after {time.monotonic() - began:.0f} s: ' + ', '.join(f'{count:,} rows of dimension {dimension} by {span} h' for dimension, span, count in rows))


class Reads:
    """How long the console's reads take, at a client on the same machine: the server's time, and that of the transfer."""

    def __init__(self, full):
        self._full = full
        at = urlsplit(full.service.url)
        self._connection = http.client.HTTPConnection(at.hostname, at.port, timeout=600)

    def rows(self):
        full = self._full
        spread = [(i * 7919 * 131) % ORDERS_COUNT for i in range(READS)]
        paid = [i | 1 for i in spread]
        yield from self._times('orders, first page', [(f'/orders?limit=50', 1)] * READS, 300)
        yield from self._times('orders of a game, first page', [(f'/orders?limit=50&gameId={FIRST_GAME + i % GAMES}', 1) for i in spread], 300)
        yield from self._times('orders of a channel, paid, first page', [('/orders?limit=50&channel=google&payState=paid', 1)] * READS, 300)
        searches = {
            'order number': [full.order_id(i) for i in spread], "game's number": [f'm{i}' for i in spread], 'transaction': [f'GPA.{i}' for i in paid], 'player': [f'u{i % 200_000}' for i in spread],
            'nothing': [f'no-{i}' for i in spread],
        }
        for what, numbers in searches.items():
            yield from self._times(f'search by {what}', [(f'/search?q={number}', 1 if what != 'nothing' else 0) for number in numbers], 100)
        for step in ('day', 'hour'):
            for by in ('game', 'channel', 'currency', 'product'):
                if (step, by) != ('hour', 'product'):
                    yield from self._times(f'statistics of {DAYS} days by {by}, {step}s', [(self._statistics(step, by), 1)] * READS, 50)
        # Midnight of New York lies on no span of 8 hours.
        for by in ('game', 'product'):
            yield from self._times(f'statistics of {DAYS} days by {by}, days of UTC−5', [(self._statistics('day', by, 5 * HOUR_MS), 1)] * READS, 50)
        yield from self._times('what needs a person', [('/work', 0)] * READS, None)

    def _statistics(self, step, by, shift_ms=0):
        return f'/statistics?from={rfc3339(self._full.from_ms + shift_ms)}&to={rfc3339(self._full.to_ms + shift_ms)}&step={step}&by={by}'

    def _times(self, what, asked, bound):
        took, size = [], 0
        for turn, (path, least) in enumerate([*asked[:5], *asked]):
            began = time.perf_counter()
            text = self._full.person.call('GET', path, connection=self._connection)
            if turn >= 5:
                took.append((time.perf_counter() - began) * 1000)
            size = max(size, len(text))
            if least and b'"items":[]' in text.replace(b' ', b''):
                raise Failed(f'{path} found nothing')
        yield f'| {what} | {statistics.median(took):.1f} | {max(took):.1f} | {size / 1024:,.0f} | {"" if bound is None else f"≤ {bound}"} |'

    def exports(self):
        for path in ('/orders.csv', f'/orders.csv?gameId={FIRST_GAME}'):
            rates, rows = [], 0
            before = memory_mb(self._full.service.pid, 'VmRSS')
            for _ in range(EXPORTS):
                began = time.perf_counter()
                connection, answer = self._full.person.open(path)
                rows = -1
                while part := answer.read(1 << 16):
                    rows += part.count(b'\n')
                connection.close()
                rates.append(rows / (time.perf_counter() - began))
            expected = ORDERS_COUNT if 'gameId' not in path else ORDERS_COUNT // GAMES
            if rows < expected:
                raise Failed(f'{path} has {rows} rows, not {expected}')
            peak = memory_mb(self._full.service.pid, 'VmHWM')
            yield f'| {path} | {rows:,} | {statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f}) | {before:,.0f} | {peak:,.0f} |'


def load(full, knobs):
    """createorder alone, beside live consoles, and beside statistics that are asked without a pause, in turns."""
    service = full.service
    service.warm_up(knobs.warmup)
    reads = Reads(full)
    people = [Person(service, f'console.{i}') for i in range(CONSOLES)]
    figures = reads._statistics('day', 'game')
    told = []

    @contextlib.contextmanager
    def consoles():
        opened = [Console(person, (WORK, ORDERS, CALLBACKS)[i % 3], figures if i % 3 == 0 else None) for i, person in enumerate(people)]
        time.sleep(1)
        before, cpu = sum(console.reads for console in opened), time.process_time()
        try:
            yield
        finally:
            told.append((sum(console.reads for console in opened) - before, sum(console.messages for console in opened), time.process_time() - cpu))
            for console in opened:
                console.close()

    @contextlib.contextmanager
    def asking():
        import threading
        ends, count = threading.Event(), [0]

        def ask():
            own = http.client.HTTPConnection(urlsplit(service.url).hostname, urlsplit(service.url).port, timeout=60)
            # Once a second: as sixty consoles that each look at the figures once a minute.
            while not ends.wait(1):
                full.person.call('GET', reads._statistics('hour', 'game'), connection=own)
                count[0] += 1
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ends.set()
            thread.join(10)

    ways = {'alone': contextlib.nullcontext, f'beside {CONSOLES} live consoles': consoles, 'beside statistics of 30 days by hour, once a second': asking}
    rates = {name: [] for name in ways}
    for round_ in range(knobs.runs):
        # Who goes first changes from round to round.
        for name in list(ways) if round_ % 2 == 0 else reversed(list(ways)):
            machine.settle(full._stage.directory)
            with ways[name]():
                rates[name].append(service.create(64, knobs.secs)['per_s'])
        say(f'round {round_ + 1}: ' + ', '.join(f'{name} {values[-1]:,.0f}' for name, values in rates.items()))
    alone = rates['alone']
    for name, values in rates.items():
        ratios = [value / of for value, of in zip(values, alone)]
        yield f'| {name} | {statistics.median(values):,.0f} | {statistics.median(ratios):.3f} ({", ".join(f"{ratio:.2f}" for ratio in ratios)}) |'
    yield ''
    yield 'The consoles: ' + '; '.join(f'{count} reads, {messages} messages, {cpu:.2f} s of processor time of their own' for count, messages, cpu in told)


def main():
    knobs = Knobs()
    knobs.engines = ['sqlite']
    stage = Stage(knobs)
    try:
        full = Full(stage)
        lines = [f'{time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}, commit {machine.commit()}, {os.cpu_count()} cores, {ORDERS_COUNT:,} orders on SQLite', '']
        if os.environ.get('READS') != '0':
            reads = Reads(full)
            lines += ['| read | median ms | slowest ms | KiB | bound |', '|---|---:|---:|---:|---|', *reads.rows(), '']
            lines += ['| export | rows | rows/s | memory before, MB | most, MB |', '|---|---:|---:|---:|---:|', *reads.exports(), '']
        if os.environ.get('LOAD') != '0':
            lines += [f'| createorder, 64 connections, {knobs.runs} rounds of {knobs.secs} s | /s | of alone, median of the rounds (each) |', '|---|---:|---:|', *load(full, knobs), '']
        if faults := full.service.faults():
            lines.append(f'the service logged {len(faults)} warnings, the first: {faults[0]}')
    finally:
        stage.close()
    print('\n'.join(lines))


if __name__ == '__main__':
    main()
