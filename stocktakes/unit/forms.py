"""What is typed about accounts. The forms check it; actions write it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountChange, User
from accounts.roles import CONSULTING_ROLES as CONSULTING
from goals.models import Goal
from stocktakes.forms import Choices, GoalChoice
from stocktakes.unit.actions.moves import Kind, Move, Order
from stocktakes.unit.book import Book, Day

WHATS = (
    ("handover", _("Hand over")),
    ("swap", _("Swap two accounts")),
    ("backup", _("Name a backup")),
    ("no_backup", _("End a backup")),
)
OVERLAPS = ((0, _("none")), (1, _("1 week")), (2, _("2 weeks")), (4, _("4 weeks")))
NOT_LISTED = _("Choose from the list.")
LAST_YEAR = 2100
BOX = {"class": "form-control"}


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **BOX})
    return forms.DateField(
        label=label,
        widget=widget,
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the day like 2026-08-03."),
        },
        **options,
    )


class Person(forms.ModelChoiceField):
    """One person by name; what is no number is nobody, on every database."""

    def __init__(self, people: Any, **options: Any) -> None:
        super().__init__(
            people,
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": NOT_LISTED, "required": _("Choose somebody.")},
            **options,
        )

    def to_python(self, value: Any) -> Any:
        if value not in self.empty_values and not str(value).isascii():
            raise forms.ValidationError(NOT_LISTED, code="invalid_choice")
        if value not in self.empty_values and not (str(value).isdigit() and len(str(value)) < 18):
            raise forms.ValidationError(NOT_LISTED, code="invalid_choice")
        return super().to_python(value)


@dataclass(frozen=True)
class AccountRow:
    """One account in the form: to tick whole or by goal, with its own taker and note."""

    leader: User
    title: str
    keeper: str
    goals: list[tuple[Goal, bool, str]]
    is_ticked: bool
    is_open: bool
    to: forms.BoundField
    note: forms.BoundField


class HandOverForm(forms.Form):
    """Which accounts or goals go to whom, from when, and why."""

    what = forms.ChoiceField(
        label=_("What"), choices=WHATS, initial="handover",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": NOT_LISTED},
    )  # fmt: skip
    starts_on = day_field(_("From"))
    overlap = forms.TypedChoiceField(
        label=_("Overlap"), choices=OVERLAPS, coerce=int, initial=2, required=False, empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": NOT_LISTED},
        help_text=_("Who gives an account away stays as backup so long."),
    )  # fmt: skip
    to = Person(
        User.objects.none(), label=_("To"), required=False, empty_label=_("as chosen below"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=BOX),
        help_text=_("Stands in the history of assignments."),
        error_messages={"required": _("Say why the accounts change hands.")},
    )  # fmt: skip
    accounts = Choices(
        User.objects.none(), label=_("Accounts"), required=False,
        error_messages={"invalid_choice": NOT_LISTED, "invalid_pk_value": NOT_LISTED},
    )  # fmt: skip
    goals = GoalChoice(
        Goal.objects.none(), label=_("Goals"), required=False,
        error_messages={"invalid_choice": NOT_LISTED, "invalid_pk_value": NOT_LISTED},
    )  # fmt: skip
    replaces = forms.ModelChoiceField(
        AccountChange.objects.none(), required=False, widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The plan that you change has begun or is undone.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, day: Day, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.day, self.book = day, day.book
        self._offer("to", self.takers())
        self._offer("accounts", User.objects.filter(pk__in=[each.pk for each in self.leaders]))
        self._offer("goals", Goal.objects.filter(pk__in=self.book.goals))
        self._offer("replaces", AccountChange.objects.ahead(day.on))
        choices: list[tuple[str, Any]] = [("", _("as above"))]
        choices += [(str(person.pk), person.name) for person in self._people]
        for leader in self.leaders:
            self.fields[f"to_{leader.pk}"] = forms.ChoiceField(
                label=_("To, for %s") % leader.name, choices=choices, required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"invalid_choice": NOT_LISTED},
            )  # fmt: skip
            self.fields[f"note_{leader.pk}"] = forms.CharField(
                label=_("Hand-over note, account of %s") % leader.name, required=False,
                max_length=4000, widget=forms.Textarea(attrs={**BOX, "rows": 2}),
            )  # fmt: skip

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = rows

    @property
    def leaders(self) -> list[User]:
        return self.day.leaders

    def takers(self) -> Any:
        """Who is in the Unit as a consultant, or will be."""
        rows = self.book.roles
        open_rows = [row for row in rows if row.valid_to is None or row.valid_to >= self.day.on]
        self._people = sorted(
            {
                row.person_id: row.person
                for row in open_rows
                if row.role in CONSULTING and row.person.is_active
            }.values(),
            key=lambda person: person.name,
        )
        return User.objects.filter(pk__in=[person.pk for person in self._people])

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day.year >= LAST_YEAR:
            raise forms.ValidationError(_("Choose a day before 2100."))
        return day

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        accounts, goals = list(typed.get("accounts") or ()), list(typed.get("goals") or ())
        what = typed.get("what")
        if not self.errors:
            if not accounts and not goals:
                self.add_error("accounts", _("Tick at least one account or goal."))
            elif what == "swap" and (len(accounts) != 2 or goals):
                self.add_error("accounts", _("Tick exactly the two accounts that change places."))
            elif what in {"backup", "no_backup"} and goals:
                self.add_error("goals", _("A backup knows a whole account. Tick the account."))
            elif what != "swap" and (without := self._without_taker(typed)):
                self.add_error("to", _("Choose who takes the account of %s.") % without)
        return typed

    def _subjects(self, typed: dict[str, Any]) -> Iterator[tuple[User, Goal | None]]:
        """Ticked accounts, and ticked goals of accounts that are not ticked whole."""
        ticked = {leader.pk for leader in typed["accounts"]}
        for leader in typed["accounts"]:
            yield leader, None
        for goal in typed["goals"]:
            leader = self.day.leader.get(goal.pk)
            if leader is not None and leader.pk not in ticked:
                yield leader, goal

    def _taker(self, typed: dict[str, Any], leader: User) -> User | None:
        own = typed.get(f"to_{leader.pk}")
        if own:
            return next((each for each in self._people if str(each.pk) == own), None)
        taker: User | None = typed.get("to")
        return taker

    def _without_taker(self, typed: dict[str, Any]) -> str:
        subjects = self._subjects(typed)
        return next((who.name for who, _goal in subjects if not self._taker(typed, who)), "")

    def order(self, asked: QueryDict) -> Order:
        typed = self.cleaned_data
        return Order(
            starts_on=typed["starts_on"],
            moves=tuple(self._swap() if typed["what"] == "swap" else self._moves()),
            reason=typed["reason"],
            overlap=timedelta(weeks=typed["overlap"] or 0),
            mitigations={
                name.removeprefix("mitigation_"): str(asked[name]).strip()[:2000]
                for name in asked
                if name.startswith("mitigation_")
            },
            replaces=typed["replaces"],
            asked={name: asked.getlist(name) for name in self.fields if asked.get(name)},
        )

    def _moves(self) -> Iterator[Move]:
        typed = self.cleaned_data
        kinds = {"handover": Kind.ACCOUNT, "backup": Kind.BACKUP, "no_backup": Kind.NO_BACKUP}
        for leader, goal in self._subjects(typed):
            taker = self._taker(typed, leader)
            assert taker is not None  # noqa: S101 - clean() asked for one
            note = typed[f"note_{leader.pk}"]
            if goal is None:
                yield Move(kinds[typed["what"]], leader, taker, note)
            else:
                yield Move(Kind.GOAL, goal, taker, note)

    def _swap(self) -> list[Move]:
        """Each of the two accounts goes to whoever has the other on that day."""
        one, two = self.cleaned_data["accounts"]
        on = self.book.day(self.cleaned_data["starts_on"])
        first, second = on.primary.get(one.pk), on.primary.get(two.pk)
        moves = []
        for leader, row in ((one, second), (two, first)):
            if row is not None:
                note = self.cleaned_data[f"note_{leader.pk}"]
                moves.append(Move(Kind.ACCOUNT, leader, row.consultant, note))
        return moves

    def rows(self) -> list[AccountRow]:
        """The accounts as the page shows them."""
        ticked = {str(pk) for pk in self["accounts"].value() or ()}
        some = {str(pk) for pk in self["goals"].value() or ()}
        return [self._row(leader, ticked, some) for leader in self.leaders]

    def _row(self, leader: User, ticked: set[str], some: set[str]) -> AccountRow:
        row, goals = self.day.primary.get(leader.pk), self.day.goals_led[leader.pk]
        lines = []
        for goal in goals:
            keeper = self.day.keeper(goal)
            name = keeper.consultant.name if keeper else ""
            lines.append((goal, str(goal.pk) in some, name))
        to, note = self[f"to_{leader.pk}"], self[f"note_{leader.pk}"]
        return AccountRow(
            leader=leader,
            title=self.book.title_of(leader.pk, self.day.on),
            keeper=row.consultant.name if row else "",
            goals=lines,
            is_ticked=str(leader.pk) in ticked,
            is_open=bool(to.value() or note.value() or any(tick for _g, tick, _n in lines)),
            to=to,
            note=note,
        )


class MitigationForm(forms.Form):
    text = forms.CharField(
        label=_("How it is met"), max_length=2000,
        widget=forms.Textarea(attrs={**BOX, "rows": 4}),
        help_text=_("Shown in the Unit room beside the assignment."),
        error_messages={"required": _("Write how it is met.")},
    )  # fmt: skip


def first_values(asked: QueryDict, book: Book, on: date) -> dict[str, Any]:
    """What the link to the form already said: which accounts, of whom, to whom."""
    number = str(asked.get("change", ""))[:17]
    if number.isascii() and number.isdigit():
        change = AccountChange.objects.ahead(on).filter(pk=int(number)).first()
        if change is not None:
            many = {"accounts", "goals"}
            told = {key: val if key in many else val[0] for key, val in change.asked.items()}
            return {**told, "replaces": change.pk}
    monday = on + timedelta(days=7 - on.weekday())
    ticked = [pk for pk in asked.getlist("account") if pk.isdigit()]
    if asked.get("of", "").isdigit():
        rows = book.day(on).primary.values()
        ticked += [str(row.goal_leader_id) for row in rows if str(row.consultant_id) == asked["of"]]
    what = asked.get("what")
    return {
        "starts_on": monday,
        "accounts": ticked,
        "to": asked.get("to", ""),
        "what": what if what in dict(WHATS) else "handover",
    }
