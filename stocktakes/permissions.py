"""Who may do what with one stocktake and its packs."""

from typing import TYPE_CHECKING

from accounts.models import User
from accounts.roles import Permission
from goals.permissions import can_view_goal, is_on_goal_team

if TYPE_CHECKING:  # permissions lie below the models: they only name their types
    from stocktakes.models import Pack, Stocktake


def takes_part(user: User, stocktake: "Stocktake") -> bool:
    """Whose seat shows them the meeting whole; whoever only looks as them has no seat."""
    if user.is_veiled:
        return False
    return stocktake.chair_id == user.pk or stocktake.attendees.filter(person=user).exists()


def can_view_stocktake(user: User, stocktake: "Stocktake") -> bool:
    """`Stocktake.objects.visible_to(user)` says the same for many."""
    if takes_part(user, stocktake):
        return True
    goals = list(stocktake.goals.all())
    if not all(can_view_goal(user, goal) for goal in goals):
        return False
    if user.may(Permission.PREPARE_STOCKTAKES) or user.may(Permission.CHAIR_STOCKTAKES):
        return True
    return any(is_on_goal_team(user, goal) for goal in goals)


def can_run_system(user: User) -> bool:
    """The status page, the mail settings, and the decisions on them."""
    return user.may(Permission.ADMINISTER)


def can_plan_stocktakes(user: User) -> bool:
    return user.may(Permission.PREPARE_STOCKTAKES)


def can_prepare_stocktake(user: User, stocktake: "Stocktake") -> bool:
    """The Unit prepares; a consultant needs to see every goal on the agenda and in its packs.

    Whoever prepares says who attends, and whoever attends reads every pack.
    """
    if not user.may(Permission.PREPARE_STOCKTAKES):
        return False
    goals = set(stocktake.goals.all())
    for pack in stocktake.packs.without_files().prefetch_related("goals"):
        goals.update(pack.goals.all())
    return all(can_view_goal(user, goal) for goal in goals)


def can_issue_pack(user: User, stocktake: "Stocktake") -> bool:
    return can_prepare_stocktake(user, stocktake)


def can_read_pack(user: User, pack: "Pack") -> bool:
    """No surprises: who is at the meeting or leads a goal in it reads the whole pack.

    A goal that has left the agenda is still in the pack, so it is asked for as well.
    `Pack.objects.visible_to(user)` says the same for many.
    """
    if takes_part(user, pack.stocktake):
        return True
    if not can_view_stocktake(user, pack.stocktake):
        return False
    return all(can_view_goal(user, goal) for goal in pack.goals.all())


__all__ = [
    "can_issue_pack",
    "can_plan_stocktakes",
    "can_prepare_stocktake",
    "can_read_pack",
    "can_run_system",
    "can_view_stocktake",
]
