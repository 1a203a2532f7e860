"""Aspirations, the list of goals, the page of a goal, and its five answers."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, honours_as_at, require
from accounts.models import User
from goals import dashboard
from goals.actions.answers import write_answer
from goals.dashboard import GoalRow
from goals.forms.answers import AnswerForm
from goals.models import Answer, Goal
from goals.permissions import can_answer_question
from goals.spreadsheets import Cell, Table


@require_safe
def aspiration_list(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    aspirations = dashboard.aspirations(user=user)
    return render(
        request,
        "goals/aspiration_list.html",
        {
            "current": [each for each in aspirations if each.aspiration.is_current],
            "earlier": [each for each in aspirations if not each.aspiration.is_current],
        },
    )


@require_safe
@honours_as_at
def goal_list(request: HttpRequest) -> HttpResponse:
    rows, asked = _found(request)
    return render(request, "goals/goal_list.html", {"rows": rows, "asked": asked})


def _found(request: HttpRequest) -> tuple[list[GoalRow], str]:
    person = cast("PersonRequest", request)
    asked = request.GET.get("q", "").strip()[:90]
    return dashboard.goal_list(user=person.user, as_at=person.as_at, asked=asked), asked


COLUMNS = ("goal_code", "goal", "area", "goal_leader", "title", "state", "confidential")


@require_safe
@honours_as_at
def goal_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    rows, _asked = _found(request)
    return Table("goals", COLUMNS, [_cells(row) for row in rows]).answer(ending)


def _cells(row: GoalRow) -> list[Cell]:
    leader = row.leader
    return [
        row.goal.code,
        row.goal.title,
        row.area.name,
        leader.name if leader else "",
        leader.title if leader else "",
        str(row.goal.get_state_display()),
        _("yes") if row.goal.is_confidential else "",
    ]


@require_safe
@honours_as_at
def goal_detail(request: HttpRequest, code: str) -> HttpResponse:
    person_request = cast("PersonRequest", request)
    user, as_at = person_request.user, person_request.as_at
    try:
        goal, uses = dashboard.find_goal(user=user, code=code)
    except Goal.DoesNotExist:
        raise Http404 from None
    view = dashboard.goal_view(
        goal=goal, uses=uses, user=user, on=as_at.on, known_at=as_at.known_at
    )
    context = {"view": view, "goal": goal, "on": as_at.on, "query": as_at.query}
    return render(request, "goals/goal_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    goal = _visible_goal(user, code)
    if number not in Answer.Question.values:
        raise Http404
    require(can_answer_question(user, goal, number))
    answers = list(
        goal.answers.filter(question=number).select_related("written_by").order_by("-written_at")
    )
    first = answers[0].text if answers else ""
    form = AnswerForm(request.POST or None, initial={"text": first})
    if request.method == "POST" and form.is_valid():
        write_answer(
            goal=goal,
            question=number,
            text=form.cleaned_data["text"],
            by=user,
            at=timezone.now(),
        )
        messages.success(request, _("The answer is saved."))
        return redirect(f"{goal.get_absolute_url()}#{dashboard.ANCHORS[number - 1]}")
    context = {
        "goal": goal,
        "number": number,
        "anchor": dashboard.ANCHORS[number - 1],
        "question": Answer.Question(number).label,
        "form": form,
        "answers": answers,
    }
    return render(request, "goals/answer_edit.html", context, status=422 if form.errors else 200)


def _visible_goal(user: User, code: str) -> Goal:
    goals = Goal.objects.visible_to(user).select_related("area", "aspiration")
    return get_object_or_404(goals, code=code)
