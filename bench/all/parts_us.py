"""OrderCenter itself, on one engine."""
from part import Part, Step
from process import Failed
from service import GAME_PAYING, GAME_PAYING_WITH_CALLBACK, bench, wrk

LATENCY_RATE = 100

# So many more receipts are signed than the fastest run so far would have used; the first runs are cold.
SPARE = 1.7
PER_SECOND_MIN = 7000

# In one statement, because requests that were under way when wrk stopped may still end: 0 where every payment since has its callback.
UNTOLD = 'SELECT (SELECT count(*) FROM payments) - 2 * (SELECT count(*) FROM callbacks)'


class Us(Part):
    def __init__(self, stage, engine):
        super().__init__(stage)
        self.engine, self.name = engine, f'us.{engine}'
        self._paid_per_s = {}
        self._queueing = None

    def prepare(self):
        service = self.stage.service(self.engine)
        payments = [(service, GAME_PAYING_WITH_CALLBACK), (service, GAME_PAYING)]
        if self.engine == 'postgres':
            self._queueing = self.stage.new_service(f'{self.engine}-queueing', self.engine, delivers=False)
            self._queueing.prepare(self.stage.receiver)
            self._queueing.warm_up(self.knobs.warmup)
            payments.append((self._queueing, GAME_PAYING_WITH_CALLBACK))
        for paying, game in payments:
            # Warms up, and says how many receipts a measurement needs.
            self._pay(paying, game, 64, max(1, self.knobs.warmup // 2))
        # At this rate the JIT compiler is at work for the whole of a first run.
        service.latency(self.stage.receiver, LATENCY_RATE, self.knobs.latency_secs)

    def steps(self):
        def on(measure):
            def settled():
                service = self.stage.service(self.engine)
                service.settle()
                return measure(service)
            return settled
        knobs, receiver = self.knobs, self.stage.receiver
        return [
            Step('createorder, 64', on(lambda service: service.create(64, knobs.secs))),
            Step('createorder, 256', on(lambda service: service.create(256, knobs.secs))),
            Step('queryorder, 64', on(lambda service: service.query(64, knobs.secs))),
            Step('valiorder with callback, 64', on(lambda service: self._pay(service, GAME_PAYING_WITH_CALLBACK, 64, knobs.secs))),
            Step('valiorder with callback, 256', on(lambda service: self._pay(service, GAME_PAYING_WITH_CALLBACK, 256, knobs.secs))),
            Step('valiorder without callback, 64', on(lambda service: self._pay(service, GAME_PAYING, 64, knobs.secs))),
            Step('valiorder without callback, 256', on(lambda service: self._pay(service, GAME_PAYING, 256, knobs.secs))),
            *([Step('valiorder, callback queued, 256', lambda: self._pay(self._queueing, GAME_PAYING_WITH_CALLBACK, 256, knobs.secs))] if self.engine == 'postgres' else []),
            Step('callbacks drained', on(lambda service: service.drain(receiver, service.jobs))),
            Step(f'latency at {LATENCY_RATE}/s', on(lambda service: service.latency(receiver, LATENCY_RATE, knobs.latency_secs))),
        ]

    def finish(self):
        service = self.stage.service(self.engine)
        service.verify()
        if faults := service.faults() + (self._queueing.faults() if self._queueing else []):
            self.stage.notes.append(f'{self.name} logged {len(faults)} warnings, the first: {self.stage.tidy(faults[0])}')
        return {'memory': {'rss_mb': service.rss_mb(), 'peak_mb': service.peak_mb()}}

    def _pay(self, service, game, connections, seconds):
        """Receipts of Google Play, checked offline, for orders that wait for them: payment, order and, where the game has a callback URL, a callback."""
        count = int(SPARE * seconds * max(PER_SECOND_MIN, self._paid_per_s.get((service.name, game), 0))) + 500
        bodies = service.file('payments.txt')
        callback = self.stage.receiver + '/cb' if game == GAME_PAYING_WITH_CALLBACK else 'none'
        receipts = self.stage.receipts
        skip = receipts.take(service.name, count)
        bench('valiorders', service.url, service.token, callback, game, receipts.key, receipts.file, skip, count, bodies)
        service.settle()
        before, untold_before = service.ask('SELECT count(*) FROM payments'), service.ask(UNTOLD)
        try:
            measured = wrk(service.url + '/ordercenter/valiorder', connections, seconds, 'bodies', bodies)
        finally:
            # What it takes to tell the games of it is part of the measurement only while that runs.
            if service.delivers:
                service.await_callbacks()
        rows = service.ask('SELECT count(*) FROM payments') - before
        # Google names a purchase twice, by its token and by its order number, and each name is a row.
        if rows % 2 or not measured['requests'] <= rows // 2 <= measured['requests'] + connections:
            raise Failed(f"{measured['requests']} answers, {rows} rows of payments, two each")
        if game == GAME_PAYING_WITH_CALLBACK and (untold := service.ask(UNTOLD) - untold_before):
            raise Failed(f'callbacks are missing: {untold} rows of payments are not matched by half as many callbacks')
        self._paid_per_s[service.name, game] = max(self._paid_per_s.get((service.name, game), 0), measured['per_s'])
        return {**measured, 'rows': rows}
