"""The table and the chart of a measure."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from goals import wording
from goals.chart_data import Break, ChartData, FanStep, Labels, Line, Replaced
from goals.comparing import are_near, compare, dots_of, drawn_path, path_dots
from goals.definitions import breaks_between
from goals.fields import Exact
from goals.models import Observation

if TYPE_CHECKING:
    from goals.measures import Measure

SEEN_ROWS, AHEAD_ROWS = 20, 4  # lines of a table that stands beside a chart
MOST_REPLACED = 3  # lines that are no longer in force


@dataclass(frozen=True)
class Row:
    """A line of the table beside the chart: what was, what was expected, and the gap."""

    on: date
    observation: Observation | None
    expected: Exact | None
    variance: Exact | None
    scale: wording.Scale
    is_baseline: bool = False
    is_target: bool = False
    is_newest: bool = False
    is_comparable: bool = True  # with the newest value

    @property
    def is_provisional(self) -> bool:
        row = self.observation
        return row is not None and row.number is not None and not row.is_final

    @property
    def actual_words(self) -> str:
        number = self.observation.number if self.observation else None
        return wording.NONE if number is None else wording.number(number, self.scale)

    @property
    def expected_words(self) -> str:
        return wording.NONE if self.expected is None else wording.number(self.expected, self.scale)

    @property
    def gap_words(self) -> str:
        if self.observation is None:
            return _("target") if self.is_target else wording.NONE
        if not self.is_comparable:
            return _("not comparable")
        return _("baseline") if self.is_baseline else self._gap

    @property
    def _gap(self) -> str:
        return wording.gap(self.variance, self.scale) or wording.NONE

    @property
    def status_words(self) -> str:
        """The status of the value, or why there is none."""
        row = self.observation
        if row is None:
            return wording.NONE
        if row.number is None and row.missing_reason:
            return str(row.get_missing_reason_display())
        return str(row.get_status_display())


def table(made: "Measure") -> list[Row]:
    """Every period with a row, then what the path still asks for."""
    path, newest = made.path, made.observation
    lines = [_line(made, row) for row in made.rows]
    if path is None:
        return lines
    last_seen = newest.period_end if newest else date.min
    ahead = {point.on: point.value for point in path.bends() if point.on > last_seen}
    seen = {line.on for line in lines}
    return lines + [
        Row(on, None, value, None, made.scale, is_target=on == path.last.on)
        for on, value in sorted(ahead.items())
        if on not in seen
    ]


def shortened(lines: list[Row]) -> list[Row]:
    """The newest periods, the next steps of the path, and its end."""
    seen = [line for line in lines if line.observation is not None]
    ahead = [line for line in lines if line.observation is None]
    if len(ahead) > AHEAD_ROWS:
        ahead = [*ahead[: AHEAD_ROWS - 1], ahead[-1]]
    return [*seen[-SEEN_ROWS:], *ahead]


def _line(made: "Measure", row: Observation) -> Row:
    path, newest = made.path, made.observation
    is_newest = newest is not None and row.pk == newest.pk
    near = newest is None or are_near(row, newest, made.definitions)
    start = path.start_on if path else None
    if path is None or not near or (start and row.period_end < start):
        return Row(
            row.period_end, row, None, None, made.scale, is_newest=is_newest, is_comparable=near
        )
    outcome = made.comparison if is_newest else compare(row, made.trajectory)
    return Row(
        row.period_end,
        row,
        path.expected(row.period_end),
        outcome.variance if outcome else None,
        made.scale,
        is_baseline=not path.is_hold and row.period_end == start,
        is_target=row.period_end == path.last.on,
        is_newest=is_newest,
    )


def chart(made: "Measure") -> ChartData:
    """What the chart shows, with its words."""
    path, newest = made.path, made.observation
    outcome = made.comparison
    expected = None
    if path and newest and outcome and outcome.variance is not None:
        expected = path.expected(newest.period_end)
    return ChartData(
        labels=_labels(made, expected),
        actual=tuple(dots_of(made.rows, made.indicator, made.definitions)),
        line=_path_line(made),
        target=(path.last.on, path.last.value) if path else None,
        baseline=(path.first.on, path.first.value) if path and path.first else None,
        expected=expected,
        decimals=made.indicator.decimals,
        fan=_fan(made),
        breaks=_breaks(made),
        replaced=_replaced(made),
    )


def _fan(made: "Measure") -> tuple[FanStep, ...]:
    """The projection, until the path ends."""
    end = made.path.last.on if made.path else date.max
    return tuple(
        FanStep(fan.on, fan.low, fan.middle, fan.high)
        for fan in made.projection.fans
        if fan.on <= end
    )


def _breaks(made: "Measure") -> tuple[Break, ...]:
    """Where two values that follow one another are of definitions that do not compare."""
    values = [row for row in made.rows if row.number is not None]
    found = []
    for before, after in pairwise(values):
        numbers = [row.definition_number(made.definitions) for row in (before, after)]
        if blocked_by := breaks_between(made.definitions, *numbers):
            since = next(d.valid_from for d in made.definitions if d.number == blocked_by[-1])
            is_between = since and before.period_end < since <= after.period_end
            on = since if since and is_between else after.period_start
            found.append(Break(on, *(_("Definition %s") % number for number in numbers)))
    return tuple(found)


def _replaced(made: "Measure") -> tuple[Replaced, ...]:
    """The versions before the one in force, as far as they led elsewhere: the newest few."""
    now = path_dots(made.path, made.on)
    found = []
    for each in made.replaced:
        dots = path_dots(drawn_path(each), made.on)
        if dots and dots != now:
            found.append(Replaced(_("Version %s") % each.version, dots))
    return tuple(found[-MOST_REPLACED:])


def _fan_words(made: "Measure") -> str:
    """The range of the last step that is drawn."""
    fan = _fan(made)
    if not fan:
        return ""
    return _("%(low)s to %(high)s") % {
        "low": wording.number(fan[-1].low, made.scale),
        "high": wording.level(fan[-1].high, made.scale),
    }


def _path_line(made: "Measure") -> Line | None:
    path = made.path
    if path is None:
        return None
    tolerance = made.comparison.tolerance if made.comparison else None
    return Line(path_dots(path, made.on), tolerance)


def _labels(made: "Measure", expected: Exact | None) -> Labels:
    words, scale, path = made.words, made.scale, made.path
    baseline = ""
    if path and path.first:
        baseline = _("Baseline %s") % wording.level(path.first.value, scale)
    return Labels(
        title=_("%s against its trajectory") % made.indicator.name,
        latest=words.latest if made.observation else "",
        latest_note=words.variance or words.status,
        expected=_("%s expected") % wording.level(expected, scale) if expected is not None else "",
        target=_("Target %s") % words.target if words.target else "",
        target_note=words.target_on,
        baseline=baseline,
        old=_("Not comparable"),
        fan=_fan_words(made),
        fan_note=_("projected range"),
        unit="%" if scale.unit == "percent" else "",
    )
