"""The report as Markdown."""
import os
import statistics

import bounds
from bounds import CALLBACKS, HTTP, POSTS, verdicts
from parts_peers import TITLES, version

OTHERS_MAX = 0.25
FIELDS = (('per_s', 'per second', ',.0f'), ('p50_ms', 'p50 ms', '.2f'), ('p99_ms', 'p99 ms', '.2f'))
PART_TITLES = {
    'limits.postgres': 'Limits: PostgreSQL', 'limits.http': 'Limits: HTTP', 'us.postgres': 'OrderCenter on PostgreSQL', 'us.sqlite': 'OrderCenter on SQLite',
    'isolation.postgres': 'Isolation on PostgreSQL', 'isolation.sqlite': 'Isolation on SQLite', 'rising.postgres': 'Rising load on PostgreSQL',
    'rising.sqlite': 'Rising load on SQLite', 'flat.postgres': 'Flat cost on PostgreSQL',
}


def _spread(values, form):
    """Median, with the least and the most."""
    if not values:
        return ''
    return f'{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})' if len(values) > 1 else f'{values[0]:{form}}'


def _number(value, unit):
    return f'{value:,.0f}{unit}' if unit == '/s' else f'{value:,.2f}{unit}'


def _when(round_):
    return f'round {round_}' if round_ else 'outside the rounds'


def _verdict(one):
    if one.bound is None:
        return ''
    if one.is_met is None:
        return '**failed**' if one.has_failed else 'not measured'
    return 'met' if one.is_met else '**NOT met**'


def build(results, knobs, facts, durability, notes, started, ended, rounds, charts):
    """The text, and whether everything that was asked for was measured and met."""
    judged = verdicts(results, knobs)
    failed = results.failed()
    is_good = not failed and rounds >= knobs.runs and all(one.is_met in (True, None) for one in judged)
    text = [f'# OrderCenter beside its limits and other engines, {started}', '']
    if rounds < knobs.runs:
        text += [f'**Stopped early: {rounds} of {knobs.runs} rounds are complete.**', '']
    if knobs.runs < 3 or knobs.secs < 5:
        text += ['**A trial of the harness, not a measurement**: fewer than 3 rounds or less than 5 seconds each.', '']
    disturbed = [one for one in results.all if one.get('others', 0) > OTHERS_MAX]
    if disturbed:
        text += [f'**Other work was on the machine**: more than {OTHERS_MAX} cores during {len(disturbed)} of {len([one for one in results.all if "others" in one])} measurements (column "others").', '']
    if failed:
        text += ['## Failed', ''] + [f"- {one['part']}, {one['name']}, {_when(one['round'])}: {one['error']}" for one in failed] + ['']
    text += ['## Acceptance', '', '| what | median | against | median | ratio | bound | |', '|---|---:|---|---:|---:|---:|---|']
    for one in judged:
        bound = '' if one.bound is None else f"{'≥' if one.is_least else '≤'} {one.bound:g}{'×' if one.of else one.unit}"
        ratio = f'{one.judged:.2f}×' if one.of and one.judged is not None else ''
        text.append(f"| {one.what} | {_number(one.value, one.unit) if one.value is not None else ''} | {one.of} | {_number(one.of_value, one.unit) if one.of_value else ''} | {ratio} | {bound} | {_verdict(one)} |")
    text += ['', 'Ratios are of medians. A line without a bound is told for comparison only.', '']
    for name in charts:
        text += [f'![{name}]({os.path.relpath(os.path.join(knobs.charts, name), os.path.dirname(knobs.report))})', '']
    text += _peers(results)
    text += ['## Durability', '', 'Everything that is measured waits for the disk before it says that it is done: `fsync` and `synchronous_commit` are on everywhere. What the stores themselves said:', '']
    text += [f"- {name}: {', '.join(f'{key} {value}' for key, value in said.items())}" for name, said in durability.items() if said]
    text += ['- OrderCenter on SQLite: WAL with `synchronous=FULL`, set by the service for each connection (a test of the product asks for it; from outside it cannot be read)' if 'sqlite' in knobs.engines else '', '']
    text += ['## Machine', ''] + [f'- {name}: {value}' for name, value in facts] + [f'- command: {knobs.command()}', f'- from {started} to {ended}', '']
    text += [f'- {note}' for note in notes] + ([''] if notes else [])
    text += _numbers(results)
    text += ['How each number is made and what is comparable with what: [docs/benchmarks.md](' + os.path.relpath(os.path.join(os.path.dirname(knobs.charts), 'benchmarks.md'), os.path.dirname(knobs.report)) + ').',
             f'Every round, as JSON lines: {os.path.basename(results.path)}; the same as a table: {os.path.basename(results.path)[:-6]}.tsv.', '']
    return '\n'.join(line for line in text if line is not None), is_good


def _peers(results):
    measured = [(peer, results.values(f'peers.{peer}', CALLBACKS)) for peer in TITLES if results.of(f'peers.{peer}')]
    if not measured:
        return []
    limit, ours = results.median(HTTP, POSTS), results.median('us.postgres', CALLBACKS)
    text = ['## Other engines, the same durable POSTs to the same receiver', '', '| engine | version | callbacks/s (min to max) | of the POST loop | OrderCenter on PostgreSQL is | latency p50 ms | p99 ms | jobs a run |', '|---|---|---:|---:|---:|---:|---:|---:|']
    for peer, values in sorted(measured, key=lambda pair: -(results.median(f'peers.{pair[0]}', CALLBACKS) or 0)):
        part, median = f'peers.{peer}', results.median(f'peers.{peer}', CALLBACKS)
        p50, p99, jobs = (results.median(part, name, field) for name, field in ((bounds.LATENCY, 'p50_ms'), (bounds.LATENCY, 'p99_ms'), (CALLBACKS, 'jobs')))
        text.append(f"| {TITLES[peer][0]} | {version(peer)} | {_spread(values, ',.0f') if values else '**failed**'} | {f'{median / limit:.2f}×' if median and limit else ''} | "
                    f"{f'{ours / median:.1f}×' if median and ours else ''} | {'' if p50 is None else f'{p50:.2f}'} | {'' if p99 is None else f'{p99:.2f}'} | {'' if jobs is None else f'{jobs:,.0f}'} |")
    return text + ['']


# What only some measurements say.
ALSO = [(field, ',.0f') for field in ('peak_mb', 'rss_mb', 'orders', 'waiting', 'hanging_tried', 'hanging_waiting', 'jobs')] + [('queued_p50_ms', '.2f'), ('queued_p99_ms', '.2f')]


def _numbers(results):
    text = ['## Every number', '', 'Medians over the rounds (least to most); others: cores that other work on the machine took meanwhile, the most of all rounds.', '']
    for part in dict.fromkeys(one['part'] for one in results.all):
        if part.startswith('peers.'):
            continue
        text += [f'### {PART_TITLES.get(part, part)}', '', '| what | per second | p50 ms | p99 ms | also | rounds | others |', '|---|---:|---:|---:|---|---:|---:|']
        for name in results.names(part):
            good = [one for one in results.of(part, name) if 'error' not in one]
            cells = [_spread(results.values(part, name, field), form) for field, _, form in FIELDS]
            also = ', '.join(f'{field} {results.median(part, name, field):{form}}' for field, form in ALSO if results.values(part, name, field))
            others = [one['others'] for one in good if 'others' in one]
            text.append(f"| {name} | {' | '.join(cells)} | {also} | {len(good)} of {len(results.of(part, name))} | {f'{max(others):.2f}' if others else ''} |")
        text.append('')
    return text


def tsv(results):
    """One line for every measurement of every round."""
    columns = ['part', 'name', 'round', 'per_s', 'p50_ms', 'p99_ms', 'max_ms', 'queued_p50_ms', 'queued_p99_ms', 'jobs', 'others', 'error']
    return '\n'.join(['\t'.join(columns)] + ['\t'.join(str(round(one[key], 3) if isinstance(one.get(key), float) else one.get(key, '')) for key in columns) for one in results.all]) + '\n'
