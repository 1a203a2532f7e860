"""How the comparison is made, who may do what, and the words in use: from code and data."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest
from accounts.models import User
from accounts.roles import GRANTS, PERMISSION_WORDS, UNIT_ROLES, Role
from accounts.vocabulary import GROUPS, WORDS, said, word
from goals import dashboard
from goals.models import Goal, GoalIndicator
from goals.policy import DEFAULT_POLICY
from goals.saying import PageWords
from goals.wording import percent


@dataclass(frozen=True)
class RoleLine:
    name: str
    is_unit: bool
    may: list[str]


@dataclass(frozen=True)
class Term:
    """A word with what it means; `ours` where the organisation has put its own in its place."""

    word: str
    meaning: str
    ours: str = ""


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    context = {
        "numbers": policy_numbers(),
        "example": example_for(user),
        "roles": role_lines(),
        "glossary": sorted(glossary(), key=lambda each: each.word.lower()),
        "groups": word_groups(),
    }
    return render(request, "settings/help.html", context)


def policy_numbers() -> dict[str, Any]:
    policy = DEFAULT_POLICY
    return {
        "tolerance": percent(policy.tol_frac),
        "slightly": percent(-policy.cut_ag),
        "behind": percent(-policy.cut_ar),
        "hold_slightly": policy.hold_mult_ag,
        "hold_behind": policy.hold_mult_ar,
        "min_cell": policy.min_cell,
    }


@dataclass(frozen=True)
class Example:
    goal: Goal
    words: PageWords


def example_for(user: User) -> Example | None:
    """The first goal that the reader may see and that has a comparison to work through."""
    on = timezone.localdate()
    uses = GoalIndicator.objects.filter(
        goal__in=Goal.objects.visible_to(user).active(), kind="goal"
    )
    codes = uses.filter(series__standings__band__gt="").values_list("goal__code", flat=True)
    for code in codes.order_by("goal__area__rank", "goal__rank").distinct()[:3]:
        goal, known = dashboard.find_goal(user=user, code=code)
        measure = dashboard.goal_view(goal=goal, uses=known, user=user, on=on).measure
        if measure is not None and len(measure.words.worked_out) > 2:
            return Example(goal, measure.words)
    return None


def role_lines() -> list[RoleLine]:
    """Generated from the table that the product asks, so that the page cannot say otherwise."""
    return [
        RoleLine(
            str(role.label),
            role in UNIT_ROLES,
            [str(words) for code, words in PERMISSION_WORDS.items() if code in GRANTS[role]],
        )
        for role in Role
    ]


def word_groups() -> list[tuple[str, list[Term]]]:
    """The words that an organisation may replace, as they are in use."""
    found: dict[str, list[Term]] = {}
    for code, each in WORDS.items():
        used, ours = word(code), str(each.default)
        term = Term(str(capfirst(used)), str(each.meaning), "" if used == ours else ours)
        found.setdefault(each.group, []).append(term)
    return [(str(GROUPS[group]), terms) for group, terms in found.items()]


def glossary() -> list[Term]:
    return [
        Term(
            _("Account"),
            said(_("%(a_goal_leader)s, as the person whom %(a_consultant)s looks after")),
        ),
        Term(_("Aspiration"), _("what is to be true for the whole organisation; goals carry it")),
        Term(_("Band"), _("the finding of the computed comparison; never a rating")),
        Term(_("Baseline"), _("the dated value from which a trajectory starts")),
        Term(_("Content area"), _("a field of work that groups goals")),
        Term(_("Dry run"), _("reading a file on trial: it shows what would change")),
        Term(_("Goal indicator"), _("the one number that says whether a goal is reached")),
        Term(_("Late"), _("a number is past its due day; says nothing about the goal")),
        Term(_("Leading indicator"), _("a number that moves earlier than the goal indicator")),
        Term(_("Pack"), _("what is read before a stocktake; stays as it was issued")),
        Term(_("Percentage point (pp)"), _("the difference of two percentages")),
        Term(_("Perverse indicator"), _("a number watched for unwanted effects")),
        Term(_("Priority goal"), _("one of the few outcomes that the organisation follows")),
        Term(_("Provisional"), _("published, and expected to be revised")),
        Term(_("Rating"), _("what people agree on after looking at everything")),
        Term(_("Steward"), _("may enter the numbers of an indicator; a right, not a job")),
        Term(_("Stocktake"), _("a short regular meeting about progress on some goals")),
        Term(_("Target"), _("a level with the date by which it is reached")),
        Term(_("Tolerance"), _("how far behind still counts as on the trajectory")),
        Term(_("Trajectory"), _("the approved path from baseline to target")),
        Term(_("Unit"), _("the delivery unit: it helps, asks and checks; it owns no goal")),
        Term(_("Variance"), _("value less what the trajectory expects at the value's own date")),
    ]
