"""Rows of text as a file or a mapping gives them, before anything is checked."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.readers import FileRefused, Line

REQUIRED = (
    "indicator_code", "org_unit_code", "subgroup_code", "period_start", "period_end", "value",
    "numerator", "denominator", "status", "published_on", "source", "note",
)  # fmt: skip
OPTIONAL = ("revision", "known_from", "missing_reason", "definition", "reason")


@dataclass(frozen=True)
class RawRow:
    """One value as text, under the names of the canonical columns."""

    line: int
    indicator_code: str = ""
    org_unit_code: str = ""
    subgroup_code: str = ""
    period_start: str = ""
    period_end: str = ""
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    status: str = ""
    published_on: str = ""
    source: str = ""
    note: str = ""
    revision: str = ""
    known_from: str = ""
    missing_reason: str = ""
    definition: str = ""
    reason: str = ""
    # What a mapping knows besides: names for units and subgroups that are not here yet.
    org_unit_name: str = ""
    subgroup_name: str = ""
    problem: str = ""  # why the mapping could not read the row
    problem_field: str = ""


SHOWN_TEXT = 80
_SEPARATORS = {
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars"),
}


def shortened(text: str) -> str:
    """A cell as a message quotes it: somebody else's ten thousand characters help nobody."""
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…"


CANONICAL = frozenset(REQUIRED + OPTIONAL)
assert {each.name for each in fields(RawRow)} >= CANONICAL  # noqa: S101 - one list of columns


def canonical_rows(lines: list[Line]) -> Iterator[RawRow]:
    """Rows of a file in the product's own form. Raises FileRefused for a wrong header."""
    first, *others = [line for line in lines if not line.is_blank]
    header = [cell.strip() for cell in first.cells]
    _check_header(header)
    for line in others:
        if len(line.cells) != len(header):
            yield RawRow(
                line.number,
                problem=_("The row has %(found)s cells and the header %(wanted)s.")
                % {"found": len(line.cells), "wanted": len(header)},
            )
            continue
        cells = zip(header, line.cells, strict=True)
        yield RawRow(line.number, **{name: cell.strip() for name, cell in cells})


def _check_header(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    separator = next((each for each in _SEPARATORS if each in header[0]), "")
    if missing and len(header) == 1 and separator:
        raise FileRefused(
            _("The columns are separated by %(name)s. Save the table with commas and try again.")
            % {"name": _SEPARATORS[separator]}
        )
    if missing:
        raise FileRefused(
            _(
                "The first row lacks these columns: %(names)s. Start from the template, or choose a"
                " mapping for files of another shape."
            )
            % {"names": ", ".join(missing)}
        )
    unknown = [name for name in header if name not in CANONICAL]
    if unknown:
        raise FileRefused(
            _("These columns are not known: %(names)s. Take them out or correct their names.")
            % {"names": ", ".join(shortened(name) or "–" for name in unknown[:10])}
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise FileRefused(_("These columns stand twice: %(names)s.") % {"names": ", ".join(twice)})
