"""What a saved mapping says, as values: read and checked before any file is. See docs/data.md."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from goals.fields import as_fraction, parse_exact
from goals.importing.periods import PeriodKind
from goals.models import Observation

SKIP = "skip"
PLACES = ("title", "filename", "header")
MAX_PATTERN = 100


class MappingError(ValueError):
    """The mapping itself is wrong; the message names the key."""


@dataclass(frozen=True)
class Cell:
    """Where a text comes from: the first column that exists, or a constant; then how it is read."""

    columns: tuple[str, ...] = ()
    constant: str = ""
    unwrap: bool = False  # ="2880013" is how spreadsheets are told to keep leading zeros
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: "Cell | None" = None


@dataclass(frozen=True)
class PeriodSpec:
    kind: PeriodKind
    cell: Cell | None = None
    pattern: re.Pattern[str] | None = None
    where: tuple[str, ...] = ("title",)
    start_month: int = 1


@dataclass(frozen=True)
class Difference:
    """A number that is one column less others."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """Lines that are no data, for example a total at the foot of the file."""

    cell: Cell
    texts: frozenset[str]


@dataclass(frozen=True)
class Spec:
    """A mapping, read and checked."""

    headers: tuple[tuple[str, ...], ...]
    period: PeriodSpec
    indicator: Cell
    org_unit: Cell
    org_unit_name: Cell
    subgroup: Cell | None
    dimension: str
    creates_subgroups: bool
    value: Cell | None
    numerator: Cell | Difference | None
    denominator: Cell | Difference | None
    scale: Fraction
    status: Cell
    missing: Mapping[str, str]
    skips_empty: bool
    left_out: LeftOut | None
    source: str
    totals: tuple[Mapping[str, Any], ...]
    is_complete: bool
    encoding: str
    delimiter: str
    # Several rows out of one line: what each of them takes from other columns.
    parts: tuple["Spec", ...] = ()


KEYS = frozenset(
    {
        "header", "period", "indicator", "org_unit", "subgroup", "value", "numerator",
        "denominator", "scale", "status", "missing", "empty", "leave_out", "each", "source",
        "totals", "complete", "encoding", "delimiter", "indicators", "org_units", "title", "about",
    }
)  # fmt: skip
CELL_KEYS = frozenset({"column", "constant", "unwrap", "values", "else"})
PART_KEYS = frozenset({"subgroup", "value", "numerator", "denominator"})


def spec_of(data: Any) -> Spec:
    """The specification as values. Raises MappingError with a sentence."""
    if not isinstance(data, dict):
        raise MappingError(_("A mapping is an object with keys such as header and value."))
    _only(data, KEYS)
    for key in ("header", "period", "indicator", "org_unit"):
        if key not in data:
            raise MappingError(_("The key “%(key)s” is missing.") % {"key": key})
    parts = _list(data, "each")
    for each in parts or [data]:
        _check_has_value(each)
    spec = _spec(data)
    return replace(spec, parts=tuple(_part(spec, each) for each in parts))


def _spec(data: dict[str, Any]) -> Spec:
    subgroup, unit = data.get("subgroup"), data["org_unit"]
    subgroup_of = subgroup if isinstance(subgroup, dict) else {}
    return Spec(
        headers=_headers(data["header"]),
        period=_period(data["period"]),
        indicator=_cell(data["indicator"], "indicator"),
        org_unit=_cell(unit, "org_unit", {"name"}),
        org_unit_name=_cell({"column": unit.get("name", [])} if isinstance(unit, dict) else "", ""),
        subgroup=_cell(subgroup, "subgroup", {"create", "dimension"}) if subgroup else None,
        dimension=str(subgroup_of.get("dimension", "")),
        creates_subgroups=bool(subgroup_of.get("create")),
        value=_cell(data["value"], "value") if "value" in data else None,
        numerator=_number(data.get("numerator"), "numerator"),
        denominator=_number(data.get("denominator"), "denominator"),
        scale=_scale(data.get("scale", 100)),
        status=_cell(data.get("status", "final"), "status"),
        missing=_missing(data.get("missing", {})),
        skips_empty=data.get("empty") == SKIP,
        left_out=_left_out(data["leave_out"]) if "leave_out" in data else None,
        source=str(data.get("source", "")),
        totals=tuple(_total(each) for each in _list(data, "totals")),
        is_complete=bool(data.get("complete", False)),
        encoding=_encoding(data.get("encoding", "utf-8-sig")),
        delimiter=_delimiter(data.get("delimiter", ",")),
    )


def _part(spec: Spec, data: dict[str, Any]) -> Spec:
    """One of several rows out of one line."""
    _only(data, PART_KEYS)
    return replace(
        spec,
        subgroup=_cell(data["subgroup"], "subgroup") if "subgroup" in data else spec.subgroup,
        value=_cell(data["value"], "value") if "value" in data else None,
        numerator=_number(data.get("numerator"), "numerator"),
        denominator=_number(data.get("denominator"), "denominator"),
    )


def _only(data: dict[str, Any], keys: frozenset[str]) -> None:
    unknown = sorted(data.keys() - keys)
    if unknown:
        raise MappingError(_("Unknown keys: %(keys)s.") % {"keys": ", ".join(unknown)})


def _check_has_value(data: Any) -> None:
    if not isinstance(data, dict):
        raise MappingError(_("“each” is a list of objects."))
    if "value" not in data and not {"numerator", "denominator"} <= data.keys():
        raise MappingError(_("Say where the value is, or numerator and denominator."))


def _list(data: dict[str, Any], key: str) -> list[Any]:
    found = data.get(key, [])
    if not isinstance(found, list):
        raise MappingError(_("“%(key)s” is a list.") % {"key": key})
    return found


def _names(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and all(isinstance(each, str) for each in data)


def _headers(data: Any) -> tuple[tuple[str, ...], ...]:
    """Alternatives: the header is the first row that holds every name of one of them."""
    rows = [data] if _names(data) else data
    if not isinstance(rows, list) or not rows or not all(_names(row) for row in rows):
        raise MappingError(_("“header” is a list of column names, or a list of such lists."))
    return tuple(tuple(row) for row in rows)


def _cell(data: Any, key: str, more: set[str] | frozenset[str] = frozenset()) -> Cell:
    if isinstance(data, str):
        return Cell(constant=data)
    if not isinstance(data, dict) or not {"column", "constant"} & data.keys():
        raise MappingError(_("“%(key)s” needs a column or a constant.") % {"key": key})
    _only(data, CELL_KEYS | more)
    columns = data.get("column", [])
    columns = [columns] if isinstance(columns, str) else columns
    values = data.get("values", {})
    if (columns != [] and not _names(columns)) or not isinstance(values, dict):
        raise MappingError(
            _("“%(key)s”: column is a name or a list of names, values an object.") % {"key": key}
        )
    return Cell(
        columns=tuple(columns),
        constant=str(data.get("constant", "")),
        unwrap=bool(data.get("unwrap", False)),
        values={text: str(meaning) for text, meaning in values.items()},
        otherwise=_cell(data["else"], key) if "else" in data else None,
    )


def _left_out(data: Any) -> LeftOut:
    cell = _cell(data, "leave_out", {"equals"})
    if not _names(data.get("equals")):
        raise MappingError(_("“leave_out” names a column and lists the texts that it equals."))
    return LeftOut(cell, frozenset(data["equals"]))


def _number(data: Any, key: str) -> Cell | Difference | None:
    if data is None:
        return None
    if isinstance(data, dict) and "subtract" in data:
        if not _names(data["subtract"]):
            raise MappingError(_("“%(key)s”: subtract is a list of columns.") % {"key": key})
        return Difference(tuple(data["subtract"]))
    return _cell(data, key)


def _scale(data: Any) -> Fraction:
    try:
        scale = as_fraction(parse_exact(str(data)))
    except ValueError:
        scale = Fraction(0)
    if scale <= 0:
        raise MappingError(_("“scale” is a number above zero, for example 100."))
    return scale


def _missing(data: Any) -> dict[str, str]:
    known = [*Observation.Missing.values, SKIP]
    if not isinstance(data, dict) or not all(each in known for each in data.values()):
        raise MappingError(
            _("“missing” says for each mark one of: %(names)s.") % {"names": ", ".join(known)}
        )
    return {str(mark): meaning for mark, meaning in data.items()}


def _encoding(data: Any) -> str:
    try:
        codecs.lookup(str(data))
        "".encode(str(data))
    except LookupError:
        raise MappingError(
            _("“encoding” %(name)s is not known; for example utf-8 or latin-1.") % {"name": data}
        ) from None
    return str(data)


def _delimiter(data: Any) -> str:
    if not isinstance(data, str) or len(data) != 1 or data in '"\r\n ':
        raise MappingError(_("“delimiter” is one character, for example a semicolon."))
    return data


def _period(data: Any) -> PeriodSpec:
    try:
        kind = PeriodKind(data["kind"])
        where = data.get("in", "title")
        pattern = _pattern(data["pattern"]) if "pattern" in data else None
        start_month = int(data.get("start_month", 1))
    except (AttributeError, KeyError, TypeError, ValueError, re.error) as error:
        raise MappingError(_("“period” cannot be used: %(error)s.") % {"error": error}) from error
    places = (where,) if isinstance(where, str) else tuple(where)
    if not places or any(place not in PLACES for place in places):
        raise MappingError(_("“period” is looked for in title, filename or header."))
    if pattern is None and "column" not in data:
        raise MappingError(_("“period” needs a column, or a pattern to look for."))
    if not 1 <= start_month <= 12:
        raise MappingError(_("“start_month” is a month from 1 to 12."))
    cell = {key: data[key] for key in CELL_KEYS if key in data}
    return PeriodSpec(
        kind=kind,
        cell=_cell(cell, "period") if "column" in data else None,
        pattern=pattern,
        where=places,
        start_month=start_month,
    )


def _pattern(text: Any) -> re.Pattern[str]:
    """A pattern that cannot run away: short, no group repeated, few open repetitions."""
    if not isinstance(text, str) or len(text) > MAX_PATTERN:
        raise ValueError(_("a pattern has at most %(limit)s characters") % {"limit": MAX_PATTERN})
    if re.search(r"\)[*+{]", text) or len(re.findall(r"[*+]|,\}", text)) > 2:
        raise ValueError(_("a pattern repeats no group, and has at most two of * and +"))
    return re.compile(text)


def _total(data: Any) -> Mapping[str, Any]:
    over = data.get("over", []) if isinstance(data, dict) else []
    if not _names(over) or not set(over) <= {"org_unit", "subgroup"}:
        raise MappingError(_("A total goes over org_unit, subgroup, or both."))
    if "org_unit" in over and not isinstance(data.get("at"), str):
        raise MappingError(_("A total over org_unit says “at” which unit it is shown."))
    smallest = data.get("smallest")
    if smallest is not None and (not isinstance(smallest, int) or smallest < 0):
        raise MappingError(_("“smallest” is a whole number: totals below it are hidden."))
    return dict(data)
