"""Who may do what with one goal or one indicator: `can_<verb>_<noun>(user, thing)`.

Works on the objects it is given. `Goal.objects.visible_to(user)` says the same as `can_view_goal`
for many goals at once; a test holds the two to each other.
"""

from typing import TYPE_CHECKING

from accounts.models import User
from accounts.roles import CONSULTING_ROLES, Permission

if TYPE_CHECKING:  # permissions lie below the models: they only name their types
    from goals.models import DataImport, Goal, Indicator, Series


def can_view_goal(user: User, goal: "Goal") -> bool:
    if user.is_veiled and goal.is_confidential:
        return False
    if user.may(Permission.SEE_CONFIDENTIAL_GOALS):
        return True
    if is_on_goal_team(user, goal) or is_consultant_of(user, goal):
        return True
    if goal.is_confidential:
        return False
    return (
        user.may(Permission.SEE_ALL_GOALS)
        or (user.may(Permission.SEE_BOARD_GOALS) and goal.is_for_board)
        or _is_measured_in(user, goal)
    )


def is_on_goal_team(user: User, goal: "Goal") -> bool:
    return goal.roles.current(user.access.on).filter(person=user).exists()


def is_goal_leader(user: User, goal: "Goal") -> bool:
    return goal.roles.current(user.access.on).filter(person=user, role="leader").exists()


def is_consultant_of(user: User, goal: "Goal") -> bool:
    """By the account of the goal's leader, or by an exception for this goal."""
    on = user.access.on
    if not user.access.roles & CONSULTING_ROLES:
        return False
    if goal.consultants.current(on).filter(consultant=user).exists():
        return True
    leaders = goal.roles.current(on).filter(role="leader").values("person")
    return user.accounts_kept.current(on).filter(goal_leader__in=leaders).exists()


def _is_measured_in(user: User, goal: "Goal") -> bool:
    units = user.access.org_unit_ids
    return bool(units) and goal.measures.measured_within(units).exists()


def can_set_up_goals(user: User) -> bool:
    """Goals, indicators, who leads and who keeps numbers: administrators."""
    return user.may(Permission.ADMINISTER)


def can_answer_question(user: User, goal: "Goal", question: int) -> bool:
    """The goal's own people answer questions 1 to 4; the Unit answers the fifth."""
    if not can_view_goal(user, goal):
        return False
    if question == 5:
        return is_consultant_of(user, goal) or user.may(Permission.APPROVE_TRAJECTORIES)
    return is_on_goal_team(user, goal)


def can_enter_observations(user: User, indicator: "Indicator") -> bool:
    """Stewards of the indicator, and administrators."""
    if user.may(Permission.ADMINISTER):
        return True
    return indicator.stewards.current(user.access.on).filter(person=user).exists()


def can_backdate(user: User) -> bool:
    """Entering a number as known before a revision that is already here."""
    return user.may(Permission.ADMINISTER)


def can_use_data_desk(user: User) -> bool:
    return has_data_desk_role(user) or user.stewardships.current(user.access.on).exists()


def has_data_desk_role(user: User) -> bool:
    """Without being the steward of anything."""
    return user.may(Permission.ADMINISTER) or user.may(Permission.KEEP_MAPPINGS)


def can_keep_mappings(user: User) -> bool:
    return user.may(Permission.KEEP_MAPPINGS) or user.may(Permission.ADMINISTER)


def can_decide_import(user: User, data_import: "DataImport") -> bool:
    """Whoever may enter every indicator of the file may confirm or discard it.

    A file in which no row is right has no indicator: it stays with whoever brought it.
    """
    indicators = data_import.indicators.all()
    if not indicators:
        return data_import.uploaded_by_id == user.pk or user.may(Permission.ADMINISTER)
    return all(can_enter_observations(user, each) for each in indicators)


def is_measured_by(goal: "Goal", series: "Series") -> bool:
    """Other lines of the goal's indicator are read beside it; their paths are not the goal's."""
    return goal.measures.filter(series=series).exists()


def can_draft_trajectory(user: User, goal: "Goal", series: "Series") -> bool:
    """The goal's own people. The Unit may propose, it never edits."""
    return is_on_goal_team(user, goal) and is_measured_by(goal, series)


def can_submit_trajectory(user: User, goal: "Goal", series: "Series") -> bool:
    return is_goal_leader(user, goal) and is_measured_by(goal, series)


def can_approve_trajectory(user: User, goal: "Goal", series: "Series") -> bool:
    """The delivery leader, who may not approve a path that they drew themselves as goal leader."""
    return (
        user.may(Permission.APPROVE_TRAJECTORIES)
        and can_view_goal(user, goal)
        and is_measured_by(goal, series)
        and not is_on_goal_team(user, goal)
    )
