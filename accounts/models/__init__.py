"""People: who they are, what they may do, and who looks after whom. Knows no goal."""

from accounts.models.audit import AuditEvent
from accounts.models.changes import AccountChange, AccountChangeQuerySet
from accounts.models.dated import Dated, DatedQuerySet
from accounts.models.lists import Invitation, ListImport
from accounts.models.people import (
    AccessState,
    AccountAssignment,
    Position,
    RoleAssignment,
    Theme,
    User,
    UserManager,
    UserQuerySet,
    as_address,
    runs_in_circle,
)
from accounts.models.sign_in import Session, SharedCacheRow, SignInEvent
from accounts.models.system import MAX_DEPTH, Holiday, OrgUnit, System, SystemManager, Term

__all__ = [
    "MAX_DEPTH",
    "AccessState",
    "AccountAssignment",
    "AccountChange",
    "AccountChangeQuerySet",
    "AuditEvent",
    "Dated",
    "DatedQuerySet",
    "Holiday",
    "Invitation",
    "ListImport",
    "OrgUnit",
    "Position",
    "RoleAssignment",
    "Session",
    "SharedCacheRow",
    "SignInEvent",
    "System",
    "SystemManager",
    "Term",
    "Theme",
    "User",
    "UserManager",
    "UserQuerySet",
    "as_address",
    "runs_in_circle",
]
