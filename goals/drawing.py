"""Charts as SVG text, for first paint, paper and packs. Coordinates are pixels, so floats.

Every text is escaped here; what comes out may be put into a page as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from html import escape
from itertools import pairwise

from goals import layers, pen, rounding
from goals.chart_data import ChartData, Dot, Line


def _runs(dots: Sequence[Dot]) -> Iterator[list[Dot]]:
    """Dots that a line may join: a missing period or a break of definition parts them."""
    run: list[Dot] = []
    for dot in dots:
        if run and (dot.has_gap_before or dot.is_comparable != run[-1].is_comparable):
            yield run
            run = []
        run.append(dot)
    if run:
        yield run


# --- the small one --------------------------------------------------------------------------------

SPARK = {"width": 148.0, "height": 38.0, "left": 4.0, "right": 10.0, "top": 6.0, "bottom": 5.0}


def sparkline(data: ChartData, label: str) -> str:
    """The comparable values, the path and the target at a glance; `label` says them in words."""
    shown = [dot for dot in data.actual if dot.is_comparable]
    data = ChartData(data.labels, tuple(shown), data.line, data.target)
    head = f'<svg class="spark" viewBox="0 0 148 38" role="img" aria-label="{escape(label)}">'
    if not data.dates:
        return f"{head}</svg>"
    values = [float(value) for value in data.values]
    low, high = min(values), max(values)
    room = (high - low) or 1.0
    frame = pen.Frame(
        **SPARK, days=pen.span(data.dates), values=(low - room * 0.02, high + room * 0.02)
    )
    parts = [head]
    if data.line:
        parts.append(f'<polyline class="c-traj" points="{_path_points(data.line, frame)}"/>')
    for run in _runs(shown):
        pairs = [(frame.x(dot.on), frame.y(dot.value)) for dot in run]
        parts.append(f'<polyline class="c-act" points="{pen.points(pairs)}"/>')
        if len(run) == 1 and run[0] is not shown[-1]:
            parts.append(_circle(run[0], frame, 1.8, {}))
    if shown:
        parts.append(_circle(shown[-1], frame, 3.6, {}))
    if data.target:
        parts.append(_diamond(*data.target, frame, 5, {}))
    return "".join([*parts, "</svg>"])


def _path_points(line: Line, frame: pen.Frame) -> str:
    return pen.points([(frame.x(on), frame.y(value)) for on, value in line.dots])


def _circle(dot: Dot, frame: pen.Frame, radius: float, styles: dict[str, str]) -> str:
    kind = "c-prov" if dot.is_provisional else ("c-pt" if dot.is_comparable else "c-hist-pt")
    return (
        f"<circle{pen.style(kind, styles)}"
        f' cx="{pen.place(frame.x(dot.on))}" cy="{pen.place(frame.y(dot.value))}" r="{radius}"/>'
    )


def _diamond(on: date, value: object, frame: pen.Frame, size: float, styles: dict[str, str]) -> str:
    x, y = frame.x(on), frame.y(value)
    corners = pen.points([(x, y - size), (x + size, y), (x, y + size), (x - size, y)])
    return f'<polygon{pen.style("c-target", styles)} points="{corners}"/>'


# --- the large one --------------------------------------------------------------------------------

WIDE = {"width": 860.0, "height": 420.0, "left": 52.0, "right": 150.0, "top": 26.0, "bottom": 34.0}
NARROW = {"width": 360.0, "height": 300.0, "left": 38.0, "right": 18.0, "top": 34.0, "bottom": 30.0}
FONT = 'font-family="Source Sans Pro, Liberation Sans, sans-serif" font-size="15"'
LINE_HEIGHT = 17.0


def trajectory_chart(
    data: ChartData,
    *,
    chart_id: str,
    description: str,
    wide: bool = True,
    on_paper: bool = False,
) -> str:
    """Values against the path, with tolerance, target and gap, labelled at the lines themselves.

    `chart_id` makes the ids of title and description unique in a page; `description` says in one
    sentence what the chart shows. Without any value or path it is an empty frame.
    """
    styles = pen.PRINT if on_paper else {}
    size = WIDE if wide else NARROW
    frame = _frame(data, size)
    ids = f"{escape(chart_id)}-t", f"{escape(chart_id)}-d"
    head = (
        f'<svg class="chart {"chart-wide" if wide else "chart-narrow"}"'
        f' viewBox="0 0 {size["width"]:.0f} {size["height"]:.0f}" role="img"'
        f' aria-labelledby="{ids[0]} {ids[1]}"{f" {FONT}" if on_paper else ""}>'
    )
    parts = [
        head,
        f'<title id="{ids[0]}">{escape(data.labels.title)}</title>',
        f'<desc id="{ids[1]}">{escape(description)}</desc>',
    ]
    if frame is not None:
        parts += _grid(data, frame, styles)
        parts += _lines(data, frame, styles)
        parts += _wide_labels(data, frame, styles) if wide else _narrow_labels(data, frame, styles)
    return "".join([*parts, "</svg>"])


def _frame(data: ChartData, size: dict[str, float]) -> pen.Frame | None:
    if not data.dates:
        return None
    ticks = nice_ticks(min(data.values), max(data.values))
    frame = pen.Frame(**size, days=pen.span(data.dates), values=(float(ticks[0]), float(ticks[-1])))
    left = max(pen.room(words) for words in _tick_words(ticks, data.labels.unit)) + 10
    frame = replace(frame, left=max(frame.left, left))
    if size is NARROW:
        return replace(frame, top=frame.top + LINE_HEIGHT * (len(_narrow_lines(data)) - 1))
    words = [words for note in _notes(data, frame) for words, _kind in note.lines]
    beside = max(map(pen.room, words), default=0.0)
    return replace(frame, right=min(max(frame.right, beside + 14), frame.width * 0.4))


def nice_ticks(low: Fraction, high: Fraction, about: int = 6) -> list[Fraction]:
    """Round numbers at even steps of 1, 2 or 5 that hold everything from low to high.

    A single value stands in the middle, and zero at the foot.
    """
    if low == high:
        low, high = (low - abs(low) / 10, high + (abs(high) / 10 or 1))
    span = high - low
    power = Fraction(1)
    while power * 10 <= span / about:
        power *= 10
    while power > span / about:
        power /= 10
    step = next(power * each for each in (1, 2, 5, 10) if power * each * about >= span)
    first = (low / step).__floor__() * step
    ticks = [first]
    while ticks[-1] < high or len(ticks) == 1:
        ticks.append(ticks[-1] + step)
    return ticks


def tick_text(value: Fraction, step: Fraction) -> str:
    """As many decimals as the steps need, thousands set apart."""
    decimals = 0
    while (step * 10**decimals).denominator != 1 and decimals < 9:
        decimals += 1
    sign, digits = ("\u2212" if value < 0 else ""), rounding.text(abs(value), decimals)
    whole, dot, rest = digits.partition(".")
    return f"{sign}{int(whole):,}{dot}{rest}"


def _tick_words(ticks: Sequence[Fraction], unit: str) -> list[str]:
    """The number at each tick; only the highest carries the unit."""
    words = [tick_text(tick, ticks[1] - ticks[0]) for tick in ticks]
    return [*words[:-1], words[-1] + unit]


def _grid(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    ticks = nice_ticks(min(data.values), max(data.values))
    left, right = frame.left, frame.width - frame.right
    parts = []
    for place, words in enumerate(_tick_words(ticks, data.labels.unit)):
        y = frame.y(ticks[place])
        parts.append(
            f"<line{pen.style('c-grid' if place else 'c-axis', styles)}"
            f' x1="{pen.place(left)}" x2="{pen.place(right)}" y1="{pen.place(y)}" y2="{pen.place(y)}"/>'
        )
        parts.append(pen.text(left - 8, y + 4.5, words, "", styles, "end"))
    return parts + _year_ticks(frame, styles)


def _year_ticks(frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """Years below the axis, thinned out until they have room."""
    first, last = (date.fromordinal(day) for day in frame.days)
    marks = [(year, frame.x(date(year, 1, 1))) for year in range(first.year, last.year + 2)]
    marks = [(y, x) for y, x in marks if frame.left <= x <= frame.width - frame.right]
    step = 1
    while marks and len(marks) / step * 44 > frame.inner_width:
        step += 1
    y = frame.height - frame.bottom
    parts = []
    for year, x in marks[::step]:
        parts.append(
            f'<line{pen.style("c-axis", styles)} x1="{pen.place(x)}" x2="{pen.place(x)}" y1="{pen.place(y)}"'
            f' y2="{pen.place(y + 5)}"/>'
        )
        parts.append(pen.text(x, y + 20, str(year), "", styles, "middle"))
    return parts


def _lines(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    parts: list[str] = []
    if data.line:
        parts.append(_tolerance(data.line, frame, styles))
    parts += [
        *layers.fan(data, frame, styles),
        *layers.replaced(data, frame, styles),
        *layers.breaks(data, frame, styles),
    ]
    if data.line:
        points = _path_points(data.line, frame)
        parts.append(f'<polyline{pen.style("c-traj", styles)} points="{points}"/>')
    for run in _runs(data.actual):
        pairs = [(frame.x(dot.on), frame.y(dot.value)) for dot in run]
        kind = "c-act" if run[-1].is_comparable else "c-hist"
        if len(pairs) > 1:
            parts.append(f'<polyline{pen.style(kind, styles)} points="{pen.points(pairs)}"/>')
    parts += _gap_stick(data, frame, styles)
    parts += _circles(data, frame, styles)
    if data.target:
        parts.append(_diamond(*data.target, frame, 8, styles))
    return [*parts, *_old_label(data, frame, styles)]


def _circles(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """Where values lie close, only the newest, provisional ones, and those that no line shows."""
    newest = data.newest
    alone = [run[0] for run in _runs(data.actual) if len(run) == 1]
    is_roomy = _closest(data.actual, frame) > 12
    return [
        _circle(dot, frame, 6 if dot is newest else 4.5, styles)
        for dot in data.actual
        if is_roomy or dot is newest or dot.is_provisional or dot in alone
    ]


def _old_label(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """Says over the values before a break of definition that they are not comparable."""
    old = [dot for dot in data.actual if not dot.is_comparable]
    if not old:
        return []
    half = pen.room(data.labels.old) / 2
    x = max((frame.x(old[0].on) + frame.x(old[-1].on)) / 2, frame.left + half)
    y = min(frame.y(dot.value) for dot in old) - 12
    if y < frame.top + 8:
        y = max(frame.y(dot.value) for dot in old) + 22
    return [pen.text(x, y, data.labels.old, "", styles, "middle")]


def _closest(dots: Sequence[Dot], frame: pen.Frame) -> float:
    """How near the two nearest dots lie; many months are a line, not a string of pearls."""
    return min((frame.x(other.on) - frame.x(one.on) for one, other in pairwise(dots)), default=99.0)


def _tolerance(line: Line, frame: pen.Frame, styles: dict[str, str]) -> str:
    if not line.tolerance:
        return ""
    reach = Fraction(line.tolerance)
    upper = [(frame.x(on), frame.y(Fraction(value) + reach)) for on, value in line.dots]
    lower = [(frame.x(on), frame.y(Fraction(value) - reach)) for on, value in line.dots]
    return f'<polygon{pen.style("c-band", styles)} points="{pen.points(upper + lower[::-1])}"/>'


def _gap_stick(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    newest = data.newest
    if newest is None or data.expected is None:
        return []
    x, y1, y2 = frame.x(newest.on), frame.y(newest.value), frame.y(data.expected)
    if abs(y1 - y2) < 7:
        return []
    return [
        f'<line{pen.style("c-gap", styles)} x1="{pen.place(x)}" x2="{pen.place(x)}" y1="{pen.place(y1)}" y2="{pen.place(y2)}"/>'
    ]


# --- labels ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """Up to two lines of words that want to stand at a height; `name` says what they speak of."""

    name: str
    y: float
    lines: tuple[tuple[str, str], ...]  # (words, kind)


def _wide_labels(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """Words to the right of the plot, pushed apart where they would lie over one another."""
    newest, notes = data.newest, _notes(data, frame)
    parts = []
    x = frame.width - frame.right + 10
    for y, note in _apart(notes, frame):
        for place, (words, kind) in enumerate(note.lines):
            parts.append(pen.text(x, y + place * LINE_HEIGHT, words, kind, styles))
    if notes and newest and newest.on.toordinal() < frame.days[1] - 30:
        parts += _leader(newest, x - 6, notes[-1], frame, styles)
    return parts + _path_labels(data, frame, styles)


def _notes(data: ChartData, frame: pen.Frame) -> list[Note]:
    labels, newest = data.labels, data.newest
    notes = []
    if data.target and labels.target:
        lines = ((labels.target, "strong"), (labels.target_note, ""))
        notes.append(Note("Target", frame.y(data.target[1]), lines))
    if data.fan and labels.fan:
        lines = ((labels.fan, "c-fan-t"), (labels.fan_note, "c-fan-t"))
        notes.append(Note("Projection", frame.y(data.fan[-1].middle), lines))
    if newest and labels.latest:
        lines = ((labels.latest, "strong"), (labels.latest_note, "lbl"))
        notes.append(Note("Actual", frame.y(newest.value), lines))
    return notes


def ahead_beside(data: ChartData) -> list[tuple[str, float, tuple[str, ...]]]:
    """What lies ahead, told to the right of the plot: name, how far up it begins (0 to 1), lines."""
    frame = _frame(data, WIDE)
    if frame is None:
        return []
    foot, height = frame.height - frame.bottom, frame.height - frame.top - frame.bottom
    return [
        (
            note.name,
            round((foot - y + LINE_HEIGHT - 4) / height, 3),
            tuple(words for words, _kind in note.lines if words),
        )
        for y, note in _apart(_notes(data, frame), frame)
        if note.name != "Actual"
    ]


def _leader(
    newest: Dot, x: float, note: Note, frame: pen.Frame, styles: dict[str, str]
) -> list[str]:
    """A hair line from the newest value to its words, which stand outside the plot."""
    y = next(y for y, each in _apart([note], frame))
    left = frame.x(newest.on) + 8
    if x - left < 12:
        return []
    line = (
        f'<line{pen.style("c-grid", styles)} x1="{pen.place(left)}" x2="{pen.place(x)}"'
        f' y1="{pen.place(frame.y(newest.value))}" y2="{pen.place(y - 4)}"/>'
    )
    return [line]


def _apart(notes: list[Note], frame: pen.Frame) -> Iterator[tuple[float, Note]]:
    free = frame.top
    bottom = frame.height - frame.bottom
    for place, note in enumerate(sorted(notes, key=lambda each: each.y)):
        needed = LINE_HEIGHT * sum(bool(words) for words, _kind in note.lines)
        below = sum(LINE_HEIGHT * 2 + 6 for _each in notes[place + 1 :])
        y = min(max(note.y + 4, free + 10), bottom - needed - below + LINE_HEIGHT)
        free = y + needed
        yield y, note


def _path_labels(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """What the path expected, above or below it, on the side where the value is not."""
    newest, labels = data.newest, data.labels
    start = _baseline_label(data, frame, styles)
    if newest is None or data.expected is None or not labels.expected:
        return start
    above = frame.y(data.expected) <= frame.y(newest.value)
    y = frame.y(data.expected) + (-12 if above else 22)
    x, room = frame.x(newest.on) - 10, pen.room(labels.expected)
    if x - room < frame.left:
        return [*start, pen.text(frame.left + 6, y, labels.expected, "c-traj-t", styles)]
    return [*start, pen.text(x, y, labels.expected, "c-traj-t", styles, "end")]


def _baseline_label(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """Where the path starts, on the side that it leaves free."""
    if data.baseline is None:
        return []
    on, value = data.baseline
    y = min(frame.y(value) + (-14 if data.falls else 24), frame.height - frame.bottom - 4)
    return [pen.text(frame.x(on), y, data.labels.baseline, "", styles)]


def _narrow_labels(data: ChartData, frame: pen.Frame, styles: dict[str, str]) -> list[str]:
    """On a phone the words stand above the plot: in one line if they fit, else below one another."""
    parts = []
    for place, line in enumerate(_narrow_lines(data)):
        y = 14 + place * LINE_HEIGHT
        for words, kind in line:
            is_right = kind == "c-traj-t" and len(line) > 1
            x = frame.width if is_right else 0.0
            parts.append(pen.text(x, y, words, kind, styles, "end" if is_right else "start"))
    return parts


def _narrow_lines(data: ChartData) -> list[list[tuple[str, str]]]:
    labels = data.labels
    latest = " ".join(words for words in (labels.latest, labels.latest_note) if words)
    if pen.room(f"{latest}  {labels.target}") <= NARROW["width"]:
        return [[(latest, "strong"), (labels.target, "c-traj-t")]]
    lines = ((labels.latest, "strong"), (labels.latest_note, "lbl"), (labels.target, "c-traj-t"))
    return [[line] for line in lines if line[0]]
