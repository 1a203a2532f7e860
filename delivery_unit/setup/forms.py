"""What is typed about the system, its calendar, its words and its first people."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.actions.settings import Settings
from accounts.calendar import LONG_NAME, NO_DAY, NO_NAME, read_days
from accounts.fields import OneOf, OnePerson, dress
from accounts.fields import day_field as _day
from accounts.models import AccountAssignment, OrgUnit, System, User
from accounts.roles import CONSULTING_ROLES, Role
from accounts.vocabulary import (
    GROUPS,
    HAVING_MANY,
    LONGEST,
    MANY,
    ROLES,
    WORDS,
    plural,
    said_lazy,
    speaking,
    word_lazy,
)
from goals.forms.settings import people
from goals.models import GoalRole
from goals.models.indicators import code_validator
from stocktakes.unit.actions.moves import Kind, Move, Order

ZONES = [
    (name, name.replace("_", " "))
    for name in sorted(available_timezones())
    if "/" in name or name == "UTC"
]
# A change of these moves due dates and days of meetings; the history says why.
RULES = ("time_zone", "fiscal_year_start", "weekend")


def weekdays(first: int = 1) -> list[tuple[int, Any]]:
    """ISO weekdays with their names, from the first day of the week on."""
    days = [(number + 1, name) for number, name in WEEKDAYS.items()]
    return days[first - 1 :] + days[: first - 1]


class SystemForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=120,
        error_messages={"required": _("Say what the organisation is called.")},
    )
    code = forms.CharField(
        label=_("Short code of the whole organisation"),
        max_length=40,
        validators=[code_validator],
        help_text=_("Files of numbers name it so, for example EVR. Parts come later."),
        error_messages={"required": _("Give the organisation a short code.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=ZONES,
        help_text=_("Days begin and meetings start by this clock."),
        error_messages={
            "required": _("Choose the time zone."),
            "invalid_choice": _("Choose a time zone from the list."),
        },
    )
    fiscal_year_start = forms.TypedChoiceField(
        label=_("The fiscal year starts in"), coerce=int, choices=list(MONTHS.items())
    )
    week_start = forms.TypedChoiceField(
        label=_("The week starts on"), coerce=int, choices=weekdays(),
        help_text=_("The order of days on calendars."),
    )  # fmt: skip
    weekend = forms.TypedMultipleChoiceField(
        label=_("Days off"),
        coerce=int,
        required=False,
        choices=weekdays(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody is reminded on these days, and they are no working days."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=100,
        required=False,
        help_text=_("Stays in the history. Asked for where days or dates move."),
    )

    def __init__(self, data: Any = None, *, system: System) -> None:
        names = ("name", "time_zone", "fiscal_year_start", "week_start", "weekend")
        initial = {name: getattr(system, name) for name in names}
        if not system.is_set_up:
            initial |= {"name": "", "weekend": [6, 7], "time_zone": ""}
        super().__init__(data, initial=initial)
        self.system = system
        if OrgUnit.objects.exists():
            del self.fields["code"]
        if not system.is_set_up:
            del self.fields["reason"]
            zone = self.fields["time_zone"]
            assert isinstance(zone, forms.ChoiceField)  # noqa: S101 - declared above
            zone.choices = [("", _("Choose the zone")), *ZONES]
        days = self.fields["weekend"]
        assert isinstance(days, forms.TypedMultipleChoiceField)  # noqa: S101 - declared above
        days.choices = weekdays(system.week_start)
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if len(typed.get("weekend", [])) == 7:
            self.add_error("weekend", _("Leave at least one day on which people work."))
        moved = [name for name in RULES if name in typed and self._moves(name, typed[name])]
        if self.system.is_set_up and moved and not typed.get("reason"):
            self.add_error("reason", _("This moves days and due dates. Say why it changes."))
        return typed

    def _moves(self, name: str, value: Any) -> bool:
        before = getattr(self.system, name)
        return sorted(before) != sorted(value) if name == "weekend" else bool(before != value)

    def settings(self) -> Settings:
        names = ("name", "time_zone", "fiscal_year_start", "week_start", "weekend")
        return Settings(**{name: self.cleaned_data[name] for name in names})


PROBLEMS = {
    NO_DAY: _("Line %s does not begin with a day like 2026-12-25."),
    NO_NAME: _("Line %s has a day and no name."),
    LONG_NAME: _("The name on line %s is longer than 80 characters."),
}


class HolidaysForm(forms.Form):
    """A list as people paste it; one wrong line stops all of it, and each says what is wrong."""

    days = forms.CharField(
        label=_("Holidays"),
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 8, "placeholder": "2026-11-26 Thanksgiving\n2026-12-25 Christmas Day"}
        ),
        help_text=_("One a line: the day as year-month-day, then its name. Paste a whole year."),
        error_messages={"required": _("Write at least one day with its name.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        dress(self)

    def clean_days(self) -> tuple[tuple[date, str], ...]:
        read = read_days(self.cleaned_data["days"])
        if read.problems:
            raise forms.ValidationError([PROBLEMS[why] % line for line, why in read.problems[:20]])
        return read.days


class TermForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Name the term.")}
    )
    first = _day(_("First day"), error_messages={"required": _("Say on which day it begins.")})
    last = _day(_("Last day"), error_messages={"required": _("Say on which day it ends.")})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("first") and typed.get("last") and typed["last"] < typed["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return typed


class WordsForm(forms.Form):
    """One field a word, and one for more than one of a role; an empty one follows our words."""

    def __init__(self, data: Any = None, *, system: System) -> None:
        super().__init__(data, initial=dict(system.words))
        with speaking({code: text for code, text in system.words.items() if code in WORDS}):
            many = {code: plural(code) for code in HAVING_MANY}
        for code, each in WORDS.items():
            self._add(code, str(each.default), str(each.default), str(each.meaning))
            if code in many:
                label = _("%s: more than one") % each.default
                self._add(f"{code}{MANY}", label, many[code], "")
        dress(self)

    def _add(self, name: str, label: str, empty: str, help_text: str) -> None:
        self.fields[name] = forms.CharField(
            label=label,
            max_length=LONGEST,
            required=False,
            help_text=help_text,
            widget=forms.TextInput(attrs={"placeholder": empty}),
        )

    def groups(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """The fields of each group in lines: those of one role in a line of their own."""
        return [(group, self._lines(group)) for group in GROUPS]

    def _lines(self, group: str) -> list[list[forms.BoundField]]:
        codes = [code for code, each in WORDS.items() if each.group == group]
        if group == ROLES:
            return [[self[code], self[f"{code}{MANY}"]] for code in codes]
        return [[self[code] for code in codes]]

    def words(self) -> dict[str, str]:
        return dict(self.cleaned_data)


class NewPersonForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Give the name.")}
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={
            "required": _("Give the work address; people sign in with it."),
            "invalid": _("Write an address like name@example.org."),
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    title = forms.CharField(
        label=_("Title of the position"),
        max_length=120,
        required=False,
        help_text=_("As it stands on the door, for example Chief Academic Officer."),
    )
    org_unit = OneOf(
        OrgUnit.objects.all(),
        label=_("Part of the organisation"),
        required=False,
        empty_label=_("Not said"),
        error_messages={"invalid_choice": _("Choose a unit from the list.")},
    )

    def __init__(self, data: Any = None, *, role: str = "") -> None:
        super().__init__(data, initial={"role": role})
        self.fields["role"].choices = Role.choices  # type: ignore[attr-defined] # in today's words
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("role") == Role.LOCAL_LEADER and not typed.get("org_unit"):
            self.add_error("org_unit", _("Say which part of the organisation is led."))
        return typed

    def typed(self, on: date) -> dict[str, Any]:
        """Full time, from that day on; the page of the person says more."""
        rest = {"valid_from": on, "reports_to": None, "home_unit": None, "fte_percent": 100}
        return {**self.cleaned_data, **rest}


class AccountForm(forms.Form):
    """Which consultant looks after which goal leader who has none yet."""

    goal_leader = OnePerson(
        User.objects.none(),
        label=word_lazy("goal_leader"),
        empty_label=said_lazy(_("Choose %(a_goal_leader)s")),
        error_messages={
            "required": said_lazy(_("Choose %(a_goal_leader)s.")),
            "invalid_choice": said_lazy(
                _("Choose %(a_goal_leader)s who has no %(consultant)s yet.")
            ),
        },
    )
    consultant = OnePerson(
        User.objects.none(),
        label=said_lazy(_("%(consultant)s")),
        empty_label=said_lazy(_("Choose %(a_consultant)s")),
        error_messages={"required": said_lazy(_("Choose %(a_consultant)s."))},
    )

    mitigation = forms.CharField(
        label=_("How is it met that they are not independent of each other?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands beside the assignment for the whole Unit."),
        error_messages={"required": _("Write how it is met.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        on = timezone.localdate()
        leading = GoalRole.objects.current(on).filter(role="leader").values("person")
        kept = AccountAssignment.objects.filter(kind="primary").overlapping(on, None)
        leaders = people(on).filter(pk__in=leading).exclude(pk__in=kept.values("goal_leader"))
        self.fields["goal_leader"].queryset = leaders  # type: ignore[attr-defined]
        self.fields["consultant"].queryset = (  # type: ignore[attr-defined]
            User.objects.with_title(on).holding(CONSULTING_ROLES, on)
        )
        dress(self)
        self._how_it_is_met = self.fields["mitigation"]
        if "mitigation" not in self.data:
            del self.fields["mitigation"]

    def ask_how_it_is_met(self, why: str) -> None:
        """The field is there from the moment that an answer is needed."""
        self.fields["mitigation"] = self._how_it_is_met
        self.add_error("mitigation", why)

    def order(self, on: date) -> Order:
        typed = self.cleaned_data
        leader, consultant = typed["goal_leader"], typed["consultant"]
        return Order(
            starts_on=on,
            moves=(Move(Kind.ACCOUNT, leader, consultant),),
            reason=str(_("Given in the first steps.")),
            mitigations={f"{consultant.pk}_{leader.pk}": typed.get("mitigation", "")},
        )
