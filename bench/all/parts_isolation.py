"""What a receiver that hangs costs the receivers that do not."""
import time

from part import Part, Step

HEALTHY = (3001, 99)
HANGING_GAME = 3900

# Until the hanging receiver holds all connections that it may hold, and its callbacks begin to time out.
HANGING_SECONDS = 6


class Isolation(Part):
    def __init__(self, stage, engine):
        super().__init__(stage)
        self.engine, self.name = engine, f'isolation.{engine}'
        self._turn = 0

    def steps(self):
        return [Step('99 receivers', lambda: self._measure(False)), Step('99 receivers and one that hangs', lambda: self._measure(True))]

    def _measure(self, is_hanging):
        # Each time a service and a database of its own: what hangs would stay for the measurements that follow.
        self._turn += 1
        name = f'isolation-{self.engine}-{self._turn}'
        service = self.stage.new_service(name, self.engine)
        try:
            receiver, rate = self.stage.receiver, self.knobs.isolation_rate
            service.put_apps(receiver, *HEALTHY, '/timed', 32)
            service.latency(receiver, rate, self.knobs.warmup, HEALTHY)
            if is_hanging:
                service.hang(receiver, HANGING_GAME, self.knobs.hanging)
                time.sleep(HANGING_SECONDS)
            service.settle()
            measured = service.latency(receiver, rate, self.knobs.latency_secs, HEALTHY)
            if is_hanging:
                tried = service.ask(f'SELECT count(*) FROM callbacks WHERE game_id = {HANGING_GAME} AND attempts > 0')
                waiting = service.ask(f'SELECT count(*) FROM callbacks WHERE game_id = {HANGING_GAME} AND status IN (0, 1)')
                measured |= {'hanging_tried': tried, 'hanging_waiting': waiting}
            return measured
        finally:
            self.stage.stop(service)
            if self.engine == 'postgres':
                self.stage.postgres.drop('oc_' + name.replace('-', '_'))
