"""Who may read the audit list."""

from accounts.models import User
from accounts.roles import Permission


def can_read_audit(user: User) -> bool:
    """Administrators, and whoever leads the Unit."""
    return user.may(Permission.READ_AUDIT)


def reads_everything(user: User) -> bool:
    """Whoever leads the Unit reads what is about goals, and nothing about people and sign-in."""
    return user.may(Permission.ADMINISTER)
