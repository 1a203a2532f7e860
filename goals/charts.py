"""Charts as Plotly figures: plain values in, JSON out. Asserted on in tests, drawn by charts.js."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from html import escape
from typing import Any

from goals.chart_data import ChartData, Dot

INK, ACCENT, GREY, CRIMSON, BAND = "#15202b", "#2a3590", "#828890", "#a5113a", "#e4e6f4"

LAYOUT: dict[str, Any] = {
    "font": {"family": "Helvetica Neue, Helvetica, Arial, sans-serif", "size": 13},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
    "margin": {"l": 52, "r": 24, "t": 16, "b": 34},
    "hovermode": "x unified",
    "dragmode": False,
    "separators": ".,",
    "xaxis": {"type": "date", "showgrid": False, "hoverformat": "%-d %b %Y", "fixedrange": True},
    "yaxis": {"zeroline": False, "fixedrange": True, "automargin": True},
}


def trajectory_figure(data: ChartData) -> dict[str, Any]:
    """Data and layout of the chart, a few kilobytes; no template, no style of Plotly's own."""
    import plotly.graph_objects as go  # noqa: PLC0415 - slow to import, needed on chart pages only

    figure = go.Figure(layout={**LAYOUT, "template": "none"})
    figure.update_layout(annotations=list(_words(data)))
    figure.update_yaxes(ticksuffix=data.labels.unit if data.labels.unit == "%" else "")
    for trace in (
        *_tolerance(data), *_path(data), *_history(data), *_actual(data), *_gap(data),
        *_target(data),
    ):  # fmt: skip
        figure.add_trace(go.Scatter(trace))
    plain: dict[str, Any] = figure.to_plotly_json()
    return {"data": [dict(trace) for trace in plain["data"]], "layout": plain["layout"]}


def _words(data: ChartData) -> Iterator[dict[str, Any]]:
    """What the drawing says at its lines: the newest value, what was expected, target and break.

    No markup in it: Plotly would set it as inline style, which the page does not allow.
    """
    labels, newest = data.labels, data.newest
    is_above = data.expected is None or (newest is not None and newest.value >= data.expected)
    if newest:
        latest = ", ".join(words for words in (labels.latest, labels.latest_note) if words)
        yield _note(newest.on, newest.value, escape(latest), is_above=is_above)
    if newest and data.expected is not None and newest.value != data.expected:
        words = escape(labels.expected)
        yield _note(newest.on, data.expected, words, is_above=not is_above, anchor="right")
    if data.target:
        is_rising = data.baseline is None or data.baseline[1] <= data.target[1]
        words = escape(", ".join(words for words in (labels.target, labels.target_note) if words))
        yield _note(*data.target, words, is_above=is_rising, anchor="right")
    if old := [dot for dot in data.actual if not dot.is_comparable]:
        yield _note(old[-1].on, old[-1].value, escape(labels.old), is_above=True, anchor="right")


def _note(
    on: date, value: Any, words: str, *, is_above: bool, anchor: str = "left"
) -> dict[str, Any]:
    return {
        "x": on.isoformat(), "y": float(Fraction(value)), "text": words, "showarrow": False,
        "xanchor": anchor, "yanchor": "bottom" if is_above else "top",
        "yshift": 8 if is_above else -8,
    }  # fmt: skip


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
