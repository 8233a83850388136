"""Latency under rising load: calls are offered at a rate, whether or not those before were answered."""
from part import Part, Step


class Rising(Part):
    def __init__(self, stage, engine):
        super().__init__(stage)
        self.engine, self.name = engine, f'rising.{engine}'

    def prepare(self):
        self.stage.service(self.engine)

    def steps(self):
        def at(rate, measure):
            def settled():
                service = self.stage.service(self.engine)
                service.settle()
                return {**measure(service, rate), 'offered_per_s': rate}
            return settled
        creating = lambda service, rate: service.offer(rate, self.knobs.secs)
        calling = lambda service, rate: service.latency(self.stage.receiver, rate, self.knobs.secs)
        return [Step(f'createorder at {rate}/s', at(rate, creating)) for rate in self.knobs.rising_create] + \
            [Step(f'callbacks at {rate}/s', at(rate, calling)) for rate in self.knobs.rising_callbacks]
