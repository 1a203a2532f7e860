"""The path that a goal team types: where it starts, where it leads, and the shape between."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from goals import wording
from goals.actions.trajectories import Draft
from goals.comparing import scale_of
from goals.fields import Exact, ExactNumberFormField
from goals.models import Indicator, Observation, Series, Trajectory

Method = Trajectory.Method
METHODS = [(each.value, each.label) for each in (Method.LINEAR, Method.CUSTOM, Method.HOLD)]
POINT_ROWS = 6
LONGEST_YEARS = 50
DAY_BY_DAY = {Indicator.Frequency.DAILY, Indicator.Frequency.WEEKLY}


class BaselineField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        level = wording.level(obj.value, scale_of(obj.series.indicator))
        return f"{date_format(obj.period_end, 'j M Y')}: {level}, {obj.get_status_display()}"


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the date as year-month-day, for example 2028-06-30.")},
        **options,
    )


class TrajectoryForm(forms.Form):
    baseline = BaselineField(
        label=_("Baseline"),
        queryset=Observation.objects.none(),
        empty_label=_("Choose a value"),
        help_text=_("The dated value that the path starts from."),
    )
    level = ExactNumberFormField(label=_("Target"))
    due_on = _day(_("Reached by"), help_text=_("The end of the period that must show it."))
    method = forms.ChoiceField(label=_("Shape of the path"), choices=METHODS, initial=Method.LINEAR)
    tolerance = ExactNumberFormField(
        label=_("Tolerance"),
        required=False,
        help_text=_("How far behind still counts as on the path. Empty: 5% of the change."),
    )
    assumptions = forms.CharField(
        label=_("Assumptions"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=_("Reason for this version"),
        max_length=300,
        error_messages={"required": _("Say why this version is needed.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = series
        if not series.trajectories.exists():
            self.fields["reason"].initial = _("The first one.")
        self._offer_baselines(series)
        self._add_point_fields()
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def _offer_baselines(self, series: Series) -> None:
        values = series.observations.current().reported().order_by("-period_end")
        field = self.fields["baseline"]
        field.queryset = values.select_related("series__indicator")  # type: ignore[attr-defined]

    def _add_point_fields(self) -> None:
        for number in range(1, POINT_ROWS + 1):
            on = _day(_("Date of point %s") % number, required=False)
            value = ExactNumberFormField(label=_("Value of point %s") % number, required=False)
            on.widget.attrs["aria-label"] = on.label
            value.widget.attrs["aria-label"] = value.label
            self.fields[f"point_{number}_on"], self.fields[f"point_{number}_value"] = on, value

    @property
    def point_rows(self) -> list[tuple[Any, Any]]:
        return [
            (self[f"point_{number}_on"], self[f"point_{number}_value"])
            for number in range(1, POINT_ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_due(cleaned)
        self._check_bounds(cleaned)
        if cleaned.get("tolerance") is not None and cleaned["tolerance"] < 0:
            self.add_error("tolerance", _("A tolerance is zero or more."))
        self._check_points(cleaned)
        return cleaned

    def _check_due(self, cleaned: Mapping[str, Any]) -> None:
        baseline, due_on = cleaned.get("baseline"), cleaned.get("due_on")
        if not baseline or not due_on:
            return
        if due_on <= baseline.period_end:
            self.add_error("due_on", _("The target must lie after the baseline."))
        elif due_on.year > baseline.period_end.year + LONGEST_YEARS:
            self.add_error("due_on", _("The target must lie within fifty years of the baseline."))

    def _check_bounds(self, cleaned: Mapping[str, Any]) -> None:
        indicator = self.series.indicator
        for name in ("level", *(f"point_{n}_value" for n in range(1, POINT_ROWS + 1))):
            value = cleaned.get(name)
            if value is None:
                continue
            below = indicator.minimum is not None and value < indicator.minimum
            above = indicator.maximum is not None and value > indicator.maximum
            if below or above:
                self.add_error(name, _("This indicator cannot have such a value."))

    def _check_points(self, cleaned: Mapping[str, Any]) -> None:
        """Points come in pairs, in order, between baseline and target."""
        baseline, due_on = cleaned.get("baseline"), cleaned.get("due_on")
        last = baseline.period_end if baseline else None
        for number in range(1, POINT_ROWS + 1):
            on = cleaned.get(f"point_{number}_on")
            value = cleaned.get(f"point_{number}_value")
            if (on is None) != (value is None):
                missing = "value" if value is None else "on"
                if f"point_{number}_{missing}" not in self.errors:
                    self.add_error(
                        f"point_{number}_{missing}", _("A point needs both a date and a value.")
                    )
            if on is None:
                continue
            if last and on <= last:
                self.add_error(f"point_{number}_on", _("Each point lies after the one before it."))
            if due_on and on >= due_on:
                self.add_error(f"point_{number}_on", _("Points lie before the target date."))
            last = on
        self._check_shape(cleaned)

    def _check_shape(self, cleaned: Mapping[str, Any]) -> None:
        """Points belong to one shape; typed for another they would be lost without a word."""
        method, points = cleaned.get("method"), self._points(cleaned)
        if method == Method.CUSTOM and not points:
            self.add_error("point_1_on", _("Type at least one point between baseline and target."))
        if method and method != Method.CUSTOM and points:
            self.add_error(
                "method",
                _("Points are typed below. Choose the path through them, or empty the points."),
            )

    @staticmethod
    def _points(cleaned: Mapping[str, Any]) -> list[tuple[date, Exact]]:
        pairs = (
            (cleaned.get(f"point_{number}_on"), cleaned.get(f"point_{number}_value"))
            for number in range(1, POINT_ROWS + 1)
        )
        return [(on, value) for on, value in pairs if on is not None and value is not None]

    def draft(self) -> Draft:
        """What was typed, for the action. A path through points starts and ends on its ends."""
        cleaned = self.cleaned_data
        baseline: Observation = cleaned["baseline"]
        assert baseline.value is not None  # noqa: S101 - only reported values are offered
        points: list[tuple[date, Exact]] = []
        if cleaned["method"] == Method.CUSTOM:
            points = [
                (baseline.period_end, baseline.value),
                *self._points(cleaned),
                (cleaned["due_on"], cleaned["level"]),
            ]
        is_daily = self.series.indicator.frequency in DAY_BY_DAY
        return Draft(
            baseline=baseline,
            due_on=cleaned["due_on"],
            level=cleaned["level"],
            method=cleaned["method"],
            points=points,
            tolerance=cleaned["tolerance"],
            start_on=baseline.period_end if cleaned["method"] == Method.HOLD else None,
            assumptions=cleaned["assumptions"],
            reason=cleaned["reason"],
            extra={"time_axis": Trajectory.Axis.DAYS} if is_daily else {},
        )
