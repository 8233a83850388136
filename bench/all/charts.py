"""Which numbers go into which chart."""
import os

import chart
from bounds import CALLBACKS, HTTP, POSTS
from parts_peers import TITLES

ENGINES = {'postgres': 'PostgreSQL', 'sqlite': 'SQLite'}
KINDS = {'postgres': 'a', 'sqlite': 'b'}


def write(results, knobs, machine):
    """Writes what there is enough for; gives back the files."""
    files = {}
    if rows := _callbacks(results):
        files['callbacks.svg'] = chart.bars('Durable callbacks per second', f'delivered to the same receiver; median of {knobs.runs} rounds, {machine}', rows)
    if panels := _rising(results):
        files['latency.svg'] = chart.lines('Latency under rising load', f'milliseconds, logarithmic; median of {knobs.runs} rounds, {machine}', panels)
    for name, svg in files.items():
        os.makedirs(knobs.charts, exist_ok=True)
        with open(os.path.join(knobs.charts, name), 'w') as file:
            file.write(svg)
    return list(files)


def _callbacks(results):
    ours = [(f'OrderCenter, {title}', results.median(f'us.{engine}', CALLBACKS), 'us') for engine, title in ENGINES.items()]
    peers = [(title, results.median(f'peers.{peer}', CALLBACKS), 'peer') for peer, (title, _) in TITLES.items()]
    measured = sorted([row for row in ours + peers if row[1]], key=lambda row: -row[1])
    if not any(row[2] == 'us' for row in measured) or not any(row[2] == 'peer' for row in measured):
        return None
    limit = results.median(HTTP, POSTS)
    return [(label, value, kind, f'{value / limit:.0%} of the limit' if limit else '') for label, value, kind in measured] + ([('limit: POST loop, no store', limit, 'limit', '')] if limit else [])


def _rising(results):
    panels = []
    for kind, heading in (('createorder', 'createorder'), ('callbacks', 'callback: paid to first POST')):
        series = []
        for engine, title in ENGINES.items():
            part = f'rising.{engine}'
            for field, label in (('p50_ms', 'p50'), ('p99_ms', 'p99')):
                points = [(results.median(part, name), results.median(part, name, field)) for name in results.names(part) if name.startswith(kind)]
                points = sorted((rate, ms) for rate, ms in points if rate and ms)
                if len(points) > 1:
                    series.append((f'{title} {label}', KINDS[engine], field == 'p50_ms', points))
        if series:
            panels.append((heading, series))
    return panels
