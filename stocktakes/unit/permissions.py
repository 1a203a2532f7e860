"""Who may look into the Unit's room, and who decides there."""

from accounts.models import User
from accounts.roles import Permission


def can_view_unit_room(user: User) -> bool:
    """The Unit, administrators, and the system leader to read."""
    return user.may(Permission.SEE_UNIT_ROOM)


def can_decide_accounts(user: User) -> bool:
    """The delivery leader, the deputy, and administrators; consultants see."""
    return user.may(Permission.DECIDE_ACCOUNTS)
