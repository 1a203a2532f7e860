"""An indicator: its chart, its numbers with all their revisions, and its path."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, honours_as_at, require
from accounts.as_at import AsAt
from goals import dashboard, dictionary
from goals.actions.trajectories import (
    WrongState,
    approve_trajectory,
    draft_trajectory,
    submit_trajectory,
)
from goals.forms.trajectories import TrajectoryForm
from goals.measures import View
from goals.models import Goal, Observation, Series, Trajectory
from goals.permissions import (
    can_approve_trajectory,
    can_draft_trajectory,
    can_submit_trajectory,
)
from goals.spreadsheets import Cell, Table
from goals.trajectory import TrajectoryError
from goals.views.subject import Subject, find_subject

SERIES_ON_A_PAGE = 25
ROWS_ON_A_PAGE = 100

COLUMNS = (
    "indicator_code", "org_unit_code", "subgroup_code", "period_start", "period_end", "value",
    "numerator", "denominator", "status", "published_on", "source", "note", "revision",
    "known_from", "missing_reason", "definition", "reason",
)  # fmt: skip


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    return render(request, "goals/indicator_list.html", {"entries": dictionary.entries(user)})


DICTIONARY = ("indicator_code", "indicator", "frequency", "unit", "source", "series", "goals")


@require_safe
def indicator_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    entries = dictionary.entries(cast("PersonRequest", request).user)
    return Table("indicators", DICTIONARY, (_described(each) for each in entries)).answer(ending)


def _described(entry: dictionary.Entry) -> list[Cell]:
    indicator = entry.indicator
    return [
        indicator.code,
        indicator.name,
        str(indicator.get_frequency_display()),
        indicator.unit_label or indicator.unit,
        indicator.source,
        entry.series_count,
        "; ".join(f"{use.goal.code} ({use.get_kind_display()})" for use in entry.uses),
    ]


@require_safe
@honours_as_at
def indicator_detail(request: HttpRequest, icode: str, code: str | None = None) -> HttpResponse:
    person_request = cast("PersonRequest", request)
    subject = find_subject(person_request, icode, code)
    as_at = person_request.as_at
    on, measure = as_at.on, None
    if subject.series:
        measure = dashboard.series_view(
            series=subject.series, on=on, view=subject.view, known_at=as_at.known_at
        )
    page, asked = _other_series(person_request, subject)
    context = {
        **_place(subject, as_at),
        "measure": measure,
        "points": measure.points_beside_chart if measure else (),
        "definitions": subject.indicator.definitions.order_by("-number"),
        "stewards": subject.indicator.stewards.current(on).select_related("person"),
        "page": page,
        "lines": dictionary.lines(list(page), view=subject.view, known_at=as_at.known_at),
        "asked": asked,
    }
    return render(request, "goals/indicator_detail.html", context)


@require_safe
@honours_as_at
def observation_list(request: HttpRequest, icode: str, code: str | None = None) -> HttpResponse:
    person_request = cast("PersonRequest", request)
    subject = find_subject(person_request, icode, code)
    rows = _observations(subject, person_request.as_at).select_related("entered_by", "data_import")
    page = Paginator(rows.order_by("-period_end", "-revision"), ROWS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    place = _place(subject, person_request.as_at)
    context = {
        **place,
        "page": page,
        "page_query": place["query"].removeprefix("?") + "&",
        "is_inside": subject.view is View.WHOLE,
    }
    return render(request, "goals/observation_list.html", context)


@require_safe
@honours_as_at
def observation_file(
    request: HttpRequest, icode: str, ending: str, code: str | None = None
) -> HttpResponseBase:
    """Every revision in the columns of the importer."""
    person_request = cast("PersonRequest", request)
    subject = find_subject(person_request, icode, code)
    if subject.series is None:
        raise Http404
    series = subject.series
    rows = _observations(subject, person_request.as_at).order_by("period_end", "revision")
    name = f"{series.indicator.code}-{series.org_unit.code}-{series.subgroup.code}"
    return Table(name, COLUMNS, (_cells(series, row) for row in rows)).answer(ending)


def _cells(series: Series, row: Observation) -> list[Cell]:
    return [
        series.indicator.code,
        series.org_unit.code,
        series.subgroup.code,
        row.period_start,
        row.period_end,
        row.value,
        row.numerator,
        row.denominator,
        row.status,
        row.published_on,
        row.source,
        row.note,
        row.revision,
        row.known_from,
        row.missing_reason,
        row.definition,
        row.reason,
    ]


def _observations(subject: Subject, as_at: AsAt) -> Any:
    """Every revision that was known."""
    rows = Observation.objects.filter(series=subject.series)
    if as_at.known_at:
        rows = rows.filter(known_from__lte=as_at.known_at)
    return rows.final() if subject.view is View.FINAL else rows


def _place(subject: Subject, as_at: AsAt) -> dict[str, Any]:
    """What every page of an indicator says about where one is."""
    series = subject.series
    day = f"&{as_at.query}" if as_at.is_past else ""
    return {
        "goal": subject.goal,
        "indicator": subject.indicator,
        "series": series,
        "query": f"?{urlencode(_address(series))}{day}" if series else "",
        "day_query": f"?{as_at.query}" if as_at.is_past else "",
    }


def _address(series: Series) -> dict[str, str]:
    return {"unit": series.org_unit.code, "subgroup": series.subgroup.code}


def _other_series(request: PersonRequest, subject: Subject) -> tuple[Page[Series], str]:
    """The series of the indicator that the reader may see, found by unit or subgroup."""
    asked = request.GET.get("q", "").strip()[:90]
    found = dictionary.readable_series(request.user).filter(indicator=subject.indicator)
    if asked:
        found = found.filter(
            Q(org_unit__name__icontains=asked)
            | Q(org_unit__code__icontains=asked)
            | Q(subgroup__name__icontains=asked)
        )
    found = found.select_related("org_unit", "subgroup").order_by(
        "org_unit__code", "subgroup__dimension", "subgroup__name"
    )
    return Paginator(found, SERIES_ON_A_PAGE).get_page(request.GET.get("page")), asked


# --- the path -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def trajectory_detail(request: HttpRequest, code: str, icode: str) -> HttpResponse:
    """The versions of a path, and what this person may do: draft, submit, approve."""
    person_request = cast("PersonRequest", request)
    subject = find_subject(person_request, icode, code)
    if subject.series is None or subject.goal is None:
        raise Http404
    user, goal, series = person_request.user, subject.goal, subject.series
    as_at = person_request.as_at
    may_draft = can_draft_trajectory(user, goal, series)
    form = TrajectoryForm(series=series) if may_draft else None
    if request.method == "POST":
        if (step := STEPS.get(request.POST.get("do", ""))) is None:
            raise BadRequest
        done, form = step(person_request, goal, series)
        if done:
            return redirect(f"{request.path}{_place(subject, as_at)['query']}")
    versions = series.trajectories.select_related(
        "target__baseline_observation", "drafted_by", "submitted_by", "approved_by"
    ).prefetch_related("points")
    if subject.view is not View.WHOLE:
        versions = versions.filter(approved_on__isnull=False)
    context = {
        **_place(subject, as_at),
        "measure": dashboard.series_view(series=series, on=timezone.localdate(), view=subject.view),
        "versions": list(versions.order_by("-version")),
        "form": form,
        "may_submit": can_submit_trajectory(user, goal, series),
        "may_approve": can_approve_trajectory(user, goal, series),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "goals/trajectory_detail.html", context, status=status)


Outcome = tuple[bool, TrajectoryForm | None]


def _draft(request: PersonRequest, goal: Goal, series: Series) -> Outcome:
    require(can_draft_trajectory(request.user, goal, series))
    form = TrajectoryForm(request.POST, series=series)
    if not form.is_valid():
        return False, form
    try:
        row = draft_trajectory(series=series, draft=form.draft(), by=request.user)
    except TrajectoryError:
        form.add_error(None, _("No path can be drawn through these dates and values."))
        return False, form
    messages.success(request, _("Version %s is saved as a draft.") % row.version)
    return True, form


def _submit(request: PersonRequest, goal: Goal, series: Series) -> Outcome:
    require(can_submit_trajectory(request.user, goal, series))
    row = _version(request, series)
    try:
        submit_trajectory(trajectory=row, by=request.user)
    except WrongState as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Version %s waits for approval.") % row.version)
    return True, None


def _approve(request: PersonRequest, goal: Goal, series: Series) -> Outcome:
    require(can_approve_trajectory(request.user, goal, series))
    row = _version(request, series)
    try:
        approve_trajectory(
            trajectory=row, by=request.user, at=timezone.now(), on=timezone.localdate()
        )
    except WrongState as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Version %s is in force from today.") % row.version)
    return True, None


def _version(request: PersonRequest, series: Series) -> Trajectory:
    number = request.POST.get("version", "")
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    return get_object_or_404(series.trajectories, version=int(number))


STEPS = {"draft": _draft, "submit": _submit, "approve": _approve}
