"""What is typed about people and offices. Sentences only; the rules are in the actions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.actions.turns import REASON_LENGTH, version_of
from accounts.models import AccessState, OrgUnit, Position, RoleAssignment, User, as_address
from accounts.roles import Role
from accounts.vocabulary import said_lazy

SUGGESTED = 500


class TextField(forms.CharField):
    def __init__(self, label: Any, most: int = 120, *, missing: Any = "", **kwargs: Any) -> None:
        if missing:
            kwargs["error_messages"] = {"required": missing}
        super().__init__(label=label, max_length=most, **kwargs)


class AddressField(forms.EmailField):
    def __init__(self) -> None:
        super().__init__(
            label=_("E-mail"),
            error_messages={
                "required": _("Give the work address; people sign in with it."),
                "invalid": _("Write an address like name@example.org."),
            },
        )


class DayField(forms.DateField):
    def __init__(self, label: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        messages = {"required": _("Choose a day."), "invalid": _("Write the day like 2026-08-03.")}
        super().__init__(label=label, widget=widget, error_messages=messages, **kwargs)


class OfficeField(forms.ModelChoiceField):
    def __init__(self, label: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("empty_label", _("None"))
        super().__init__(OrgUnit.objects.order_by("name"), label=label, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.code})"


class BossField(forms.CharField):
    """The position of somebody, found by address or by full name."""

    def clean(self, value: Any) -> Position | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        address = text.rpartition("<")[2].rstrip("> ") if "<" in text else text
        held = Position.objects.current(self.on).order_by("-valid_from").select_related("person")
        found = list(held.filter(person__email=as_address(address)))[:1]
        found = found or list(held.filter(person__name__iexact=text))
        if len({row.person_id for row in found}) != 1:
            raise ValidationError(
                _("Nobody with one position has this address or name. Type the e-mail address.")
            )
        position: Position = found[0]
        return position

    on: date


class Written(forms.Form):
    """Looks like every form here, and says at the right field what an action refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            widget = bound.widget
            is_box = isinstance(widget, forms.CheckboxInput)
            is_select = isinstance(widget, forms.Select)
            css = "form-check-input" if is_box else "form-select" if is_select else "form-control"
            widget.attrs.setdefault("class", css)

    def refuse(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            is_here = name in self.fields and not self.fields[name].widget.is_hidden
            self.add_error(name if is_here else None, errors)


class Seen(Written):
    """Carries the version that it was drawn from, so that nobody overwrites unseen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: Any, initial: Any = None) -> None:
        super().__init__(data, initial={"seen": version_of(row), **(initial or {})})
        self.row = row

    def look_again(self) -> None:
        """The next press is about what is here now."""
        data = {**self.data.dict()}  # type: ignore[attr-defined]
        data["seen"] = str(version_of(self.row))
        self.data = data


def _reason(**kwargs: Any) -> forms.CharField:
    messages = {"required": _("Say why, for the history.")}
    return forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, error_messages=messages, **kwargs
    )


PAST = _("Needed when a day lies in the past: a correction says why.")


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Find"), required=False, max_length=120)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices]
    )
    office = forms.ModelChoiceField(
        OrgUnit.objects.order_by("name"),
        label=_("Office"),
        required=False,
        empty_label=_("All offices"),
    )
    access = forms.ChoiceField(
        label=_("Access"), required=False, choices=[("", _("Any")), *AccessState.choices]
    )

    def __init__(self, data: Any, *, shows_access: bool) -> None:
        super().__init__(data)
        hint = _("Name, title or e-mail") if shows_access else _("Name or title")
        self.fields["q"].widget.attrs.update({"class": "form-control", "placeholder": hint})
        for name in ("role", "office", "access"):
            self.fields[name].widget.attrs["class"] = "form-select"
        if not shows_access:
            del self.fields["access"]


class NewPersonForm(Written):
    name = TextField(_("Name"), missing=_("Give the name."))
    email = AddressField()
    valid_from = DayField(_("From"), help_text=_("First day of the position and the role."))
    title = TextField(_("Title"), required=False)
    org_unit = OfficeField(_("Office"))
    reports_to = BossField(
        label=_("Reports to"), required=False, help_text=_("E-mail address, or the full name.")
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("None yet")), *Role.choices]
    )
    fte_percent = forms.IntegerField(
        label=_("Share of time"), min_value=0, max_value=100, initial=100,
        help_text=_("Percent of a full-time post."),
    )  # fmt: skip
    home_unit = OfficeField(_("Home office"), help_text=_("Of somebody on loan to the Unit."))
    reason = _reason(required=False, help_text=PAST)
    invite = forms.BooleanField(label=_("Send the invitation now"), required=False)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"valid_from": today})
        set_bosses(self, today)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if (typed.get("org_unit") or typed.get("reports_to")) and not typed.get("title"):
            self.add_error("title", _("Give the title of the position."))
        return typed


def set_bosses(form: forms.Form, on: date) -> None:
    boss = form.fields["reports_to"]
    assert isinstance(boss, BossField)  # noqa: S101 - declared in each of these forms
    boss.on = on
    boss.widget.attrs["list"] = "bosses"


def bosses(on: date) -> Iterator[str]:
    """Whom the browser suggests; in a large system those with reports come first."""
    rows = Position.objects.current(on).select_related("person").order_by("person__name")
    for row in rows[:SUGGESTED]:
        yield f"{row.person.name} <{row.person.email}>"


class PersonForm(Seen):
    name = TextField(_("Name"), missing=_("Give the name."))
    email = AddressField()
    reason = _reason(required=False)

    def __init__(self, data: Any = None, *, row: User) -> None:
        super().__init__(data, row=row, initial={"name": row.name, "email": row.email})


class ReasonOnlyForm(Written):
    reason = _reason()


class RoleForm(Written):
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("Choose a role")), *Role.choices],
        error_messages={"required": _("Choose a role.")},
    )  # fmt: skip
    valid_from = DayField(_("From"))
    valid_to = DayField(_("Until"), required=False, help_text=_("Empty: until further notice."))
    fte_percent = forms.IntegerField(
        label=_("Share of time"), min_value=0, max_value=100, initial=100,
        help_text=_("Percent of a full-time post; 0 for a role without a time of its own."),
    )  # fmt: skip
    org_unit = OfficeField(
        _("Leads"), help_text=said_lazy(_("The unit that %(a_local_leader)s leads."))
    )
    home_unit = OfficeField(_("Home office"), help_text=_("Of somebody on loan to the Unit."))
    is_co_lead = forms.BooleanField(label=_("Shares the lead"), required=False)
    reason = _reason(required=False, help_text=PAST)


ROLE_FIELDS = ("valid_from", "valid_to", "fte_percent", "org_unit", "home_unit", "is_co_lead")


class RoleCorrectionForm(Seen, RoleForm):
    reason = _reason()

    def __init__(self, data: Any = None, *, row: RoleAssignment) -> None:
        super().__init__(data, row=row, initial={name: getattr(row, name) for name in ROLE_FIELDS})
        del self.fields["role"]


class EndForm(Seen):
    last_day = DayField(_("Last day"))
    reason = _reason(required=False, help_text=PAST)

    def __init__(self, data: Any = None, *, row: Any, today: date) -> None:
        super().__init__(data, row=row, initial={"last_day": today})


class PositionForm(Written):
    title = TextField(_("Title"), missing=_("Give the title of the position."))
    org_unit = OfficeField(_("Office"))
    reports_to = BossField(
        label=_("Reports to"), required=False, help_text=_("E-mail address, or the full name.")
    )
    valid_from = DayField(_("From"))
    valid_to = DayField(_("Until"), required=False, help_text=_("Empty: until further notice."))
    reason = _reason(required=False, help_text=PAST)


POSITION_FIELDS = ("title", "org_unit", "reports_to", "valid_from", "valid_to")


def position_values(row: Position | None) -> dict[str, Any]:
    if row is None:
        return {}
    values = {name: getattr(row, name) for name in POSITION_FIELDS}
    above = row.reports_to
    return {**values, "reports_to": f"{above.person.name} <{above.person.email}>" if above else ""}


class NewPositionForm(PositionForm):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, held: Position | None, today: date) -> None:
        first = {"valid_from": today, "valid_to": None, "seen": held.pk if held else 0}
        super().__init__(data, initial={**position_values(held), **first})
        set_bosses(self, today)


class PositionCorrectionForm(Seen, PositionForm):
    reason = _reason()

    def __init__(self, data: Any = None, *, row: Position, today: date) -> None:
        super().__init__(data, row=row, initial=position_values(row))
        set_bosses(self, today)


SAY_KIND = _("Say what it is: an office, a district, a school.")
UNIT_FIELDS = ("name", "kind", "parent")


class OrgUnitForm(Written):
    code = TextField(
        _("Code"), 40, missing=_("Give a short code."),
        help_text=_("Short and for good; files name the unit by it."),
    )  # fmt: skip
    name = TextField(_("Name"), 160, missing=_("Give the name."))
    kind = TextField(_("Type"), 40, missing=SAY_KIND, initial="office")
    parent = OfficeField(_("Part of"))
    valid_from = DayField(_("From"))


class OrgUnitChangeForm(Seen):
    name = TextField(_("Name"), 160, missing=_("Give the name."))
    kind = TextField(_("Type"), 40, missing=SAY_KIND)
    parent = OfficeField(_("Part of"))
    on = DayField(_("Since"))
    reason = _reason(required=False, help_text=PAST)

    def __init__(self, data: Any = None, *, row: OrgUnit, today: date) -> None:
        held = {name: getattr(row, name) for name in UNIT_FIELDS}
        super().__init__(data, row=row, initial={**held, "on": today})


class ListForm(Written):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8. Nothing is entered before you confirm it."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            limit = settings.IMPORT_MAX_BYTES // 1_000_000
            raise ValidationError(_("The file is larger than %s MB.") % limit)
        return file


class ConfirmForm(Written):
    accept_valid = forms.BooleanField(
        label=_("Take the rows that are right and leave the others out"), required=False
    )
