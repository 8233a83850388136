"""Two builds of the service side by side, in turns: bench/compare.sh starts this."""
import os
import statistics
import sys
import time

import machine
from knobs import Knobs
from parts_us import Us
from service import GAME_PAYING_WITH_CALLBACK
from stage import Stage

BUILDS = ('before', 'after')


class Side(Us):
    """One build on one engine, measured as docs/benchmarks.md says."""

    def __init__(self, stage, engine, build, program):
        super().__init__(stage, engine)
        self._build, self._program, self._service = build, program, None

    def prepare(self):
        self.stage.knobs.service = self._program
        self._service = self.stage.new_service(f'{self.engine}-{self._build}', self.engine)
        self._service.prepare(self.stage.receiver)
        self._service.warm_up(self.knobs.warmup)
        self._service.jobs = self.knobs.jobs_at(self._service.drain(self.stage.receiver, self.knobs.jobs)['per_s'])
        self._pay(self._service, GAME_PAYING_WITH_CALLBACK, 64, max(1, self.knobs.warmup // 2))

    def steps(self):
        service, knobs = self._service, self.knobs
        return {
            'createorder, 64 connections': lambda: service.create(64, knobs.secs),
            'createorder, 256 connections': lambda: service.create(256, knobs.secs),
            'queryorder, 64 connections': lambda: service.query(64, knobs.secs),
            'valiorder with its callback, 64 connections': lambda: self._pay(service, GAME_PAYING_WITH_CALLBACK, 64, knobs.secs),
            'callbacks drained': lambda: service.drain(self.stage.receiver, service.jobs),
        }

    def settle(self):
        machine.settle(self.stage.directory)
        self._service.settle()

    def finish(self):
        self._service.verify()
        return self._service.peak_mb()


def compare(stage, engine, programs):
    sides = [Side(stage, engine, build, program) for build, program in zip(BUILDS, programs)]
    for side in sides:
        side.prepare()
    wanted = os.environ.get('STEPS', '').split(',')
    rates = {name: ([], []) for name in sides[0].steps() if any(name.startswith(word) for word in wanted)}
    for round_ in range(stage.knobs.runs):
        for name in rates:
            # Who goes first changes from round to round: what the first leaves behind meets both alike.
            for index in (0, 1) if round_ % 2 == 0 else (1, 0):
                sides[index].settle()
                rates[name][index].append(sides[index].steps()[name]()['per_s'])
            print(f'{engine}, round {round_ + 1}, {name}: {rates[name][0][-1]:,.0f} {rates[name][1][-1]:,.0f}', flush=True)
    memory = [side.finish() for side in sides]
    # What the machine does meanwhile meets both sides of a round alike: so the ratio is the median of the rounds' ratios, not that of the medians.
    yield f'| {engine} | before, /s | after, /s | after / before, median of the rounds (each round) |'
    yield '|---|---:|---:|---:|'
    for name, (before, after) in rates.items():
        ratios = [new / old for old, new in zip(before, after)]
        yield f'| {name} | {statistics.median(before):,.0f} | {statistics.median(after):,.0f} | {statistics.median(ratios):.2f} ({", ".join(f"{ratio:.2f}" for ratio in ratios)}) |'
    yield f'| peak memory, MB | {memory[0]:,.0f} | {memory[1]:,.0f} | {memory[1] / memory[0]:.2f} |'
    yield ''


def main(programs):
    knobs = Knobs()
    stage = Stage(knobs)
    lines = []
    try:
        facts = machine.facts(stage.directory, stage.postgres_bin())
        for engine in knobs.engines:
            lines += compare(stage, engine, programs)
    finally:
        stage.close()
    print('\n'.join([time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime()), f'medians of {knobs.runs} rounds of {knobs.secs} s, in turns', *(f'{name}: {text}' for name, text in facts), '', *lines]))


if __name__ == '__main__':
    main(sys.argv[1:])
