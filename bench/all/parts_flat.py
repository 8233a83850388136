"""What years of orders cost: the same rates in an empty database and in a full one, side by side."""
import hashlib
import time
from urllib.parse import urlsplit

from part import Part, Step
from service import GAME_DRAINED

GAMES = 100
FIRST_GAME = 1001
CHUNK = 250_000
DAY_MS = 86_400_000
DAYS = 90
USERS = 200_000
OLD_ORDERS = 50_000

# Requests.Secret of the bench program: every game that it makes has it.
SECRET = 'bench-0123456789abcdef0123456789'

# VACUUM and CHECKPOINT of the full database must be over before the callbacks are due; the empty one waits as long.
LEAD_MS = 45_000

# Ids are as the service draws them: game, second, digits. Rows come in the order of time, as they would have.
ORDERS_SQL = """
INSERT INTO orders (order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, attributes, channel, pay_state, progress, payment,
    created_ms, expires_ms, paid_ms, delivered_ms)
SELECT ({game})::text || (({at}) / 1000)::text || lpad(i::text, 10, '0'), {game}, NULL, 'com.game.gem.648', 'Gem pack 648', 6480000, 'CNY', '8' || lpad((i::bigint * 7919 % {users})::text, 7, '0'), 1,
    '{{"gamename":"Journey of Light","roleID":"role-55512","serverID":"17","packagename":"com.game.journey"}}', 'bank', 1, {progress},
    '{{"channel":"bank","environment":"Production","transactionId":"P' || i || '"}}', {at}, {at} + 86400000, {at} + 30000, {delivered}
FROM generate_series({first}, {last}) i
"""
CALLBACKS_SQL = """
INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, started_ms, created_ms, finished_ms, duration_ms, http_status, response)
SELECT ({game})::text || (({at}) / 1000)::text || lpad(i::text, 10, '0'), 1, {game}, 'order.paid', '{url}', ({game})::text || ' {authority}', '0,5000,30000,120000', {at} + 30000, {state}
FROM generate_series({first}, {last}) i
"""
GAME_SQL = f'{FIRST_GAME} + i % {GAMES}'


class Flat(Part):
    name = 'flat.postgres'

    def prepare(self):
        service = self.stage.new_service('flat-full', 'postgres')
        service.put_apps(self.stage.receiver, FIRST_GAME, GAMES, '/cb', 128)
        self.stage.stop(service)
        self._fill('oc_flat_full')
        self._services = {}
        for name in ('empty', 'full'):
            # A new process, so that its memory is what this database costs and not what filling it did.
            service = self._services[name] = self.stage.new_service('flat-' + name, 'postgres')
            service.prepare(self.stage.receiver)
            if name == 'full':
                self._ask_for_old_orders(service)
            service.warm_up(self.knobs.warmup)
            service.drain(self.stage.receiver, self.knobs.jobs, LEAD_MS)

    def steps(self):
        def on(name, measure):
            def settled():
                self._services[name].settle()
                return measure(self._services[name])
            return settled
        knobs, receiver = self.knobs, self.stage.receiver
        measures = [
            ('createorder, 64', lambda service: service.create(64, knobs.secs)),
            ('queryorder, 64', lambda service: service.query(64, knobs.secs)),
            ('callbacks drained', lambda service: service.drain(receiver, knobs.jobs, LEAD_MS)),
        ]
        return [Step(f'{what}: {name}', on(name, measure)) for what, measure in measures for name in ('empty', 'full')]

    def finish(self):
        found = {}
        for name, service in self._services.items():
            service.verify()
            found[f'memory: {name}'] = {'rss_mb': service.rss_mb(), 'peak_mb': service.peak_mb(), 'orders': service.ask('SELECT count(*) FROM orders'),
                                        'waiting': service.ask('SELECT count(*) FROM callbacks WHERE status = 0')}
        return found

    def _ask_for_old_orders(self, service):
        """queryorder asks for orders of all ninety days in place of those that were made a moment ago."""
        ids = self.stage.postgres.query('oc_flat_full', f"SELECT order_id FROM orders WHERE game_id = {FIRST_GAME} AND pay_state = 1 ORDER BY md5(order_id) LIMIT {OLD_ORDERS}").split()
        now = int(time.time())
        with open(service.file('query.txt'), 'w') as targets:
            for order_id in ids:
                signed = f'gameid={FIRST_GAME}&platorderid={order_id}&time={now}&'
                targets.write(f'/ordercenter/queryorder?platorderid={order_id}&gameid={FIRST_GAME}&time={now}&sign={hashlib.md5((signed + SECRET).encode()).hexdigest()}\n')

    def _fill(self, database):
        postgres, receiver, now_ms = self.stage.postgres, self.stage.receiver, int(time.time() * 1000)
        url = urlsplit(receiver)
        authority = f'{url.scheme}://{url.netloc}'
        started = time.monotonic()
        finished, waiting = self.knobs.flat_orders, self.knobs.flat_waiting
        for first in range(1, finished + waiting + 1, CHUNK):
            last = min(first + CHUNK - 1, finished + waiting)
            for begin, end, is_finished in ((first, min(last, finished), True), (max(first, finished + 1), last, False)):
                if begin > end:
                    continue
                at = f'({now_ms - DAYS * DAY_MS} + i * {DAYS * DAY_MS // (finished + waiting + 1)}::bigint)'
                common = {'game': GAME_SQL, 'at': at, 'first': begin, 'last': end, 'users': USERS, 'url': receiver + '/cb', 'authority': authority}
                orders = ORDERS_SQL.format(**common, progress=1 if is_finished else 2, delivered=f'{at} + 31000' if is_finished else 'NULL')
                state = f"2, 1, 0, NULL, 1, {at} + 30000, {at} + 30000, {at} + 30020, 20, 200, 'success'" if is_finished \
                    else f'0, 0, 0, {now_ms + DAY_MS}, 0, NULL, {at} + 30000, NULL, NULL, NULL, NULL'
                postgres.query(database, orders)
                postgres.query(database, CALLBACKS_SQL.format(**common, state=state))
            print(f'  filled {last:,} of {finished + waiting:,} orders after {time.monotonic() - started:.0f} s', flush=True)
        postgres.query(database, f"INSERT INTO callback_endpoints (endpoint, game_id) SELECT g || ' {authority}', g FROM generate_series({FIRST_GAME}, {FIRST_GAME + GAMES - 1}) g ON CONFLICT DO NOTHING")
        for table in ('orders', 'callbacks'):
            postgres.query(database, f'VACUUM ANALYZE {table}', 3600)
        postgres.checkpoint()
        assert FIRST_GAME <= GAME_DRAINED < FIRST_GAME + GAMES  # The game that is measured has its share of what waits.
