"""Charts as SVG, by hand: transparent, with colours for light and for dark pages."""
import math
from html import escape

STYLE = """<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .quiet { fill: #59636e; font-size: 12px } .axis { stroke: #8c959f; stroke-width: 1 } .grid { stroke: #d1d9e0; stroke-width: 1 }
.us { fill: #0969da } .peer { fill: #8c959f } .limit { fill: #c9b458 }
.a { stroke: #0969da; fill: none; stroke-width: 2 } .b { stroke: #bc4c00; fill: none; stroke-width: 2 } .dash { stroke-dasharray: 6 4 }
.dot-a { fill: #0969da } .dot-b { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #3d444d }
  .us { fill: #4493f8 } .a { stroke: #4493f8 } .dot-a { fill: #4493f8 } .b { stroke: #f0883e } .dot-b { fill: #f0883e }
}
</style>"""
WIDTH = 780


def _svg(height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">\n'
            f'{STYLE}\n' + '\n'.join(body) + '\n</svg>\n')


def bars(title, subtitle, rows):
    """rows: label, value, the class of its colour, what stands behind the bar."""
    left, top, step, bar = 240, 64, 30, 20
    most = max(value for _, value, _, _ in rows)
    room = WIDTH - left - 150
    body = [f'<text class="title" x="16" y="26">{escape(title)}</text>', f'<text class="quiet" x="16" y="46">{escape(subtitle)}</text>']
    for i, (label, value, kind, behind) in enumerate(rows):
        y = top + i * step
        width = max(2, room * value / most)
        body.append(f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">{escape(label)}</text><rect class="{kind}" x="{left}" y="{y}" width="{width:.1f}" height="{bar}" rx="3"/>'
                    f'<text x="{left + width + 8:.1f}" y="{y + 15}">{value:,.0f}/s <tspan class="quiet">{escape(behind)}</tspan></text>')
    return _svg(top + step * len(rows) + 12, title, body)


def _ticks(low, high):
    """Round numbers of a logarithmic axis."""
    return [digit * 10 ** power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for digit in (1, 2, 5) if low <= digit * 10 ** power <= high]


def _step(most):
    """The round step that divides a linear axis into at most five."""
    power = 10 ** max(0, math.floor(math.log10(most / 5)))
    return next(int(digit * power) for digit in (1, 2, 5, 10) if digit * power * 5 >= most)


def _short(number):
    return f'{number / 1000:g}k' if number >= 1000 else f'{number:g}'


def lines(title, subtitle, panels):
    """panels: (heading, series); series: (label, class, whether dashed, points of rate and milliseconds). Milliseconds are on a logarithmic axis."""
    height, top, bottom, gap = 380, 112, 330, 70
    panel_width = (WIDTH - 60 - 24 - gap * (len(panels) - 1)) / len(panels)
    values = [ms for _, series in panels for _, _, _, points in series for _, ms in points]
    low, high = min(values) / 1.3, max(values) * 1.3
    body = [f'<text class="title" x="16" y="26">{escape(title)}</text>', f'<text class="quiet" x="16" y="46">{escape(subtitle)}</text>']
    known = list(dict.fromkeys((label, kind, is_dashed) for _, series in panels for label, kind, is_dashed, _ in series))
    for i, (label, kind, is_dashed) in enumerate(known):
        x = 16 + i * 170
        body.append(f'<line class="{kind}{" dash" if is_dashed else ""}" x1="{x}" y1="66" x2="{x + 28}" y2="66"/><text x="{x + 36}" y="70">{escape(label)}</text>')

    def y_of(ms):
        return bottom - (bottom - top) * (math.log(ms) - math.log(low)) / (math.log(high) - math.log(low))
    for i, (heading, series) in enumerate(panels):
        x0 = 60 + i * (panel_width + gap)
        step = _step(max(rate for _, _, _, points in series for rate, _ in points))
        most = step * math.ceil(max(rate for _, _, _, points in series for rate, _ in points) / step)
        x_of = lambda rate: x0 + panel_width * rate / most
        body.append(f'<text x="{x0}" y="{top - 12}">{escape(heading)}</text>')
        for tick in _ticks(low, high):
            body.append(f'<line class="grid" x1="{x0}" y1="{y_of(tick):.1f}" x2="{x0 + panel_width:.1f}" y2="{y_of(tick):.1f}"/><text class="quiet" x="{x0 - 6}" y="{y_of(tick) + 4:.1f}" text-anchor="end">{_short(tick)}</text>')
        body.append(f'<line class="axis" x1="{x0}" y1="{bottom}" x2="{x0 + panel_width:.1f}" y2="{bottom}"/>')
        for tick in range(step, most + 1, step):
            body.append(f'<text class="quiet" x="{x_of(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{_short(tick)}</text>')
        for _, kind, is_dashed, points in series:
            path = ' '.join(f'{x_of(rate):.1f},{y_of(ms):.1f}' for rate, ms in points)
            body.append(f'<polyline class="{kind}{" dash" if is_dashed else ""}" points="{path}"/>' + ''.join(f'<circle class="dot-{kind}" cx="{x_of(rate):.1f}" cy="{y_of(ms):.1f}" r="3"/>' for rate, ms in points))
        body.append(f'<text class="quiet" x="{x0 + panel_width / 2:.1f}" y="{bottom + 38}" text-anchor="middle">per second, reached</text>')
    body.append(f'<text class="quiet" x="16" y="{top - 12}">ms</text>')
    return _svg(height, title, body)
