"""Two builds of the service from their start on: bench/cold.sh starts this."""
import statistics
import sys
import time

import machine
from knobs import Knobs
from process import Failed, memory_mb
from service import GAME_DRAINED, bench, wrk
from stage import Stage

BUILDS = ('before', 'after')
FIRST_SECONDS = 3
IDLE_SECONDS = 3
PATIENCE_SECONDS = 120
CONNECTIONS = 32
READY_MS = 'ready, ms'
IDLE_MB = 'idle memory, MB'
FIRST_P99 = f'createorder at {CONNECTIONS} connections: p99 of the first {FIRST_SECONDS} s, ms'
STEADY_P99 = 'createorder, p99 when warm, ms'
STEADY = 'createorder when warm, /s'
FIRST_TO_STEADY = 'p99 of the first seconds / p99 when warm'
LOADED_MB = 'memory after load, MB'
COLD_DRAIN = 'backlog sent after a start, /s'
WARM_DRAIN = 'backlog sent when warm, /s'
COLD_TO_WARM = 'after a start / when warm'


class Side:
    """One build on a database file of its own, started and stopped many times."""

    def __init__(self, stage, build, program):
        self._stage, self._build, self._program = stage, build, program
        self._batch = 0
        service = self._start()
        service.prepare(stage.receiver)
        service.warm_up(stage.knobs.warmup)
        stage.stop(service)

    def _start(self):
        self._stage.knobs.service = self._program
        return self._stage.new_service(f'sqlite-{self._build}', 'sqlite')

    def round(self):
        """One start for each measurement of a cold program; gives the numbers by name."""
        stage, knobs = self._stage, self._stage.knobs
        found = {}
        machine.settle(stage.directory)
        service = self._start()
        found[READY_MS] = service.ready_ms
        time.sleep(IDLE_SECONDS)
        found[IDLE_MB] = memory_mb(service.pid, 'VmRSS')
        stage.stop(service)

        service = self._start()
        first = wrk(service.url + '/ordercenter/createorder', CONNECTIONS, FIRST_SECONDS, 'body', service.file('create.txt'))
        found[FIRST_P99] = first['p99_ms']
        wrk(service.url + '/ordercenter/createorder', CONNECTIONS, 2 * knobs.secs, 'body', service.file('create.txt'))
        steady = wrk(service.url + '/ordercenter/createorder', CONNECTIONS, knobs.secs, 'body', service.file('create.txt'))
        found[STEADY_P99], found[STEADY] = steady['p99_ms'], steady['per_s']
        found[FIRST_TO_STEADY] = found[FIRST_P99] / found[STEADY_P99]
        found[LOADED_MB] = memory_mb(service.pid, 'VmRSS')
        service.drain(stage.receiver, knobs.jobs)
        found[WARM_DRAIN] = service.drain(stage.receiver, knobs.jobs)['per_s']
        stage.stop(service)

        self._seed(service)
        found[COLD_DRAIN] = self._drained(self._start())
        found[COLD_TO_WARM] = found[COLD_DRAIN] / found[WARM_DRAIN]
        return found

    def _drained(self, service):
        """Callbacks a second, from the moment at which the service listens until none is left."""
        since = time.monotonic()
        while service.ask('SELECT count(*) FROM callbacks WHERE status < 2') > 0:
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise Failed(f'the backlog is not sent after {PATIENCE_SECONDS} s')
            time.sleep(0.02)
        rate = self._stage.knobs.jobs / (time.monotonic() - since)
        self._stage.stop(service)
        return rate

    def _seed(self, service):
        self._batch += 1
        bench('seed', 'sqlite', service.connection_string, GAME_DRAINED, self._stage.receiver + '/cb', self._stage.knobs.jobs, 0, 300 + self._batch)


def main(programs):
    knobs = Knobs()
    stage = Stage(knobs)
    try:
        facts = machine.facts(stage.directory, stage.postgres_bin())
        sides = [Side(stage, build, program) for build, program in zip(BUILDS, programs)]
        rounds = ([], [])
        for round_ in range(knobs.runs):
            for index in (0, 1) if round_ % 2 == 0 else (1, 0):
                rounds[index].append(sides[index].round())
                print(f'round {round_ + 1}, {BUILDS[index]}:', ', '.join(f'{name} {value:,.1f}' for name, value in rounds[index][-1].items()), flush=True)
    finally:
        stage.close()
    print('\n'.join([time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime()), f'medians of {knobs.runs} rounds, in turns', *(f'{name}: {text}' for name, text in facts), '',
                     '| | before | after | after / before |', '|---|---:|---:|---:|']))
    for name in rounds[0][0]:
        before, after = (statistics.median(found[name] for found in side) for side in rounds)
        print(f'| {name} | {before:,.1f} | {after:,.1f} | {after / before:.2f} |')


if __name__ == '__main__':
    main(sys.argv[1:])
