"""The acceptance bounds: what is measured, against what, and how much of it is enough."""
from dataclasses import dataclass
from typing import Optional

from parts_peers import TITLES

LIMITS, HTTP = 'limits.postgres', 'limits.http'
INSERT, OWN_INSERT, UPDATE = 'pgbench INSERT, plain row', "pgbench INSERT, the product's row and indexes", 'pgbench UPDATE by key, plain row'
KESTREL, POSTS = 'bare Kestrel, form and MD5, 64', 'raw POST loop, 128'
CALLBACKS, LATENCY = 'callbacks drained', 'latency at 100/s'


@dataclass
class Verdict:
    what: str
    value: Optional[float]
    unit: str
    of: str  # What it is compared with; empty: the value itself is bounded.
    of_value: Optional[float]
    bound: Optional[float]  # None: told, not judged.
    is_least: bool
    has_failed: bool = False  # Something of it was tried and has no number.

    @property
    def judged(self):
        """The number that the bound is about; None: something of it was not measured."""
        if self.value is None or (self.of and not self.of_value):
            return None
        return self.value / self.of_value if self.of else self.value

    @property
    def is_met(self):
        """None: not judged."""
        if self.bound is None or self.judged is None:
            return None
        return self.judged >= self.bound if self.is_least else self.judged <= self.bound


def best_peer(results):
    """The fastest of the other engines: its name and its median."""
    medians = {peer: results.median(f'peers.{peer}', CALLBACKS) for peer in TITLES}
    measured = {peer: median for peer, median in medians.items() if median}
    return max(measured.items(), key=lambda pair: pair[1]) if measured else (None, None)


def verdicts(results, knobs):
    """Every bound of the parts that were asked for, in the order of the report."""
    found = []

    def lacks(part, name, field):
        return results.was_tried(part, name) and results.median(part, name, field) is None

    def rate(what, part, name, of_part, of_name, bound, field='per_s', is_least=True, of_title=None):
        found.append(Verdict(what, results.median(part, name, field), '/s' if field == 'per_s' else ' ms', of_title or of_name, results.median(of_part, of_name, field), bound, is_least,
                             lacks(part, name, field) or lacks(of_part, of_name, field)))

    def plain(what, part, name, field, unit, bound):
        found.append(Verdict(what, results.median(part, name, field), unit, '', None, bound, False, lacks(part, name, field)))

    if 'us' in knobs.parts:
        if 'postgres' in knobs.engines:
            pg = 'us.postgres'
            rate('createorder, PostgreSQL, 64 connections', pg, 'createorder, 64', LIMITS, INSERT, 1.0)
            rate('createorder, PostgreSQL, 256 connections', pg, 'createorder, 256', LIMITS, INSERT, 1.4)
            rate('createorder, PostgreSQL, 64 connections', pg, 'createorder, 64', LIMITS, OWN_INSERT, None)
            rate('createorder, PostgreSQL, 256 connections', pg, 'createorder, 256', LIMITS, OWN_INSERT, None)
            rate('valiorder, callback queued, PostgreSQL, 256 connections', pg, 'valiorder, callback queued, 256', LIMITS, INSERT, 0.5)
            rate('valiorder with callback, PostgreSQL, 256 connections', pg, 'valiorder with callback, 256', LIMITS, INSERT, 0.5)
            rate('valiorder without callback, PostgreSQL, 256 connections', pg, 'valiorder without callback, 256', LIMITS, INSERT, None)
            rate('valiorder with callback, PostgreSQL, 64 connections', pg, 'valiorder with callback, 64', LIMITS, INSERT, None)
            rate('valiorder without callback, PostgreSQL, 64 connections', pg, 'valiorder without callback, 64', LIMITS, INSERT, None)
            rate('queryorder, PostgreSQL, 64 connections', pg, 'queryorder, 64', HTTP, KESTREL, 0.5)
            peer, per_s = best_peer(results)
            found.append(Verdict('callbacks, PostgreSQL', results.median(pg, CALLBACKS), '/s', f'best peer: {TITLES[peer][0]}' if peer else 'best peer', per_s, 1.8, True,
                                 lacks(pg, CALLBACKS, 'per_s') or ('peers' in knobs.parts and not peer)))
            rate('callbacks, PostgreSQL', pg, CALLBACKS, HTTP, POSTS, 0.45)
            plain('latency p50, PostgreSQL, queued to POST, at 100/s', pg, LATENCY, 'queued_p50_ms', ' ms', 1.5)
            plain('latency p99, PostgreSQL, queued to POST, at 100/s', pg, LATENCY, 'queued_p99_ms', ' ms', 5)
            plain('latency p50, PostgreSQL, paying request to POST, at 100/s', pg, LATENCY, 'p50_ms', ' ms', None)
            plain('latency p99, PostgreSQL, paying request to POST, at 100/s', pg, LATENCY, 'p99_ms', ' ms', None)
        if 'sqlite' in knobs.engines:
            lite = 'us.sqlite'
            rate('callbacks, SQLite', lite, CALLBACKS, HTTP, POSTS, 0.5)
            plain('latency p50, SQLite, paying request to POST, at 100/s', lite, LATENCY, 'p50_ms', ' ms', 3)
            plain('latency p99, SQLite, paying request to POST, at 100/s', lite, LATENCY, 'p99_ms', ' ms', 10)
    if 'isolation' in knobs.parts:
        for engine in knobs.engines:
            part = f'isolation.{engine}'
            for what in ('hangs', 'times out'):
                rate(f'isolation p99, {engine}: with a receiver that {what}', part, f'99 receivers and one that {what}', part, '99 receivers', 1.2, 'p99_ms', False, 'without it')
    if 'flat' in knobs.parts:
        for what in ('createorder, 64', 'queryorder, 64', 'callbacks drained'):
            rate(f'flat cost: {what}, full database', 'flat.postgres', f'{what}: full', 'flat.postgres', f'{what}: empty', 0.85, of_title='empty database')
        plain('flat cost: peak memory, full database', 'flat.postgres', 'memory: full', 'peak_mb', ' MB', 250)
    return found
