"""What lies under the lines of a chart: the fan, paths that were replaced, breaks of definition."""

from goals import pen
from goals.chart_data import ChartData
from goals.pen import Frame


def fan(data: ChartData, frame: Frame, styles: dict[str, str]) -> list[str]:
    """From the newest value on: the range that holds four in five, and its middle."""
    if not data.fan or data.newest is None:
        return []
    start = (frame.x(data.newest.on), frame.y(data.newest.value))
    upper = [(frame.x(step.on), frame.y(step.high)) for step in data.fan]
    lower = [(frame.x(step.on), frame.y(step.low)) for step in data.fan]
    middle = [(frame.x(step.on), frame.y(step.middle)) for step in data.fan]
    edge = pen.points([start, *upper, *lower[::-1]])
    return [
        f'<polygon{pen.style("c-fan", styles)} points="{edge}"/>',
        f'<polyline{pen.style("c-fanline", styles)} points="{pen.points([start, *middle])}"/>',
    ]


def replaced(data: ChartData, frame: Frame, styles: dict[str, str]) -> list[str]:
    """Earlier versions of the path, each with its name at its middle."""
    parts = []
    for each in data.replaced:
        pairs = [(frame.x(on), frame.y(value)) for on, value in each.dots]
        parts.append(f'<polyline{pen.style("c-old", styles)} points="{pen.points(pairs)}"/>')
        x, y = pairs[len(pairs) // 2] if len(pairs) > 2 else _middle(pairs)
        parts.append(pen.text(x, y - 6, each.label, "c-traj-t", styles, "middle"))
    return parts


def _middle(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return (pairs[0][0] + pairs[-1][0]) / 2, (pairs[0][1] + pairs[-1][1]) / 2


def breaks(data: ChartData, frame: Frame, styles: dict[str, str]) -> list[str]:
    """An upright line on the day, with the two definitions that meet there on its sides."""
    parts = []
    bottom = frame.height - frame.bottom
    for each in data.breaks:
        x = frame.x(each.on)
        parts.append(
            f'<line{pen.style("c-break", styles)} x1="{pen.place(x)}" x2="{pen.place(x)}"'
            f' y1="{pen.place(frame.top)}" y2="{pen.place(bottom)}"/>'
        )
        y = frame.top + 10
        if x - pen.room(each.before) > frame.left:
            parts.append(pen.text(x - 6, y, each.before, "", styles, "end"))
        if x + pen.room(each.after) < frame.width - frame.right:
            parts.append(pen.text(x + 6, y, each.after, "", styles))
    return parts
