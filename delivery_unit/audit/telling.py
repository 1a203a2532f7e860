"""Lines of the list as a reader sees them: names instead of keys, from and to, why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from accounts.models import AccountChange, AuditEvent, SignInEvent, User
from accounts.vocabulary import HAVING_MANY, short
from delivery_unit.audit.links import Links
from delivery_unit.audit.reading import Entry, Reader
from delivery_unit.audit.sources import SOURCES
from goals.fields import exact_text
from goals.models import Answer, DataImport, Goal, Observation, Series, Trajectory
from stocktakes.models import Intervention, Pack

NONE = "–"
LONGEST = 300  # signs of a value on the page
JOINED: dict[type[Model], tuple[str, ...]] = {
    Series: ("indicator", "org_unit", "subgroup"),
    Trajectory: ("series__indicator", "series__org_unit", "series__subgroup"),
    Observation: ("series__indicator", "series__org_unit", "series__subgroup"),
}


@dataclass(frozen=True)
class Change:
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    at: datetime
    who: User | None
    kind: str
    verb: str
    name: str
    about: str
    url: str = ""
    changes: Sequence[Change] = field(default=())
    reason: str = ""
    is_folded: bool = False  # a whole new or removed row: its fields are shown when asked for


class Names:
    """What the things are called that lines name by key; one query for each kind of thing."""

    def __init__(self, entries: Iterable[Entry], earlier: dict[Any, Any], reader: Reader) -> None:
        wanted: dict[type[Model], set[int]] = defaultdict(set)
        for entry in entries:
            for row in (entry.row, earlier.get(place_of(entry))):
                for each in references(entry.source.model) if row is not None else ():
                    if (pk := getattr(row, each.attname)) is not None:
                        wanted[related(each)].add(pk)
        self._hidden = reader.hidden
        self._found = {model: self._load(model, pks) for model, pks in wanted.items()}

    def _load(self, model: type[Model], pks: set[int]) -> dict[int, str]:
        rows = model._base_manager.filter(pk__in=pks).select_related(*JOINED.get(model, ()))
        return {row.pk: str(row) for row in rows}

    def of(self, model: type[Model], pk: int) -> str:
        if model is Goal and pk in self._hidden.goals:
            return _("a confidential goal")
        return self._found.get(model, {}).get(pk) or _("no longer here (%s)") % pk


def references(model: Any) -> list[Any]:
    """The fields of a row that name other rows of ours, who wrote it apart."""
    fields = [each for each in model._meta.concrete_fields if isinstance(each, ForeignKey)]
    return [each for each in fields if not each.name.startswith("history_")]


def related(field: Any) -> type[Model]:
    model: type[Model] = field.related_model
    return model


def place_of(entry: Entry) -> tuple[str, int]:
    return entry.source.key, entry.row.pk


def lines(entries: Sequence[Entry], reader: Reader) -> list[Line]:
    """In as many queries as there are kinds of things on the page, however many lines it has."""
    earlier = _earlier(entries)
    names = Names(entries, earlier, reader)
    links = Links.of(entries, reader.user)
    return [_line(each, earlier.get(place_of(each)), names, links) for each in entries]


def _earlier(entries: Sequence[Entry]) -> dict[tuple[str, int], Any]:
    """Of each changed row the state before."""
    found: dict[tuple[str, int], Any] = {}
    changed = [each for each in entries if each.source.is_history and each.row.earlier]
    for key in {each.source.key for each in changed}:
        mine = [each.row for each in changed if each.source.key == key]
        rows = SOURCES[key].model._base_manager.in_bulk([row.earlier for row in mine])
        found.update({(key, row.pk): rows.get(row.earlier) for row in mine})
    return found


def _line(entry: Entry, before: Any, names: Names, links: Links) -> Line:
    source, row = entry.source, entry.row
    verb, changes = _told(entry, before, names)
    return Line(
        at=getattr(row, source.moment),
        who=getattr(row, source.who),
        kind=source.title,
        verb=verb,
        name=", ".join(_value(row, name, names) for name in source.label),
        about=links.about(entry),
        url=links.url(entry),
        changes=changes,
        reason=_reason(entry, before),
        is_folded=source.is_history and row.history_type != "~",
    )


def _reason(entry: Entry, before: Any) -> str:
    """Why, as it was said for this change; a reason that stood there before is not said again."""
    row, name = entry.row, entry.source.reason
    own = getattr(row, name) if name else ""
    if own and before is not None and getattr(before, name) == own:
        own = ""
    return str(getattr(row, "history_change_reason", None) or own or "")


def _told(entry: Entry, before: Any, names: Names) -> tuple[str, list[Change]]:
    if entry.source.is_history:
        return _history(entry, before, names)
    tell = FACTS[entry.source.subject]
    verb, changes = tell(entry.row)
    return verb, changes


def _history(entry: Entry, before: Any, names: Names) -> tuple[str, list[Change]]:
    row = entry.row
    if row.history_type == "~":
        return _("changed"), list(_differences(entry, before, names))
    shown = [each for each in _fields(entry) if getattr(row, each.attname) not in (None, "", [])]
    told = [(_called(each), _value(row, each.name, names)) for each in shown]
    if row.history_type == "+":
        return _("added"), [Change(name, NONE, text) for name, text in told]
    return _("removed"), [Change(name, text, NONE) for name, text in told]


def _fields(entry: Entry) -> list[Any]:
    """Those of the thing itself."""
    model = entry.source.model
    own = {each.name for each in entry.source.subject._meta.concrete_fields} - {"id"}
    return [each for each in model._meta.concrete_fields if each.name in own]


def _differences(entry: Entry, before: Any, names: Names) -> Iterator[Change]:
    for each in _fields(entry) if before is not None else ():
        if getattr(before, each.attname) != getattr(entry.row, each.attname):
            yield Change(
                _called(each),
                _value(before, each.name, names),
                _value(entry.row, each.name, names),
            )


def _called(each: Any) -> str:
    """A field that holds who has a role is called as the organisation calls the role."""
    return capfirst(short(each.name) if each.name in HAVING_MANY else str(each.verbose_name))


def _value(row: Any, name: str, names: Names) -> str:
    model_field: Field[Any, Any] = row._meta.get_field(name)
    if isinstance(model_field, ForeignKey):
        pk = getattr(row, model_field.attname)
        return NONE if pk is None else names.of(related(model_field), pk)
    if model_field.choices:
        return str(getattr(row, f"get_{name}_display")())
    return words_of(getattr(row, name))


def words_of(value: Any) -> str:
    """A stored value in words."""
    if value is None or value in ("", [], {}):
        return NONE
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y, H:i")
    if isinstance(value, date):
        return date_format(value, "j M Y")
    if isinstance(value, str):
        return Truncator(value).chars(LONGEST)
    return Truncator(str(value)).chars(LONGEST)


# --- rows that are added and never changed --------------------------------------------------------


def _observation(row: Observation) -> tuple[str, list[Change]]:
    before: Any = getattr(row, "value_before", None)
    was = _number(before, getattr(row, "status_before", "") or "")
    verb = _("revised") if row.revision else _("entered")
    return verb, [Change(_("Value"), was, _number(row.value, row.status))]


def _number(value: Any, status: str) -> str:
    if value is None and not status:
        return NONE
    label = str(Observation.Status(status).label) if status else ""
    return label if value is None else f"{exact_text(value)} ({label})"


def _answer(row: Answer) -> tuple[str, list[Change]]:
    before = words_of(getattr(row, "text_before", None))
    return _("written"), [Change(str(row.get_question_display()), before, words_of(row.text))]


def _data_import(row: DataImport) -> tuple[str, list[Change]]:
    told = [(name, row.counts.get(name)) for name in ("added", "revised", "withdrawn", "rejected")]
    counts = [Change(capfirst(_(name)), NONE, str(count)) for name, count in told if count]
    is_in = row.state == DataImport.State.CONFIRMED
    return str(row.get_state_display()), counts if is_in else []


def _pack(_row: Pack) -> tuple[str, list[Change]]:
    return _("issued"), []


def _event(row: AuditEvent) -> tuple[str, list[Change]]:
    return str(row.get_kind_display()), []


def _account_change(row: AccountChange) -> tuple[str, list[Change]]:
    if row.undone_at is None:
        return _("decided"), []
    told = f"{words_of(row.undone_at)}, {row.undone_by}"
    return _("decided"), [Change(_("Taken back"), NONE, told)]


def _sign_in(row: SignInEvent) -> tuple[str, list[Change]]:
    told = (
        (_("By"), row.by),
        (_("Address"), row.address),
        (_("Device"), row.device),
        (_("Detail"), row.detail),
    )
    return str(row.get_kind_display()), [
        Change(name, NONE, str(text)) for name, text in told if text
    ]


def _intervention(row: Intervention) -> tuple[str, list[Change]]:
    return str(row.get_verb_display()), []


FACTS: dict[type[Model], Any] = {
    Observation: _observation,
    Answer: _answer,
    DataImport: _data_import,
    Pack: _pack,
    AuditEvent: _event,
    AccountChange: _account_change,
    SignInEvent: _sign_in,
    Intervention: _intervention,
}
