"""What is typed about goals, areas, aspirations and indicators on their own pages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext_lazy as _

from accounts.fields import OneOf, OnePerson, day_field, dress
from accounts.models import OrgUnit, User
from accounts.roles import Role
from goals.models import Aspiration, ContentArea, DefinitionVersion, Goal, GoalIndicator, Indicator

# A change of these decides anew how every value of the indicator is judged.
JUDGING = (
    "unit",
    "scale",
    "decimals",
    "direction",
    "range_low",
    "range_high",
    "noise",
    "frequency",
)
CHOOSE_PERSON = _("Choose a person from the list.")


def people(on: Any) -> QuerySet[User]:
    found: QuerySet[User] = User.objects.with_title(on).filter(is_active=True)
    return found


def choose_person(label: Any, *, on: Any, required: bool = True, help_text: Any = "") -> OnePerson:
    return OnePerson(
        people(on),
        label=label,
        required=required,
        help_text=help_text,
        empty_label=_("Choose a person") if required else _("Nobody yet"),
        error_messages={"required": _("Choose a person."), "invalid_choice": CHOOSE_PERSON},
    )


class AspirationForm(forms.ModelForm):
    horizon_on = day_field(_("To be true by"), required=False)
    approved_on = day_field(_("Voted on"), required=False)

    class Meta:
        model = Aspiration
        fields = ("statement", "why", "horizon_on", "approved_by_text", "approved_on", "is_current")
        widgets: ClassVar[dict[str, Any]] = {
            "statement": forms.Textarea(attrs={"rows": 2}),
            "why": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class AreaForm(forms.ModelForm):
    class Meta:
        model = ContentArea
        fields = ("code", "name", "chief", "rank")

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chief"] = choose_person(_("Chief"), on=on, required=False)
        dress(self)


class GoalForm(forms.ModelForm):
    """A goal; a new one with its leader, who is changed on the page of the goal from then on."""

    area = OneOf(
        ContentArea.objects.all(),
        label=_("Content area"),
        required=False,
        empty_label=_("A new one, named below"),
        error_messages={"invalid_choice": _("Choose an area from the list.")},
    )
    new_area = forms.CharField(
        label=_("New content area"),
        max_length=120,
        required=False,
        help_text=_("A field of work that groups goals, for example “Literacy”."),
    )

    class Meta:
        model = Goal
        fields = (
            "title", "code", "aim", "area", "new_area", "aspiration", "state", "rank",
            "is_for_board", "is_confidential",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"aim": forms.Textarea(attrs={"rows": 2})}
        error_messages: ClassVar[dict[str, Any]] = {
            "title": {"required": _("Say in plain words what is to be reached.")},
            "code": {"required": _("Give a short code, for example L1.")},
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "code": _("Short, for tables and addresses: L1."),
            "is_confidential": _(
                "Only its own people and the heads of Unit and organisation see it; you may not."
            ),
        }

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["leader"] = choose_person(
                _("Leader"), on=on, required=False, help_text=_("One named person answers for it.")
            )
        else:
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), max_length=100, required=False,
                help_text=_("Stays in the history of the goal."),
            )  # fmt: skip
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not typed.get("area") and not typed.get("new_area") and "area" not in self.errors:
            self.add_error("area", _("Choose a content area, or name a new one."))
        return typed

    def _get_validation_exclusions(self) -> set[str]:
        """The area may be one that the action makes; everything else is checked as it stands."""
        return {*super()._get_validation_exclusions(), "area"}  # type: ignore[misc]

    def values(self) -> dict[str, Any]:
        mine = {"new_area", "leader", "reason"}
        typed = {name: value for name, value in self.cleaned_data.items() if name not in mine}
        if typed["area"] is None:
            del typed["area"]
        return typed


class FirstGoalForm(GoalForm):
    """The few fields that a beginning needs; the others follow on the page of the goal."""

    KEPT = ("title", "code", "aim", "area", "new_area", "leader")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in self.KEPT}
        self._put_goal_leaders_first(kwargs["on"])

    def _put_goal_leaders_first(self, on: Any) -> None:
        """Of many people they are the ones who are looked for."""
        field = self.fields["leader"]
        assert isinstance(field, OnePerson)  # noqa: S101 - declared above
        leaders = User.objects.holding(frozenset({Role.GOAL_LEADER}), on).values("pk")
        is_leader = Case(When(pk__in=leaders, then=0), default=1)
        field.queryset = people(on).order_by(is_leader, "name")


class IndicatorForm(forms.ModelForm):
    """An indicator; a new one with its definition and who keeps its numbers."""

    definition = forms.CharField(
        label=_("Definition"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who is counted, out of whom, on which day."),
    )
    first_expected_period_end = day_field(
        _("First period ends"), required=False, help_text=_("For one that has no numbers yet.")
    )

    class Meta:
        model = Indicator
        fields = (
            "name", "code", "description", "unit", "unit_label", "scale", "decimals", "direction",
            "range_low", "range_high", "minimum", "maximum", "frequency", "publication_lag_days",
            "grace_days", "first_expected_period_end", "is_seasonal", "noise", "aggregation",
            "source", "licence",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"description": forms.Textarea(attrs={"rows": 2})}
        error_messages: ClassVar[dict[str, Any]] = {
            "name": {"required": _("Say what is counted, for example “Graduation rate”.")},
            "code": {"required": _("Give a short code, for example grad-rate.")},
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "code": _("As files name it, for example grad-rate. It does not change later."),
            "range_low": _("Only where a range is best."),
        }

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["steward"] = choose_person(
                _("Steward"), on=on, required=False, help_text=_("May enter its numbers.")
            )
        else:
            del self.fields["definition"]
            self.fields["code"].disabled = True
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), max_length=100, required=False,
                help_text=_("Stays in the history. Asked for where values are judged anew."),
            )  # fmt: skip
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        self._check_range(typed)
        if self.instance.pk and not typed.get("reason") and self._judges_anew():
            self.add_error(
                "reason",
                _("This changes how values that are here are judged. Say why."),
            )
        return typed

    def _judges_anew(self) -> bool:
        changed = set(self.changed_data) & set(JUDGING)
        return bool(changed) and self.instance.series.filter(observations__isnull=False).exists()

    def _check_range(self, typed: Mapping[str, Any]) -> None:
        low, high = typed.get("range_low"), typed.get("range_high")
        if typed.get("direction") == Indicator.Direction.RANGE and (low is None or high is None):
            self.add_error("range_low", _("Give both ends of the range."))
        for first, last in (("range_low", "range_high"), ("minimum", "maximum")):
            one, other = typed.get(first), typed.get(last)
            if one is not None and other is not None and one >= other:
                self.add_error(first, _("The lower end lies below the upper one."))

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class FirstMeasureForm(IndicatorForm):
    """The goal indicator of a goal that has none: the few fields that a beginning needs."""

    KEPT = (
        "goal", "name", "code", "unit", "unit_label", "decimals", "direction", "range_low",
        "range_high", "frequency", "publication_lag_days", "definition", "source", "steward",
    )  # fmt: skip

    def __init__(self, *args: Any, on: Any, goals: QuerySet[Goal], **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        self.fields["goal"] = OneOf(
            goals,
            label=_("Goal"),
            empty_label=_("Choose a goal"),
            error_messages={
                "required": _("Choose the goal that it measures."),
                "invalid_choice": _("Choose a goal from the list."),
            },
        )
        self.fields = {name: self.fields[name] for name in self.KEPT}
        dress(self)

    def values(self) -> dict[str, Any]:
        """Shares are of a hundred, all other numbers of one."""
        typed = {name: self.cleaned_data[name] for name in self.KEPT if name in self.Meta.fields}
        return {**typed, "scale": 100 if typed["unit"] == Indicator.Unit.PERCENT else 1}


class DefinitionForm(forms.ModelForm):
    valid_from = day_field(
        _("Holds from"), error_messages={"required": _("Say from which day it holds.")}
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, error_messages={"required": _("Say why it changes.")}
    )

    class Meta:
        model = DefinitionVersion
        fields = ("text", "valid_from", "is_comparable", "reason")
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 2})}
        help_texts: ClassVar[dict[str, Any]] = {
            "is_comparable": _("If not, no value is compared across that day.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class PersonForm(forms.Form):
    """One person for one right: leads, works on the team, keeps numbers."""

    def __init__(self, data: Any = None, *, label: Any, on: Any, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["person"] = choose_person(label, on=on)
        dress(self)


class MeasureForm(forms.Form):
    """What a goal is measured by."""

    indicator = OneOf(
        Indicator.objects.none(),
        label=_("Indicator"),
        empty_label=_("Choose an indicator"),
        error_messages={"required": _("Choose an indicator.")},
    )
    org_unit = OneOf(
        OrgUnit.objects.all(),
        label=_("For"),
        empty_label=_("Choose a unit"),
        error_messages={"required": _("Choose the part of the organisation that it is about.")},
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=GoalIndicator.Kind.choices)

    def __init__(self, data: Any = None, *, indicators: QuerySet[Indicator]) -> None:
        super().__init__(data, prefix="measure")
        self.fields["indicator"].queryset = indicators  # type: ignore[attr-defined]
        dress(self)
