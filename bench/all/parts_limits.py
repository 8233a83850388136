"""Limits of the machine: what PostgreSQL, ASP.NET and HttpClient do when nothing else is asked of them."""
import os
import re

from knobs import BENCH, REPO
from part import Part, Step
from process import Failed
from service import BENCH_PROGRAM, CONCURRENCY, bench, wrk

SQL = os.path.join(BENCH, 'all', 'pgbench')
CLIENTS = 16

# The values of one order, by column, for the statement that is read out of the product's source. Ids are as the product draws them: game, second, digits.
VALUES = {
    'order_id': "'1001' || extract(epoch from now())::bigint || lpad(:digits::text, 10, '0')",
    'game_id': '1001', 'merchant_order_id': 'NULL', 'product_id': "'com.game.gem.648'", 'product_name': "'Gem pack 648'", 'amount_e4': '6480000', 'currency': "'CNY'",
    'user_id': "'88812345'", 'quantity': '1', 'channel': 'NULL', 'notify_url': 'NULL',
    'attributes': "'" + '{"gamename":"Journey of Light","roleID":"role-55512","roleName":"Hero of Light","serverID":"17","serverName":"Dawn 17","username":"lightbringer","roleLevel":"42","packagename":"com.game.journey"}'.replace(':', '\\u003a') + "'",
    'pay_state': '0', 'progress': '0', 'created_ms': '(extract(epoch from now()) * 1000)::bigint', 'expires_ms': '(extract(epoch from now()) * 1000)::bigint + 86400000',
}


def own_insert():
    """pgbench's script of the product's own INSERT, with its columns as they stand in the source."""
    with open(os.path.join(REPO, 'src', 'OrderCenter', 'Persistence', 'Tables', 'OrderTable.cs')) as source:
        text = re.sub(r'"\s*\+\s*"', '', source.read())
    found = re.search(r'InsertOnce\(\s*"orders",\s*"([^"]*)",\s*"[^"]*", key: "([^"]*)"\)', text)
    columns = re.split(r',\s*', found.group(1)) if found else []
    if not found or any(column not in VALUES for column in columns):
        raise Failed(f'the INSERT of OrderTable.cs is not understood any more: {[column for column in columns if column not in VALUES]}')
    return f"\\set digits random(1, 9999999999)\nINSERT INTO orders ({', '.join(columns)}) VALUES ({', '.join(VALUES[column] for column in columns)}) ON CONFLICT ({found.group(2)}) DO NOTHING;\n"


class DatabaseLimits(Part):
    """pgbench, single statements, each its own commit."""
    name = 'limits.postgres'

    def prepare(self):
        postgres = self.stage.postgres
        postgres.script(postgres.database('limit_plain'), os.path.join(SQL, 'schema.sql'))
        # The product's table as its own migration makes it.
        self._own = os.path.join(self.stage.directory, 'insert_own.sql')
        with open(self._own, 'w') as script:
            script.write(own_insert())
        service = self.stage.new_service('schema', 'postgres')
        self.stage.stop(service)
        schema = os.path.join(self.stage.directory, 'orders.sql')
        with open(schema, 'w') as file:
            file.write(postgres.dump_schema('oc_schema', 'orders'))
        postgres.script(postgres.database('limit_own'), schema)

    def steps(self):
        return [
            Step('pgbench INSERT, plain row', lambda: self._plain('insert_order.sql')),
            Step('pgbench UPDATE by key, plain row', lambda: self._plain('update_pk.sql')),
            Step("pgbench INSERT, the product's row and indexes", self._insert_own),
        ]

    def _plain(self, script):
        self.stage.postgres.script('limit_plain', os.path.join(SQL, 'seed_orders.sql'))
        return self._measure('limit_plain', os.path.join(SQL, script))

    def _insert_own(self):
        self.stage.postgres.query('limit_own', 'TRUNCATE orders')
        self.stage.postgres.checkpoint()
        return self._measure('limit_own', self._own)

    def _measure(self, database, script):
        tps, mean_ms = self.stage.postgres.pgbench(database, script, CLIENTS, self.knobs.secs)
        return {'per_s': tps, 'mean_ms': mean_ms}


class HttpLimits(Part):
    """A server that stores nothing, and a client that stores nothing."""
    name = 'limits.http'

    def prepare(self):
        self._body = os.path.join(self.stage.directory, 'form.txt')
        bench('bodies', 1, 'limit', self._body)
        wrk(self.stage.kestrel + '/ordercenter/createorder', 64, self.knobs.warmup, 'body', self._body)
        bench('postloop', self.stage.receiver + '/cb', CONCURRENCY, 1)

    def steps(self):
        return [
            Step('bare Kestrel, form and MD5, 64', lambda: wrk(self.stage.kestrel + '/ordercenter/createorder', 64, self.knobs.secs, 'body', self._body)),
            Step('raw POST loop, 128', self._post),
        ]

    def _post(self):
        count, seconds = bench('postloop', self.stage.receiver + '/cb', CONCURRENCY, self.knobs.secs)
        return {'per_s': count / seconds}
