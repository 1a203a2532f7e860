"""A few values typed by hand; what is right about them the dry run says, as of any file."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.fields import OneOf, day_field, dress
from goals.data_age import Frequency
from goals.importing.typed import About, TypedValue, as_file
from goals.models import Observation, Series

ROWS = 6
EARLIEST, LATEST = 1900, 2100


class SeriesChoice(OneOf):
    def label_from_instance(self, obj: Any) -> str:
        parts = [obj.indicator.name, obj.org_unit.name]
        return ", ".join(parts if obj.subgroup.code == "all" else [*parts, obj.subgroup.name])


class ValuesForm(forms.Form):
    series = SeriesChoice(
        Series.objects.none(),
        label=_("Number"),
        empty_label=_("Choose what the values are of"),
        error_messages={
            "required": _("Choose what the values are of."),
            "invalid_choice": _("Choose a number from the list."),
        },
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("Where the values were published. Empty: the source of the indicator."),
    )

    def __init__(self, data: Any = None, *, series: QuerySet[Series], chosen: Any = None) -> None:
        super().__init__(data, initial={"series": chosen})
        self.fields["series"].queryset = series  # type: ignore[attr-defined]
        for number in range(1, ROWS + 1):
            self._add_row(number)
        dress(self)

    def _add_row(self, number: int) -> None:
        on = day_field(_("End of period %s") % number, required=False)
        value = forms.CharField(label=_("Value %s") % number, max_length=60, required=False)
        status = forms.ChoiceField(
            label=_("Status %s") % number,
            choices=Observation.Status.choices[:3],
            initial=Observation.Status.FINAL,
            required=False,
        )
        for name, field in (("on", on), ("value", value), ("status", status)):
            field.widget.attrs["aria-label"] = field.label
            self.fields[f"{name}_{number}"] = field

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [
            (self[f"on_{number}"], self[f"value_{number}"], self[f"status_{number}"])
            for number in range(1, ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for number in range(1, ROWS + 1):
            self._check_row(typed, number)
        if not self.errors and not self.values():
            self.add_error("value_1", _("Type at least one value with the end of its period."))
        return typed

    def _check_row(self, typed: Mapping[str, Any], number: int) -> None:
        on, value = typed.get(f"on_{number}"), typed.get(f"value_{number}")
        if on is not None and not EARLIEST <= on.year <= LATEST:
            self.add_error(f"on_{number}", _("Choose a day between 1900 and 2100."))
        if value and on is None and f"on_{number}" not in self.errors:
            self.add_error(f"on_{number}", _("Say on which day the period of this value ends."))
        if on is not None and not value:
            self.add_error(f"value_{number}", _("Type the value, or empty the day beside it."))

    def values(self) -> list[TypedValue]:
        typed = self.cleaned_data
        return [
            TypedValue(
                typed[f"on_{number}"],
                typed[f"value_{number}"],
                typed[f"status_{number}"] or Observation.Status.FINAL,
            )
            for number in range(1, ROWS + 1)
            if typed.get(f"value_{number}")
        ]

    def file(self) -> bytes:
        series: Series = self.cleaned_data["series"]
        about = About(
            indicator=series.indicator.code,
            org_unit=series.org_unit.code,
            subgroup=series.subgroup.code,
            frequency=Frequency(series.indicator.frequency),
            source=self.cleaned_data["source"] or series.indicator.source,
        )
        return as_file(about, self.values())
