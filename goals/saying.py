"""What a measure holds, in words: one property for each place on a page."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from goals import explaining, outlook_words, wording

if TYPE_CHECKING:
    from goals.measures import Measure, Shown


class Words:
    """The words of a measure that every list shows."""

    def __init__(self, measure: "Shown") -> None:
        self._measure = measure
        self._scale = measure.scale

    @property
    def latest(self) -> str:
        return wording.level(self._measure.value, self._scale)

    @property
    def latest_on(self) -> str:
        return wording.day(self._measure.on) if self._measure.on else ""

    @property
    def status(self) -> str:
        row = self._measure.observation
        return str(row.get_status_display()) if row else ""

    @property
    def target(self) -> str:
        target = self._measure.target
        return wording.level(target.level, self._scale) if target else ""

    @property
    def target_on(self) -> str:
        target = self._measure.target
        return wording.day(target.due_on) if target else ""

    @property
    def unit(self) -> str:
        return wording.unit_word(self._scale) or str(self._measure.indicator.get_unit_display())

    @property
    def days_to_target(self) -> str:
        measure = self._measure
        if measure.target is None:
            return ""
        return str(max((measure.target.due_on - measure.read_on).days, 0))

    @property
    def expected(self) -> str:
        """What the path asked for at the value's own date; a range has no such level."""
        outcome = self._measure.comparison
        if outcome is None or outcome.expected is None or self._scale.direction == "range":
            return ""
        return wording.level(outcome.expected, self._scale)

    @property
    def variance(self) -> str:
        outcome = self._measure.comparison
        return wording.gap(outcome.variance, self._scale) if outcome else ""

    @property
    def variance_at(self) -> str:
        outcome, on = self._measure.comparison, self._measure.on
        return wording.gap_at(outcome.variance, on, self._scale) if outcome and on else ""

    @property
    def tolerance(self) -> str:
        outcome = self._measure.comparison
        if outcome is None or outcome.tolerance is None:
            return ""
        return wording.difference(outcome.tolerance, self._scale)

    @property
    def share(self) -> str:
        """How much of the planned change the gap is: 12%."""
        outcome = self._measure.comparison
        return wording.percent(outcome.share) if outcome and outcome.share is not None else ""

    @property
    def band(self) -> str:
        """The computed band, or why there is none. Never a rating."""
        outcome = self._measure.comparison
        if outcome is None:
            return wording.no_band("no_observation")
        return wording.band(outcome.band) or wording.no_band(outcome.reason)

    @property
    def why_no_band(self) -> str:
        outcome = self._measure.comparison
        return "" if outcome is None else wording.why_no_band(outcome.reason)

    @property
    def forecast(self) -> str:
        """Whether the recent pace is enough: a pace check, no prophecy."""
        return outlook_words.forecast(self._measure.outlook, self._scale)

    @property
    def forecast_note(self) -> str:
        measure = self._measure
        due = measure.target.due_on if measure.target else None
        return outlook_words.forecast_note(measure.outlook, self._scale, due)

    @property
    def movement(self) -> str:
        return wording.movement(self._measure.gain, self._scale)

    @property
    def movement_on(self) -> str:
        before = self._measure.previous
        return wording.day(before.period_end) if before and self.movement else ""

    @property
    def movement_since(self) -> str:
        before = self._measure.previous
        if before is None:
            return ""
        return wording.movement_since(self._measure.gain, before.period_end, self._scale)

    @property
    def age(self) -> str:
        return wording.age(self._measure.age)

    @property
    def late(self) -> str:
        return wording.late(self._measure.age)

    @property
    def next_due(self) -> str:
        return wording.next_due(self._measure.age)

    @property
    def on_track(self) -> str:
        measure = self._measure
        return wording.on_track(measure.comparison, measure.on, self._scale)

    @property
    def sentence(self) -> str:
        measure = self._measure
        return wording.progress(
            name=measure.indicator.name,
            value=measure.value,
            on=measure.on,
            scale=self._scale,
            comparison=measure.comparison,
        )


class PageWords(Words):
    """The words of a measure that was read whole, with its path."""

    def __init__(self, measure: "Measure") -> None:
        super().__init__(measure)
        self._measure: Measure = measure

    @property
    def baseline(self) -> str:
        target = self._measure.target
        return wording.level(target.baseline_value, self._scale) if target else ""

    @property
    def baseline_status(self) -> str:
        target = self._measure.target
        row = target.baseline_observation if target else None
        return str(row.get_status_display()) if row else ""

    @property
    def planned_change(self) -> str:
        path = self._measure.path
        if path is None or not path.movement:
            return ""
        return wording.difference(path.movement, self._scale)

    @property
    def result(self) -> str:
        found = self._measure.result
        return explaining.result(found.result) if found else ""

    @property
    def worked_out(self) -> list[str]:
        """How the comparison came about, with every number."""
        measure, path = self._measure, self._measure.path
        if measure.comparison is None or measure.value is None or measure.on is None:
            return [wording.why_no_band("no_observation")]
        if measure.trajectory is None or path is None:
            return [wording.why_no_band(measure.comparison.reason)]
        first = path.first or path.last
        return wording.worked_out(
            wording.Working(
                value=measure.value,
                on=measure.on,
                scale=self._scale,
                comparison=measure.comparison,
                version=measure.trajectory.version,
                approved_on=measure.trajectory.approved_on,
                baseline=(first.on, first.value),
                target=(path.last.on, path.last.value),
                is_hold=path.is_hold,
            )
        )

    @property
    def source_line(self) -> str:
        """Where the number is from, and which path it is held against."""
        measure = self._measure
        newest, path = measure.observation, measure.trajectory
        parts = []
        if source := (newest.source if newest else "") or measure.indicator.source:
            parts.append(_("Source: %s.") % source.rstrip("."))
        if path:
            parts.append(self._path_line)
        return " ".join(parts)

    @property
    def _path_line(self) -> str:
        path = self._measure.trajectory
        if path is None or path.approved_on is None:
            return ""
        line = _("Trajectory version %(version)s, approved %(day)s") % {
            "version": path.version,
            "day": wording.day(path.approved_on),
        }
        if self.tolerance:
            line += _("; the band shows the tolerance of %s") % self.tolerance
        return line + "."
