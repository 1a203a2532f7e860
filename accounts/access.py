"""How a view asks for permission, and the request that it gets."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import System, User


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    system: System


def require(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence: require(can_...)
    """Refuse with 403 unless `allowed`."""
    if not allowed:
        raise PermissionDenied
