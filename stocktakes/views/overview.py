"""The overview of all priority goals, as a page and as the same table in a file."""

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, honours_as_at
from accounts.models import User
from accounts.vocabulary import said
from goals.measures import Shown
from goals.spreadsheets import Cell, Table
from stocktakes import overview as read_model
from stocktakes.overview import Overview, OverviewRow


@dataclass(frozen=True)
class Column:
    """A head of the table; with a key it sorts, and says how it is sorted now."""

    label: str
    css: str = ""
    key: str = ""
    sort: str = ""

    @property
    def link(self) -> str:
        """What a press on the head asks for next: up, down, and back to the areas."""
        return {self.key: f"-{self.key}", f"-{self.key}": ""}.get(self.sort, self.key)

    @property
    def aria_sort(self) -> str:
        return {self.key: "ascending", f"-{self.key}": "descending"}.get(self.sort, "")


@require_safe
@honours_as_at
def overview(request: HttpRequest) -> HttpResponse:
    shown = _shown(request)
    columns = [
        Column(_("Goal"), "", "goal", shown.sort),
        Column(_("Agreed rating")),
        Column(_("Against trajectory")),
        Column(_("Latest"), "num"),
        Column(_("Variance"), "num", "variance", shown.sort),
        Column(_("Forecast"), "num", "forecast", shown.sort),
        Column(_("Movement"), "", "movement", shown.sort),
        Column(_("Data age"), "", "age", shown.sort),
        Column(_("Next stocktake"), "num", "stocktake", shown.sort),
    ]
    user = cast("PersonRequest", request).user
    context = {"overview": shown, "columns": columns, "next_step": _next_step(user, shown)}
    return render(request, "stocktakes/overview.html", context)


def _shown(request: HttpRequest) -> Overview:
    person_request = cast("PersonRequest", request)
    return read_model.overview(
        user=person_request.user,
        as_at=person_request.as_at,
        sort=request.GET.get("sort", ""),
    )


def _next_step(user: User, shown: Overview) -> str:
    """What makes an empty page fill, said to the person who can do it."""
    if not shown.rows:
        if user.is_staff:
            return _("Write down the first priority goal in the administration.")
        return _("The Unit writes down the first priority goals, then they appear here.")
    return said(_("Each goal team draws a trajectory, and the %(delivery_leader)s approves it."))


# --- the same table as a file ---------------------------------------------------------------------

HEADER = (
    "area", "goal_code", "goal", "goal_leader", "agreed_rating", "indicator_code", "indicator",
    "org_unit", "subgroup", "unit", "against_trajectory", "latest", "latest_shown", "period_end",
    "status", "source", "known_from", "target", "target_shown", "target_due", "expected",
    "variance", "variance_shown", "tolerance", "forecast", "forecast_shown", "projection",
    "shortfall", "movement", "movement_shown", "movement_since",
    "data_age_days", "late_by_days", "next_data_due", "next_stocktake",
)  # fmt: skip


@require_safe
@honours_as_at
def overview_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    shown = _shown(request)
    rows = [_cells(row) for row in shown.rows]
    return Table(f"overview-{shown.on.isoformat()}", HEADER, rows).answer(ending)


def _cells(row: OverviewRow) -> list[Cell]:
    goal = row.row.goal
    meeting = row.next_stocktake
    return [
        row.row.area.name,
        goal.code,
        goal.title,
        row.row.leader.name if row.row.leader else "",
        _("Not rated"),
        *(_numbers(row.measure) if row.measure else [""] * (len(HEADER) - 6)),
        timezone.localdate(meeting.starts_at) if meeting else None,
    ]


def _numbers(measure: Shown) -> list[Cell]:
    words, newest, outcome = measure.words, measure.observation, measure.comparison
    target, before, age = measure.target, measure.previous, measure.age
    return [
        measure.indicator.code,
        measure.indicator.name,
        measure.org_unit.name,
        measure.subgroup.name,
        measure.indicator.unit_label or measure.indicator.unit,
        words.band,
        measure.value,
        words.latest,
        newest.period_end if newest else None,
        newest.status if newest else "",
        (newest.source or measure.indicator.source) if newest else "",
        newest.known_from if newest else None,
        target.level if target else None,
        words.target,
        target.due_on if target else None,
        outcome.expected if outcome else None,
        outcome.variance if outcome else None,
        words.variance,
        outcome.tolerance if outcome else None,
        str(measure.outlook.pace or ""),
        words.forecast,
        measure.outlook.projection if measure.outlook.is_told else None,
        measure.outlook.shortfall if measure.outlook.is_told else None,
        measure.gain,
        words.movement,
        before.period_end if before else None,
        age.freshness_days,
        age.late_days,
        age.due,
    ]
