"""Forms of stocktakes and packs. They check what was typed; actions write it."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import GRANTS, Permission
from goals.models import Goal
from stocktakes.actions.stocktakes import Plan
from stocktakes.models import Stocktake, StocktakeGoal

CHAIRING = frozenset(
    role for role, granted in GRANTS.items() if Permission.CHAIR_STOCKTAKES in granted
)
LOCAL = "%Y-%m-%dT%H:%M"
LONGEST_ID = 18


class Choices(forms.ModelMultipleChoiceField):
    """Several rows by their id; what is too long for one is none of them, on every database."""

    def clean(self, value: Any) -> Any:
        if any(len(str(each)) > LONGEST_ID for each in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return super().clean(value)


class GoalChoice(Choices):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.title}"


class PersonChoice(Choices):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.title}" if obj.title else obj.name


class StocktakeForm(forms.Form):
    """When, where, who and about what. A goal that one may not see cannot be chosen."""

    title = forms.CharField(
        label=_("Title"), max_length=120, error_messages={"required": _("Give it a title.")}
    )
    starts_at = forms.DateTimeField(
        label=_("Starts"),
        input_formats=[LOCAL, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"}),
        help_text=_("In the time zone of the system."),
        error_messages={
            "required": _("Say when it starts."),
            "invalid": _("Write day and time like 2026-07-28 10:00."),
        },
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=5, max_value=480, initial=45,
        help_text=_("45 to 60 is usual: short, and about one or two problems."),
    )  # fmt: skip
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    chair = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Chair"),
        empty_label=None,
        error_messages={"invalid_choice": _("Choose somebody who may chair a stocktake.")},
    )
    goals = GoalChoice(
        Goal.objects.none(),
        label=_("Goals on the agenda"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("Choose goals from the list."),
            "invalid_pk_value": _("Choose goals from the list."),
        },
    )
    attendees = PersonChoice(
        User.objects.none(),
        label=_("Attending"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Keep it small. Whoever attends reads the whole pack, confidential goals too."),
        error_messages={
            "invalid_choice": _("Choose people from the list."),
            "invalid_pk_value": _("Choose people from the list."),
        },
    )

    def __init__(self, data: Any = None, *, user: User, stocktake: Stocktake | None = None) -> None:
        super().__init__(data, initial=_initial(stocktake))
        on = user.access.on
        chairs, goals = Q(pk__in=User.objects.holding(CHAIRING, on)), Q(state__in=Goal.LIVE)
        people = Q(is_active=True)
        if stocktake is not None:
            chairs |= Q(pk=stocktake.chair_id)
            goals |= Q(agenda_items__stocktake=stocktake)
            people |= Q(stocktakes_attended__stocktake=stocktake)
        self._offer("chair", User.objects.filter(chairs))
        visible = Goal.objects.visible_to(user).filter(goals).distinct()
        self._offer("goals", visible.select_related("area"))
        self._offer("attendees", User.objects.with_title(on).filter(people).distinct())
        for name in ("title", "starts_at", "minutes", "place"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["chair"].widget.attrs["class"] = "form-select"

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = rows

    def clean_starts_at(self) -> datetime:
        moment: datetime = self.cleaned_data["starts_at"]
        if not 2000 <= moment.year <= 2100:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return moment

    def plan(self) -> Plan:
        typed = self.cleaned_data
        return Plan(
            **{**typed, "attendees": list(typed["attendees"]), "goals": list(typed["goals"])}
        )


def _initial(stocktake: Stocktake | None) -> dict[str, Any]:
    if stocktake is None:
        return {}
    return {
        "title": stocktake.title,
        "starts_at": stocktake.starts_at,
        "minutes": stocktake.minutes,
        "place": stocktake.place,
        "chair": stocktake.chair_id,
        "goals": [item.goal_id for item in stocktake.agenda.all()],
        "attendees": [row.person_id for row in stocktake.attendees.all()],
    }


class AgendaForm(forms.Form):
    """What the Unit says about one goal, and what the meeting should settle."""

    summary = forms.CharField(
        label=_("Answer in one sentence or two"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_(
            "The first thing the chair reads. Empty: the sentence that the numbers make stands there."
        ),
    )
    question_1 = forms.CharField(label=_("First question"), max_length=200, required=False)
    question_2 = forms.CharField(label=_("Second question"), max_length=200, required=False)
    question_3 = forms.CharField(label=_("Third question"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, item: StocktakeGoal) -> None:
        names = ("summary", "question_1", "question_2", "question_3")
        super().__init__(data, initial={name: getattr(item, name) for name in names})
        for name in names[1:]:
            self.fields[name].widget.attrs["class"] = "form-control"

    def questions(self) -> list[str]:
        typed = (self.cleaned_data[f"question_{number}"] for number in (1, 2, 3))
        return [text for text in typed if text]


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Say why the stocktake is cancelled.")},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class IssueForm(forms.Form):
    """`after` is the newest version that the person saw when the form was drawn."""

    change_note = forms.CharField(
        label=_("What has changed"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=_("Stands on the first page, so that readers know why to read it again."),
    )
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, version: int) -> None:
        super().__init__(data, initial={"after": version})
        self.version = version

    def clean(self) -> dict[str, Any]:
        """Who saw an older version is told so (by the action), and not asked for a note."""
        typed = super().clean() or {}
        if self.version and typed.get("after") == self.version and not typed.get("change_note"):
            self.add_error(
                "change_note", _("Say what has changed, so that readers know why to read it again.")
            )
        return typed
