"""Every table that a page offers as a file: as CSV and as a workbook, line for line the same."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from accounts.models import System
from delivery_unit.tests.test_access import LINES, every_route
from delivery_unit.tests.world import make_world

pytestmark = pytest.mark.django_db

FILES = [
    line.address.removesuffix(".csv")
    for line in LINES
    if line.method == "GET" and line.address.endswith(".csv") and line.expected["adm"] == 200
]
ZONE = ZoneInfo(System().time_zone)
TEMPLATES = {"/data/template", "/unit/lists/people"}  # empty, to be filled in and read again


@pytest.fixture
def client_of(client):
    people = make_world()

    def sign_in(who):
        client.force_login(people[who])
        return client

    return sign_in


def get(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer)


def same(cell, text):
    if isinstance(cell, datetime):
        moment = datetime.fromisoformat(text)
        is_day = len(text) == len("2026-06-30")
        if not is_day:
            moment = moment.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
        return cell == moment
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(str(cell)) == Decimal(text)
    return (cell or "") == text.removeprefix("'")


def test_every_file_of_a_table_has_both_endings():
    assert {route for route in every_route() if ".csv" in route} == {
        "data/template.csv", "unit/lists/<list_kind:kind>.csv",
    }  # fmt: skip


@pytest.mark.parametrize("address", sorted(set(FILES) - TEMPLATES))
def test_the_workbook_has_the_lines_of_the_csv(client_of, address):
    client = client_of("adm" if address.startswith(("/settings", "/unit/lists")) else "dl")
    lines = list(csv.reader(io.StringIO(get(client, f"{address}.csv").decode())))
    book = load_workbook(io.BytesIO(get(client, f"{address}.xlsx")))
    cells = list(book.active.iter_rows(values_only=True))
    if address.startswith("/settings/audit"):
        cells, lines = cells[-5:], lines[-5:]  # that the first file was taken is a line of its own
    assert len(cells) == len(lines)
    for row, line in zip(cells, lines, strict=True):
        assert all(same(cell, text) for cell, text in zip(row, line, strict=True)), (row, line)
    assert book.active.freeze_panes == "A2"
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("/goals/OPEN/indicators/OPEN-i/observations.xlsx", {
            "period_end": datetime, "value": (int, float), "revision": int, "known_from": datetime,
        }),
        ("/stocktakes.xlsx", {"starts_at": datetime}),
        ("/unit/offices/export.xlsx", {"valid_from": datetime}),
        ("/unit/members.xlsx", {"fte": (int, float), "load_alarm_above": int}),
        ("/overview.xlsx", {"latest": (int, float), "period_end": datetime, "target_due": datetime}),
        ("/indicators.xlsx", {"series": int}),
    ],
)  # fmt: skip
def test_numbers_and_days_are_numbers_and_days(client_of, address, kinds):
    book = load_workbook(io.BytesIO(get(client_of("dl"), address)))
    head, *rows = book.active.iter_rows(values_only=True)
    for name, kind in kinds.items():
        held = [row[head.index(name)] for row in rows if row[head.index(name)] is not None]
        assert held, name
        assert all(isinstance(value, kind) for value in held), (name, held)
