"""The last changes of one row: who, when, what, why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

SHOWN = 10


@dataclass(frozen=True)
class ChangeLine:
    at: datetime
    who: str
    what: list[str]
    reason: str


def changes_of(row: Any) -> list[ChangeLine]:
    """The newest first."""
    if row.pk is None:
        return []
    found = list(row.history.select_related("history_user").order_by("-history_id")[: SHOWN + 1])
    pairs = zip(found, [*found[1:], None], strict=True)
    return [_line(after, before) for after, before in pairs][:SHOWN]


def _line(after: Any, before: Any) -> ChangeLine:
    what = [_("written down")] if before is None else _differences(after, before)
    who = after.history_user.name if after.history_user else _("at the command line")
    return ChangeLine(after.history_date, who, what, after.history_change_reason or "")


def _differences(after: Any, before: Any) -> list[str]:
    said = []
    for each in after.diff_against(before).changes:
        label = after.instance_type._meta.get_field(each.field).verbose_name  # noqa: SLF001
        said.append(
            _("%(what)s: %(old)s → %(new)s")
            % {"what": label, "old": _text(each.old), "new": _text(each.new)}
        )
    return said


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {text}" for name, text in value.items()) or "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
