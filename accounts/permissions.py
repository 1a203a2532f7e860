"""Who may do what with a person: `can_<verb>_<noun>(user, person)`."""

from typing import TYPE_CHECKING

from accounts.roles import Permission

if TYPE_CHECKING:  # permissions lie below the models: they only name their types
    from accounts.models import User


def can_view_as(user: "User", person: "User") -> bool:
    """An administrator as anybody at work who is no administrator: nobody borrows their rights."""
    return (
        user.may(Permission.ADMINISTER)
        and person.is_active
        and not person.may(Permission.ADMINISTER)
    )
