"""Charts as Plotly figures: plain values in, JSON out. Asserted on in tests, drawn by charts.js."""

from datetime import date
from fractions import Fraction
from html import escape
from typing import Any

from goals.chart_data import ChartData, Dot
from goals.drawing import ahead_beside, nice_ticks
from goals.pen import span

INK, ACCENT, GREY, CRIMSON, BAND = "#15202b", "#2a3590", "#828890", "#a5113a", "#e4e6f4"
FAN, FAN_LINE = "#f4dfc4", "#a65300"

LAYOUT: dict[str, Any] = {
    "font": {"family": "Helvetica Neue, Helvetica, Arial, sans-serif", "size": 13},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
    "margin": {"l": 52, "r": 132, "t": 20, "b": 34},
    "hovermode": "x unified",
    "dragmode": False,
    "separators": ".,",
    "xaxis": {
        "type": "date",
        "showgrid": False,
        "hoverformat": "%-d %b %Y",
        "fixedrange": True,
        "nticks": 8,
        "tickformatstops": [
            {"dtickrange": [None, "M1"], "value": "%-d %b %Y"},
            {"dtickrange": ["M1", "M6"], "value": "%b %Y"},
            {"dtickrange": ["M12", None], "value": "%Y"},
        ],
    },
    "yaxis": {"zeroline": False, "fixedrange": True, "automargin": True},
}


def trajectory_figure(data: ChartData) -> dict[str, Any]:
    """Data and layout of the chart, a few kilobytes; no template, no style of Plotly's own."""
    import plotly.graph_objects as go  # noqa: PLC0415 - slow to import, needed on chart pages only

    figure = go.Figure(layout={**LAYOUT, "template": "none"})
    figure.update_yaxes(ticksuffix=data.labels.unit if data.labels.unit == "%" else "")
    for trace in (
        *_tolerance(data), *_fan(data), *_replaced(data), *_path(data), *_history(data),
        *_actual(data), *_gap(data), *_target(data),
    ):  # fmt: skip
        figure.add_trace(go.Scatter(trace))
    figure.update_layout(annotations=_notes(data), shapes=_breaks(data), **_ranges(data))
    plain: dict[str, Any] = figure.to_plotly_json()
    return {"data": [dict(trace) for trace in plain["data"]], "layout": plain["layout"]}


def _x(days: list[date]) -> list[str]:
    return [on.isoformat() for on in days]


def _y(values: list[Any]) -> list[float]:
    return [float(Fraction(value)) for value in values]


def _hover(data: ChartData, name: str) -> str:
    return f"%{{y:,.{data.decimals}f}}{data.labels.unit}<extra>{name}</extra>"


def _tolerance(data: ChartData) -> list[dict[str, Any]]:
    if data.line is None or not data.line.tolerance:
        return []
    reach = Fraction(data.line.tolerance)
    days = [on for on, _value in data.line.dots]
    upper = [Fraction(value) + reach for _on, value in data.line.dots]
    lower = [Fraction(value) - reach for _on, value in data.line.dots]
    return [
        {
            "name": "Tolerance", "x": _x(days + days[::-1]), "y": _y(upper + lower[::-1]),
            "mode": "lines", "fill": "toself", "fillcolor": BAND, "line": {"width": 0},
            "hoverinfo": "skip",
        }
    ]  # fmt: skip


def _fan(data: ChartData) -> list[dict[str, Any]]:
    """The range from the newest value on, and its middle."""
    newest = data.newest
    if not data.fan or newest is None:
        return []
    days = [step.on for step in data.fan]
    upper, lower = [step.high for step in data.fan], [step.low for step in data.fan]
    middle = [newest.value, *(step.middle for step in data.fan)]
    return [
        {
            "name": "Fan", "x": _x([newest.on, *days, *days[::-1]]),
            "y": _y([newest.value, *upper, *lower[::-1]]), "mode": "lines", "fill": "toself",
            "fillcolor": FAN, "line": {"width": 0}, "hoverinfo": "skip",
        },
        {
            "name": "Projection", "x": _x([newest.on, *days]), "y": _y(middle), "mode": "lines",
            "line": {"color": FAN_LINE, "width": 2, "dash": "2px,4px"},
            "hovertemplate": _hover(data, "Projection"),
        },
    ]  # fmt: skip


def _replaced(data: ChartData) -> list[dict[str, Any]]:
    return [
        {
            "name": "Replaced", "x": _x([on for on, _value in each.dots]),
            "y": _y([value for _on, value in each.dots]), "mode": "lines",
            "line": {"color": ACCENT, "width": 1, "dash": "1px,4px"},
            "hovertemplate": _hover(data, escape(each.label)),
        }
        for each in data.replaced
    ]  # fmt: skip


def _breaks(data: ChartData) -> list[dict[str, Any]]:
    """An upright line on each day from which another definition holds."""
    return [
        {
            "name": "Break", "type": "line", "xref": "x", "yref": "paper", "x0": each.on.isoformat(),
            "x1": each.on.isoformat(), "y0": 0, "y1": 1,
            "line": {"color": GREY, "width": 1.5, "dash": "3px,3px"},
        }
        for each in data.breaks
    ]  # fmt: skip


def _path(data: ChartData) -> list[dict[str, Any]]:
    if data.line is None:
        return []
    return [
        {
            "name": "Trajectory", "x": _x([on for on, _value in data.line.dots]),
            "y": _y([value for _on, value in data.line.dots]), "mode": "lines",
            "line": {"color": ACCENT, "width": 2, "dash": "7px,4px"},
            "hovertemplate": _hover(data, "Trajectory"),
        }
    ]  # fmt: skip


def _history(data: ChartData) -> list[dict[str, Any]]:
    return _values(data, [dot for dot in data.actual if not dot.is_comparable], "Not comparable")


def _actual(data: ChartData) -> list[dict[str, Any]]:
    return _values(data, [dot for dot in data.actual if dot.is_comparable], "Actual")


def _values(data: ChartData, dots: list[Dot], name: str) -> list[dict[str, Any]]:
    if not dots:
        return []
    colour = INK if name == "Actual" else GREY
    days: list[str | None] = []
    values: list[float | None] = []
    symbols: list[str | None] = []
    for dot in dots:
        if dot.has_gap_before and days:  # an empty point parts the line
            days.append(None)
            values.append(None)
            symbols.append("circle")
        days.append(dot.on.isoformat())
        values.append(float(Fraction(dot.value)))
        symbols.append("circle-open" if dot.is_provisional else "circle")
    return [
        {
            "name": name, "x": days, "y": values, "mode": "lines+markers", "connectgaps": False,
            "line": {"color": colour, "width": 3},
            "marker": {"color": colour, "size": 9, "symbol": symbols, "line": {"width": 2}},
            "hovertemplate": _hover(data, name),
        }
    ]  # fmt: skip


def _gap(data: ChartData) -> list[dict[str, Any]]:
    newest = data.newest
    if newest is None or data.expected is None:
        return []
    return [
        {
            "name": "Gap", "x": _x([newest.on, newest.on]),
            "y": _y([newest.value, data.expected]), "mode": "lines",
            "line": {"color": CRIMSON, "width": 2}, "hoverinfo": "skip",
        }
    ]  # fmt: skip


def _target(data: ChartData) -> list[dict[str, Any]]:
    if data.target is None:
        return []
    return [
        {
            "name": "Target", "x": _x([data.target[0]]), "y": _y([data.target[1]]),
            "mode": "markers", "marker": {"color": ACCENT, "size": 13, "symbol": "diamond"},
            "hovertemplate": _hover(data, "Target"),
        }
    ]  # fmt: skip


def _ranges(data: ChartData) -> dict[str, Any]:
    """The axes of the static drawing, so that nothing jumps; words must not stretch them."""
    if not data.dates:
        return {}
    first, last = (date.fromordinal(day).isoformat() for day in span(data.dates))
    ticks = nice_ticks(min(data.values), max(data.values))
    return {
        "xaxis_range": [first, last], "yaxis_range": [float(ticks[0]), float(ticks[-1])],
        "yaxis_dtick": float(ticks[1] - ticks[0]),
    }  # fmt: skip


def _notes(data: ChartData) -> list[dict[str, Any]]:
    """The words at the lines themselves, as in the static drawing: no legend to look up.

    No bold in it: Plotly would set it as inline style, which the page does not allow.
    """
    labels, newest = data.labels, data.newest
    notes: list[dict[str, Any]] = [
        {
            "name": name, "xref": "paper", "yref": "paper", "x": 1, "y": height, "xanchor": "left",
            "xshift": 10, "yanchor": "top", "showarrow": False, "align": "left",
            "text": "<br>".join(map(escape, lines)),
        }
        for name, height, lines in ahead_beside(data)
    ]  # fmt: skip
    notes += _break_notes(data)
    if data.baseline:
        place = {"yshift": 18 if data.falls else -18, "xanchor": "left"}
        notes.append(_note("Baseline", data.baseline, ("", labels.baseline), place))
    if newest:
        away = 1 if _is_above_path(data) else -1
        here = (newest.on, newest.value)
        place = {"xanchor": "left", "xshift": 8, "yshift": 22 * away}
        notes.append(_note("Actual", here, (labels.latest, labels.latest_note), place))
        if data.expected is not None and data.expected != newest.value:
            place = {"xanchor": "right", "xshift": -10, "yshift": -14 * away}
            there = (newest.on, data.expected)
            notes.append(_note("Trajectory", there, ("", labels.expected), place))
    if old := [dot for dot in data.actual if not dot.is_comparable]:
        here = (old[len(old) // 2].on, max(dot.value for dot in old))
        note = _note("Not comparable", here, ("", labels.old), {"yshift": 18})
        notes.append(note)
    return [note for note in notes if note["text"]]


def _break_notes(data: ChartData) -> list[dict[str, Any]]:
    """The two definitions that meet, at the head of the line between them."""
    return [
        {
            "name": "Break", "x": each.on.isoformat(), "y": 1, "yref": "paper", "yanchor": "top",
            "showarrow": False, "xanchor": side, "xshift": shift, "text": escape(words),
        }
        for each in data.breaks
        for words, side, shift in ((each.before, "right", -6), (each.after, "left", 6))
    ]  # fmt: skip


def _is_above_path(data: ChartData) -> bool:
    newest = data.newest
    if newest is None or data.expected is None:
        return False
    return Fraction(newest.value) > Fraction(data.expected)


def _note(
    name: str, at: tuple[date, Any], words: tuple[str, str], place: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": name, "x": at[0].isoformat(), "y": float(Fraction(at[1])), "showarrow": False,
        "align": "left", "text": "<br>".join(escape(each) for each in words if each), **place,
    }  # fmt: skip
