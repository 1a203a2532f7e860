"""Who takes what hangs on somebody who leaves. One field for each thing that has to go somewhere."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Position, User
from accounts.roles import Role
from accounts.vocabulary import said
from stocktakes.unit import wording
from stocktakes.unit.actions.leaving import Farewell
from stocktakes.unit.book import Day
from stocktakes.unit.forms import BOX, Person, day_field
from stocktakes.unit.leaving import Hanging, proposed, seen_goals


class ConsultantChoice(Person):
    """Consultants with what they carry already."""

    day: Day

    def label_from_instance(self, obj: User) -> str:
        load = wording.load(self.day.load(obj).load)
        return str(_("%(name)s, load %(load)s") % {"name": obj.name, "load": load})


class PositionChoice(Person):
    def label_from_instance(self, obj: Position) -> str:
        return f"{obj.person.name}, {obj.title}"


class LeavingForm(forms.Form):
    last_day = day_field(_("Last day"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=BOX),
        help_text=_("Stands in the history of all that changes by it."),
        error_messages={"required": _("Say why, for the history.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, left: Hanging, day: Day, passes_on_roles: bool) -> None:
        super().__init__(data, initial={"last_day": left.on - timedelta(days=1)})
        self.left, self.day, self.passes_on_roles = left, day, passes_on_roles
        stay = User.objects.with_title(day.on).filter(is_active=True).exclude(pk=left.person.pk)
        self._everybody = stay.order_by("name")
        self._add_accounts()
        self._add_goals()
        self._add_rest()

    # fields

    def _consultants(self) -> Any:
        ids = [person.pk for person in self.day.consultants if person.pk != self.left.person.pk]
        return User.objects.filter(pk__in=ids)

    def _consultant(self, label: Any, *, initial: User | None, empty: Any = None) -> Person:
        field = ConsultantChoice(
            self._consultants(), label=label, required=empty is None,
            empty_label=empty or _("Choose somebody"), initial=initial.pk if initial else None,
        )  # fmt: skip
        field.day = self.day
        return field

    def _add_accounts(self) -> None:
        for row in self.left.accounts:
            who = proposed(self.day, row, self.left.person)
            self.fields[f"account_{row.goal_leader_id}"] = self._consultant(
                _("Account of %s") % row.goal_leader.name, initial=who
            )
        for special in seen_goals(self.left.exceptions, self.day.book.goals):
            self.fields[f"exception_{special.pk}"] = self._consultant(
                _("Exception: %s") % special.goal, initial=None,
                empty=said(_("Back to the %(consultant)s of its leader")),
            )  # fmt: skip
        if self.left.accounts or self.left.exceptions or self.left.leads:
            self.fields["mitigation"] = forms.CharField(
                label=said(_("If somebody is not independent of their %(goal_leader)s: how is it met?")),
                required=False, max_length=2000,
                widget=forms.Textarea(attrs={**BOX, "rows": 2}),
            )  # fmt: skip

    def _person(self, name: str, label: Any, **options: Any) -> None:
        people = options.pop("people", self._everybody)
        required = options.setdefault("required", True)
        empty = options.pop("empty", _("Choose somebody") if required else _("Nobody"))
        self.fields[name] = Person(people, label=label, empty_label=empty, **options)

    def _add_goals(self) -> None:
        rows = seen_goals(self.left.leads, self.day.book.goals)
        if self.left.leads:
            unit = [row.person_id for row in self.day.book.roles if row.is_current(self.day.on)]
            people = self._everybody.exclude(pk__in=unit)
            self._person("leads_to", _("Who leads the goals"), people=people)
            for row in rows if len(rows) > 1 else ():
                self._person(
                    f"goal_{row.goal_id}", _("Leader of %s") % row.goal, people=people,
                    required=False, empty=_("as above"),
                )  # fmt: skip

    def _add_rest(self) -> None:
        left = self.left
        if left.stewardships:
            self._person("stewards_to", _("Who enters the numbers"))
        for row in left.to_pass_on if self.passes_on_roles else ():
            label = f"{Role(row.role).label}" + (f", {row.org_unit}" if row.org_unit else "")
            self._person(f"role_{row.pk}", _("Role: %s") % label, required=False)
        if left.reports:
            self._add_boss()
        if left.chairs:
            self._person("chair_to", _("Who chairs the stocktakes"))
        if left.prepares:
            takes = [self.fields[f"account_{row.goal_leader_id}"].initial for row in left.accounts]
            self._person(
                "prepare_to", _("Who prepares the stocktakes"), initial=next(iter(takes), None)
            )
        if left.attends:
            self._person("attend_to", _("Who attends the stocktakes instead"), required=False)
        if left.areas:
            self._person("areas_to", _("Who is chief of the content areas"), required=False)

    def _add_boss(self) -> None:
        upper = next((row.reports_to_id for row in self.left.positions if row.reports_to_id), None)
        posts = Position.objects.current(self.left.on).exclude(person=self.left.person)
        self.fields["reports_to"] = PositionChoice(
            posts.select_related("person"), label=_("Whom their people report to"), initial=upper,
            required=upper is None, empty_label=_("the position above"),
        )  # fmt: skip

    # what was typed

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day

    def _typed(self, prefix: str) -> Iterator[tuple[int, Any]]:
        for name, value in self.cleaned_data.items():
            if name.startswith(prefix):
                yield int(name.removeprefix(prefix)), value

    def farewell(self) -> Farewell:
        typed = self.cleaned_data
        plain = ("leads_to", "stewards_to", "reports_to", "chair_to", "prepare_to", "attend_to",
                 "areas_to")  # fmt: skip
        return Farewell(
            last_day=typed["last_day"],
            reason=typed["reason"],
            keepers=dict(self._typed("account_")),
            exceptions=dict(self._typed("exception_")),
            leads={pk: who for pk, who in self._typed("goal_") if who},
            roles={pk: who for pk, who in self._typed("role_") if who},
            mitigation=typed.get("mitigation", ""),
            **{name: typed.get(name) for name in plain},
        )

    # how the page shows them

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the heads of what they are about, empty heads left out."""
        groups = (
            (said(_("Accounts as %(a_consultant)s")), ("account_", "exception_")),
            (_("Goals"), ("leads_to", "goal_")),
            (_("Independence"), ("mitigation",)),
            (_("Numbers"), ("stewards_to",)),
            (_("Roles and positions"), ("role_", "reports_to")),
            (_("Planned stocktakes"), ("chair_to", "prepare_to", "attend_to")),
            (_("Content areas"), ("areas_to",)),
        )
        found = [
            (str(head), [self[name] for name in self.fields if name.startswith(names)])
            for head, names in groups
        ]
        return [(head, fields) for head, fields in found if fields]
