"""All rows about one person as a file for that person, without the data of others."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import AccountAssignment, User
from goals.models import Answer
from goals.spreadsheets import csv_lines
from stocktakes.unit.people.views import signed_in

Table = tuple[tuple[str, ...], Iterable[Any]]


@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    response = HttpResponse(packed(person), content_type="application/zip")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="my-data-{day}.zip"'
    return response


def packed(person: User) -> bytes:
    """`my-data.json` has everything; each table is there as CSV, too."""
    tables = {name: _plain(*table) for name, table in _tables(person).items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = {
            "person": _person(person),
            **{name: rows for name, (_head, rows) in tables.items()},
        }
        archive.writestr("my-data.json", json.dumps(whole, indent=2, ensure_ascii=False))
        for name, (head, rows) in tables.items():
            archive.writestr(f"{name}.csv", _csv(head, rows))
    return buffer.getvalue()


def _person(person: User) -> dict[str, Any]:
    fields = ("name", "email", "is_active", "mail_wanted", "time_zone", "theme", "language")
    more = {"last_login": _text(person.last_login), "last_day": _text(person.last_day)}
    return {**{name: getattr(person, name) for name in fields}, **more}


def _tables(person: User) -> dict[str, Table]:
    """Others are left out by name: of an account there is the part and the dates."""
    accounts = AccountAssignment.objects.filter(Q(consultant=person) | Q(goal_leader=person))
    own = person.pk
    return {
        "positions": _values(
            person.positions, "title", "org_unit__code", "org_unit__name", "valid_from", "valid_to"
        ),
        "roles": _values(
            person.role_assignments, "role", "fte_percent", "org_unit__code", "home_unit__code",
            "is_co_lead", "valid_from", "valid_to",
        ),
        "goals": _values(
            person.goal_roles, "goal__code", "goal__title", "role", "valid_from", "valid_to"
        ),
        "goals_kept": _values(
            person.goals_kept, "goal__code", "goal__title", "reason", "valid_from", "valid_to"
        ),
        "accounts": (
            ("my_part", "kind", "valid_from", "valid_to"),
            [
                ("consultant" if row.consultant_id == own else "goal leader", row.kind,
                 row.valid_from, row.valid_to)
                for row in accounts.order_by("valid_from", "pk")
            ],
        ),
        "stewardships": _values(
            person.stewardships, "indicator__code", "indicator__name", "valid_from", "valid_to"
        ),
        "answers": _values(
            Answer.objects.filter(written_by=person), "goal__code", "question", "text", "written_at"
        ),
        "meetings": _values(
            person.stocktakes_attended, "stocktake__title", "stocktake__starts_at", "part"
        ),
        "meetings_chaired": _values(person.stocktakes_chaired, "title", "starts_at", "state"),
        "mail": _values(person.digests, "on", "subject", "body", "state", "sent_at"),
        "sign_ins": _values(person.sign_in_events, "at", "kind", "address", "device"),
        "sessions": _values(person.sessions, "signed_in_at", "last_seen_at", "address", "device"),
        "invitations": _values(person.invitations, "made_at", "expires_at", "was_mailed"),
        "changes": _values(
            person.history, "history_date", "name", "email", "is_active", "last_day",
            "history_change_reason",
        ),
    }  # fmt: skip


def _values(rows: Any, *columns: str) -> Table:
    return columns, rows.order_by(*columns[:1]).values_list(*columns)


def _plain(head: tuple[str, ...], rows: Iterable[Any]) -> tuple[tuple[str, ...], list[Any]]:
    names = tuple(name.replace("__", "_") for name in head)
    return names, [dict(zip(names, map(_text, row), strict=True)) for row in rows]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _csv(head: tuple[str, ...], rows: Iterable[dict[str, str]]) -> str:
    return "".join(csv_lines(head, ([row[name] for name in head] for row in rows)))
