"""What systems of earlier releases hold: where their migrations ended, and a small whole system.

When a release is made: add it here with the newest migration of each app, and a function that
fills the tables that it added (it may begin with that of the release before). Then raise VERSION.
Rows are made with the models as they were, so a function is never changed again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

LONG_AGO = date(2020, 1, 1)
NOON = datetime(2026, 7, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Release:
    """`changed`: the columns ("table.column") whose values a later migration means to change."""

    version: str
    migrations: dict[str, str]
    fill: Callable[[Any], None]
    changed: frozenset[str] = frozenset()


def fill_0_1(apps):
    people = _people_0_1(apps)
    series = _numbers_0_1(apps, people)
    goal = _goal_0_1(apps, people, series)
    _meeting_0_1(apps, people, goal)
    _background_0_1(apps, people)


def _people_0_1(apps):
    def person(name, role, **fields):
        row = apps.get_model("accounts.User").objects.create(
            email=f"{name.split()[0].lower()}@everly.example", name=name, password="!"
        )
        apps.get_model("accounts.RoleAssignment").objects.create(
            person=row, role=role, valid_from=LONG_AGO, **fields
        )
        return row

    apps.get_model("accounts.System").objects.create(
        name="Everly", time_zone="America/Denver", weekend=[6, 7], words={"board": "State Board"}
    )
    apps.get_model("accounts.HistoricalSystem").objects.create(
        id=1, name="Everley", history_date=NOON, history_type="+"
    )
    apps.get_model("accounts.Holiday").objects.create(on=date(2026, 7, 4), name="Independence Day")
    org_unit = apps.get_model("accounts.OrgUnit").objects.create(
        code="EVR", name="Everly", kind="state", valid_from=LONG_AGO
    )
    people = {
        "chair": person("Ada Chair", "system_leader"),
        "lead": person("Dana Lead", "delivery_leader"),
        "consultant": person("Cem Consultant", "consultant"),
        "leader": person("Zoë Leader", "goal_leader"),
        "local": person("Lee Local", "local_leader", org_unit=org_unit),
        "org_unit": org_unit,
    }
    apps.get_model("accounts.Position").objects.create(
        person=people["leader"], title="Chief of Literacy", org_unit=org_unit, valid_from=LONG_AGO
    )
    apps.get_model("accounts.AccountAssignment").objects.create(
        consultant=people["consultant"], goal_leader=people["leader"], valid_from=LONG_AGO
    )
    return people


def _numbers_0_1(apps, people):
    indicator = apps.get_model("goals.Indicator").objects.create(
        code="reading", name="Grade 3 reading", source="Assessment Office"
    )
    apps.get_model("goals.DefinitionVersion").objects.create(
        indicator=indicator, number=1, text="Share at or above grade level."
    )
    apps.get_model("goals.IndicatorSteward").objects.create(
        indicator=indicator, person=people["leader"], valid_from=LONG_AGO
    )
    subgroup = apps.get_model("goals.Subgroup").objects.create(code="all", name="All")
    series = apps.get_model("goals.Series").objects.create(
        indicator=indicator, org_unit=people["org_unit"], subgroup=subgroup
    )
    mapping = apps.get_model("goals.ImportMapping").objects.create(
        name="office", title="The office's file", spec={"header": 1}
    )
    upload = apps.get_model("goals.DataImport").objects.create(
        filename="reading.csv", content=b"a,b\n1,2\n", sha256="0" * 64, mapping=mapping,
        state="confirmed", uploaded_by=people["leader"], uploaded_at=NOON,
        decided_by=people["leader"], decided_at=NOON,
    )  # fmt: skip
    upload.indicators.add(indicator)
    observation = None
    for year, value in ((2024, "54.60"), (2025, "57.12345678901234567")):
        observation = apps.get_model("goals.Observation").objects.create(
            series=series, period_start=date(year, 1, 1), period_end=date(year, 6, 30), value=value,
            known_from=datetime(year, 8, 1, tzinfo=UTC), data_import=upload,
        )  # fmt: skip
    target = apps.get_model("goals.Target").objects.create(
        series=series, baseline_on=date(2024, 6, 30), baseline_value="54.60",
        due_on=date(2028, 6, 30), raw_level="70", level="70", approved_on=LONG_AGO,
    )  # fmt: skip
    path = apps.get_model("goals.Trajectory").objects.create(
        series=series, target=target, state="approved", approved_on=LONG_AGO, method="custom"
    )
    apps.get_model("goals.TrajectoryPoint").objects.create(
        trajectory=path, on=date(2026, 6, 30), value="62"
    )
    apps.get_model("goals.Standing").objects.create(
        series=series, known_from=NOON, observation=observation, trajectory=path, target=target,
        expected="58.3", variance="-1.18",
    )  # fmt: skip
    return series


def _goal_0_1(apps, people, series):
    aspiration = apps.get_model("goals.Aspiration").objects.create(statement="Every child reads.")
    area = apps.get_model("goals.ContentArea").objects.create(code="LIT", name="Literacy")
    goal = apps.get_model("goals.Goal").objects.create(
        code="L1", title="Every child reads well", aspiration=aspiration, area=area
    )
    apps.get_model("goals.HistoricalGoal").objects.create(
        id=goal.pk, code="L1", title="An older title", area_id=area.pk, history_date=NOON,
        history_type="+",
    )  # fmt: skip
    apps.get_model("goals.GoalRole").objects.create(
        goal=goal, person=people["leader"], role="leader", valid_from=LONG_AGO
    )
    apps.get_model("goals.GoalConsultant").objects.create(
        goal=goal, consultant=people["lead"], reason="Knows the matter", valid_from=LONG_AGO
    )
    apps.get_model("goals.GoalIndicator").objects.create(goal=goal, series=series, kind="goal")
    apps.get_model("goals.Answer").objects.create(
        goal=goal, question=1, text="Raise reading.", written_by=people["leader"], written_at=NOON
    )
    return goal


def _meeting_0_1(apps, people, goal):
    stocktake = apps.get_model("stocktakes.Stocktake").objects.create(
        title="Stocktake on literacy", starts_at=NOON, chair=people["chair"],
        prepared_by=people["lead"],
    )  # fmt: skip
    apps.get_model("stocktakes.StocktakeGoal").objects.create(stocktake=stocktake, goal=goal)
    apps.get_model("stocktakes.StocktakeAttendee").objects.create(
        stocktake=stocktake, person=people["leader"]
    )
    apps.get_model("stocktakes.Pack").objects.create(
        stocktake=stocktake, version=1, snapshot="{}", sha256="0" * 64, issued_at=NOON,
        issued_by=people["lead"], pdf=b"%PDF-1.7 \x00\xff",
    )  # fmt: skip


def _background_0_1(apps, people):
    apps.get_model("stocktakes.Job").objects.create(
        kind="daily", key="2026-07-21", state="done", created_at=NOON, due_at=NOON,
        finished_at=NOON, result={"digests": 1},
    )  # fmt: skip
    apps.get_model("stocktakes.RoutineRun").objects.create(
        routine="tick", on=NOON.date(), finished_at=NOON
    )
    apps.get_model("stocktakes.Digest").objects.create(
        person=people["leader"], on=NOON.date(), subject="News", body="News.", state="sent",
        message_id="<1@everly.example>", written_at=NOON, sent_at=NOON,
    )  # fmt: skip


RELEASES = [
    Release(
        "0.1.0",
        {"accounts": "0001_initial", "goals": "0001_initial", "stocktakes": "0001_initial"},
        fill_0_1,
    ),
]
