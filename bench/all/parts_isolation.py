"""What a receiver that hangs costs the receivers that do not."""
import time

from part import Part, Step

HEALTHY = (3001, 99)
HANGING_GAME = 3900

# The receiver hangs 30 s. An app that waits longer holds all its connections all the time; one with the usual 5 s sees its calls time out, and its breaker opens.
HOLDS_SECONDS, TIMES_OUT_SECONDS = 60, 5

WARMUP_TIMES = 5

# Until the hanging receiver holds all connections that it may hold; the first time-outs are still to come.
HANGING_SECONDS = 2


class Isolation(Part):
    def __init__(self, stage, engine):
        super().__init__(stage)
        self.engine, self.name = engine, f'isolation.{engine}'
        self._turn = 0

    def steps(self):
        return [
            Step('99 receivers', lambda: self._measure(None)),
            Step('99 receivers and one that hangs', lambda: self._measure(HOLDS_SECONDS)),
            Step('99 receivers and one that times out', lambda: self._measure(TIMES_OUT_SECONDS)),
        ]

    def _measure(self, timeout_seconds):
        # Each time a service and a database of its own: what hangs would stay for the measurements that follow.
        self._turn += 1
        name = f'isolation-{self.engine}-{self._turn}'
        service = self.stage.new_service(name, self.engine)
        try:
            receiver, rate = self.stage.receiver, self.knobs.isolation_rate
            service.put_apps(receiver, *HEALTHY, '/timed', 32)
            # Warm is what has run some ten thousand times: at the measured rate alone that would take a minute. What the first of these seconds asked of the
            # compiler keeps it busy for seconds more (measured: 3 to 4 s of a core), which would be the p99; so the second run is not counted either.
            service.latency(receiver, WARMUP_TIMES * rate, self.knobs.warmup, HEALTHY)
            service.latency(receiver, rate, self.knobs.latency_secs, HEALTHY)
            if timeout_seconds:
                service.hang(receiver, HANGING_GAME, self.knobs.hanging, timeout_seconds)
                time.sleep(HANGING_SECONDS)
            service.settle()
            measured = service.latency(receiver, rate, self.knobs.latency_secs, HEALTHY)
            if timeout_seconds:
                tried = service.ask(f'SELECT count(*) FROM callbacks WHERE game_id = {HANGING_GAME} AND attempts > 0')
                waiting = service.ask(f'SELECT count(*) FROM callbacks WHERE game_id = {HANGING_GAME} AND status IN (0, 1)')
                measured |= {'hanging_tried': tried, 'hanging_waiting': waiting}
            return measured
        finally:
            self.stage.stop(service)
            if self.engine == 'postgres':
                self.stage.postgres.drop('oc_' + name.replace('-', '_'))
