"""Everything side by side, in rounds: bench/all.sh prepares the machine and starts this."""
import os
import signal
import sys
import time

import charts
import machine
import report
from knobs import KnobFault, Knobs
from part import Step
from parts_flat import Flat
from parts_isolation import Isolation
from parts_limits import DatabaseLimits, HttpLimits
from parts_peers import Peer
from parts_rising import Rising
from parts_us import Us
from process import Failed
from results import Results
from stage import Stage

QUIET_CORES = 0.25


class Stopped(Exception):
    """Somebody asked for an end: Ctrl+C, or a signal."""


def stop(*_):
    raise Stopped


def now():
    return time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def parts(stage, knobs):
    found = []
    if 'limits' in knobs.parts:
        found += ([DatabaseLimits(stage)] if 'postgres' in knobs.engines else []) + [HttpLimits(stage)]
    if 'us' in knobs.parts:
        found += [Us(stage, engine) for engine in knobs.engines]
    if 'peers' in knobs.parts:
        found += [Peer(stage, peer) for peer in knobs.peers]
    if 'isolation' in knobs.parts:
        found += [Isolation(stage, engine) for engine in knobs.engines]
    if 'rising' in knobs.parts:
        found += [Rising(stage, engine) for engine in knobs.engines]
    if 'flat' in knobs.parts and 'postgres' in knobs.engines:
        found.append(Flat(stage))
    return found


class Run:
    def __init__(self, knobs, stage, results):
        self.knobs, self.stage, self.results = knobs, stage, results
        self.rounds = 0
        self._patience = knobs.patience
        self._load = machine.Load(stage.roots)

    def measure_all(self):
        # The full database has its rounds after the others': it would push what they measure out of the caches.
        together = parts(self.stage, self.knobs)
        for group in ([part for part in together if not isinstance(part, Flat)], [part for part in together if isinstance(part, Flat)]):
            if group:
                self._measure_in_rounds(group)

    def _measure_in_rounds(self, group):
        self.rounds = 0
        ready = []
        for part in group:
            say(f'preparing {part.name}')
            if self._try(part.name, 'preparing', 0, part.prepare, is_measured=False):
                ready.append(part)
        for round_ in range(1, self.knobs.runs + 1):
            for part in ready:
                for step in part.steps():
                    if round_ == 1 or not step.once:
                        self._measure(part, step, round_)
            self.rounds = round_
        for part in ready:
            self._try(part.name, 'at the end', 0, lambda: [self.results.add(part.name, name, self.rounds, numbers) for name, numbers in part.finish().items()], is_measured=False)

    def _measure(self, part, step: Step, round_):
        machine.settle(self.stage.directory)
        self._await_quiet()
        self._try(part.name, step.name, round_, step.measure)

    def _try(self, part, name, round_, action, is_measured=True):
        """Whether it succeeded; what failed is written down and the run goes on."""
        self._load.cores()
        try:
            numbers = action()
        except Stopped:
            raise
        except Exception as fault:
            error = self.stage.tidy(fault if isinstance(fault, Failed) else f'{type(fault).__name__}: {fault}')
            self.results.add(part, name, round_, error=error)
            say(f'FAILED {part}, {name}: {error}')
            return False
        if is_measured:
            one = self.results.add(part, name, round_, numbers, self._load.cores())
            say(f'round {round_} {part}, {name}: ' + ', '.join(f'{key} {value:,.2f}' if isinstance(value, float) else f'{key} {value}' for key, value in one.items() if key not in ('part', 'name', 'round')))
        return True

    def _await_quiet(self):
        """Waits until other work leaves the machine alone, as long as there is patience left."""
        while self._patience > 0:
            self._load.cores()
            time.sleep(1)
            if self._load.cores() <= QUIET_CORES:
                return
            self._patience -= 1


def main():
    try:
        knobs = Knobs()
    except KnobFault as fault:
        print(fault, file=sys.stderr)
        return 2
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    os.makedirs(os.path.dirname(knobs.report), exist_ok=True)
    raw = os.path.splitext(knobs.report)[0]
    results = Results(raw + '.jsonl')
    started = now()
    stage = Stage(knobs)
    run = Run(knobs, stage, results)
    facts = []
    was_stopped = False
    try:
        facts = machine.facts(stage.directory, stage.postgres_bin())
        run.measure_all()
    except Stopped:
        was_stopped = True
        say('stopping')
    finally:
        # A second Ctrl+C must not leave servers behind.
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        stage.close()
    drawn = [] if was_stopped else charts.write(results, knobs, dict(facts)['cores'].replace(', ', ' cores, '))
    text, is_good = report.build(results, knobs, facts, stage.durability, stage.notes, started, now(), run.rounds, drawn)
    with open(knobs.report, 'w') as file:
        file.write(text)
    with open(raw + '.tsv', 'w') as file:
        file.write(report.tsv(results))
    print(text)
    return 130 if was_stopped else 0 if is_good else 1


if __name__ == '__main__':
    sys.exit(main())
