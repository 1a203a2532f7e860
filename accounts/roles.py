"""Who may do what, as a table that an auditor can read.

A role is held by a person between two dates (RoleAssignment); a permission is never given to a
person directly. Rights over one goal come from the goal (goals/permissions.py), not from here.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    SYSTEM_LEADER = "system_leader", _("System leader")
    DELIVERY_LEADER = "delivery_leader", _("Delivery leader")
    DEPUTY_DELIVERY_LEADER = "deputy_delivery_leader", _("Deputy delivery leader")
    CONSULTANT = "consultant", _("Delivery Unit consultant")
    ANALYST = "analyst", _("Data analyst")
    GOAL_LEADER = "goal_leader", _("Goal leader")
    GOAL_TEAM = "goal_team", _("Goal team member")
    LOCAL_LEADER = "local_leader", _("Local leader")
    BOARD = "board", _("Board member")
    ADMINISTRATOR = "administrator", _("Administrator")
    VIEWER = "viewer", _("Viewer")


class Permission(StrEnum):
    """What a role may do in the whole system."""

    SEE_ALL_GOALS = auto()
    SEE_CONFIDENTIAL_GOALS = auto()
    SEE_BOARD_GOALS = auto()
    SEE_OWN_ORG_UNITS = auto()
    PREPARE_STOCKTAKES = auto()
    CHAIR_STOCKTAKES = auto()
    APPROVE_TRAJECTORIES = auto()
    KEEP_MAPPINGS = auto()
    SEE_UNIT_ROOM = auto()
    DECIDE_ACCOUNTS = auto()
    ADMINISTER = auto()


# The roles that make up the Unit itself: influence without authority, outside line management.
UNIT_ROLES = frozenset(
    {Role.DELIVERY_LEADER, Role.DEPUTY_DELIVERY_LEADER, Role.CONSULTANT, Role.ANALYST}
)
# Those of them who may be the account manager of a goal leader.
CONSULTING_ROLES = UNIT_ROLES - {Role.ANALYST}

_SEES_GOALS = frozenset({Permission.SEE_ALL_GOALS})
_LEADS_UNIT = frozenset(
    {
        Permission.SEE_ALL_GOALS,
        Permission.SEE_CONFIDENTIAL_GOALS,
        Permission.PREPARE_STOCKTAKES,
        Permission.APPROVE_TRAJECTORIES,
        Permission.KEEP_MAPPINGS,
        Permission.SEE_UNIT_ROOM,
        Permission.DECIDE_ACCOUNTS,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.SYSTEM_LEADER: frozenset(
        {
            Permission.SEE_ALL_GOALS,
            Permission.SEE_CONFIDENTIAL_GOALS,
            Permission.CHAIR_STOCKTAKES,
            Permission.SEE_UNIT_ROOM,
        }
    ),
    Role.DELIVERY_LEADER: _LEADS_UNIT,
    Role.DEPUTY_DELIVERY_LEADER: _LEADS_UNIT,
    Role.CONSULTANT: frozenset(
        {Permission.SEE_ALL_GOALS, Permission.PREPARE_STOCKTAKES, Permission.SEE_UNIT_ROOM}
    ),
    Role.ANALYST: frozenset(
        {Permission.SEE_ALL_GOALS, Permission.KEEP_MAPPINGS, Permission.SEE_UNIT_ROOM}
    ),
    Role.GOAL_LEADER: _SEES_GOALS,
    Role.GOAL_TEAM: _SEES_GOALS,
    Role.LOCAL_LEADER: frozenset({Permission.SEE_OWN_ORG_UNITS}),
    Role.BOARD: frozenset({Permission.SEE_BOARD_GOALS}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_ALL_GOALS,
            Permission.SEE_UNIT_ROOM,
            Permission.DECIDE_ACCOUNTS,
            Permission.ADMINISTER,
        }
    ),
    Role.VIEWER: _SEES_GOALS,
}


@dataclass(frozen=True)
class Access:
    """The roles that one person holds on one day, and the organisation units they reach."""

    on: date
    roles: frozenset[Role]
    org_unit_ids: frozenset[int] = frozenset()

    def may(self, permission: Permission) -> bool:
        return any(permission in GRANTS[role] for role in self.roles)

    @property
    def is_unit(self) -> bool:
        return bool(self.roles & UNIT_ROLES)
