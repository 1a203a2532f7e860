"""Who may do what, as a table that an auditor can read.

A role is held by a person between two dates (RoleAssignment); a permission is never given to a
person directly. Rights over one goal come from the goal (goals/permissions.py), not from here.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.vocabulary import said_lazy, word_lazy


class Role(models.TextChoices):
    SYSTEM_LEADER = "system_leader", word_lazy("system_leader")
    DELIVERY_LEADER = "delivery_leader", word_lazy("delivery_leader")
    DEPUTY_DELIVERY_LEADER = "deputy_delivery_leader", word_lazy("deputy_delivery_leader")
    CONSULTANT = "consultant", word_lazy("consultant")
    ANALYST = "analyst", word_lazy("analyst")
    GOAL_LEADER = "goal_leader", word_lazy("goal_leader")
    GOAL_TEAM = "goal_team", word_lazy("goal_team")
    LOCAL_LEADER = "local_leader", word_lazy("local_leader")
    BOARD = "board", word_lazy("board")
    ADMINISTRATOR = "administrator", word_lazy("administrator")
    VIEWER = "viewer", word_lazy("viewer")


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
    READ_AUDIT = auto()
    SEE_DIRECTORY = auto()
    SEE_PEOPLE = auto()
    ADMINISTER = auto()


# What each lets a person do, for the page that explains it (a test holds it complete).
PERMISSION_WORDS: dict[str, str | Promise] = {
    "see_all_goals": _("read every goal that is not confidential"),
    "see_confidential_goals": _("read confidential goals, too"),
    "see_board_goals": _("read the goals that are shown to the board, with final numbers only"),
    "see_own_org_units": _("read goals that are measured in their own part, with its numbers"),
    "prepare_stocktakes": _("plan and prepare stocktakes, issue packs"),
    "chair_stocktakes": _("chair stocktakes"),
    "approve_trajectories": _("approve trajectories that they did not draw"),
    "keep_mappings": _("keep the mappings that read published files"),
    "see_unit_room": _("look into the room of the Unit: accounts, load, independence"),
    "see_directory": _("look up who is here, with title, office and roles"),
    "see_people": _("see everybody with address, access and all dates"),
    "decide_accounts": said_lazy(_("decide which %(consultant)s keeps which account")),
    "read_audit": _("read who changed what; of goals alone, unless they set up the system"),
    "administer": _("set up the system: goals, indicators, people, roles, settings"),
}

# The roles that make up the Unit itself: influence without authority, outside line management.
UNIT_ROLES = frozenset(
    {Role.DELIVERY_LEADER, Role.DEPUTY_DELIVERY_LEADER, Role.CONSULTANT, Role.ANALYST}
)
# Those of them who may be the account manager of a goal leader.
CONSULTING_ROLES = UNIT_ROLES - {Role.ANALYST}

# A directory is names, titles, offices and roles of those who are here. The Unit, the system leader
# and administrators also see addresses, past and coming dates, and who can sign in.
_SEES_GOALS = frozenset({Permission.SEE_ALL_GOALS, Permission.SEE_DIRECTORY})
_LEADS_UNIT = frozenset(
    {
        Permission.SEE_ALL_GOALS,
        Permission.SEE_CONFIDENTIAL_GOALS,
        Permission.PREPARE_STOCKTAKES,
        Permission.APPROVE_TRAJECTORIES,
        Permission.KEEP_MAPPINGS,
        Permission.SEE_UNIT_ROOM,
        Permission.DECIDE_ACCOUNTS,
        Permission.READ_AUDIT,
        Permission.SEE_PEOPLE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.SYSTEM_LEADER: frozenset(
        {
            Permission.SEE_ALL_GOALS,
            Permission.SEE_CONFIDENTIAL_GOALS,
            Permission.CHAIR_STOCKTAKES,
            Permission.SEE_UNIT_ROOM,
            Permission.SEE_PEOPLE,
        }
    ),
    Role.DELIVERY_LEADER: _LEADS_UNIT,
    Role.DEPUTY_DELIVERY_LEADER: _LEADS_UNIT,
    Role.CONSULTANT: frozenset(
        {
            Permission.SEE_ALL_GOALS,
            Permission.PREPARE_STOCKTAKES,
            Permission.SEE_UNIT_ROOM,
            Permission.SEE_PEOPLE,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Permission.SEE_ALL_GOALS,
            Permission.KEEP_MAPPINGS,
            Permission.SEE_UNIT_ROOM,
            Permission.SEE_PEOPLE,
        }
    ),
    Role.GOAL_LEADER: _SEES_GOALS,
    Role.GOAL_TEAM: _SEES_GOALS,
    Role.LOCAL_LEADER: frozenset({Permission.SEE_OWN_ORG_UNITS}),
    Role.BOARD: frozenset({Permission.SEE_BOARD_GOALS}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_ALL_GOALS,
            Permission.SEE_UNIT_ROOM,
            Permission.SEE_PEOPLE,
            Permission.DECIDE_ACCOUNTS,
            Permission.READ_AUDIT,
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
