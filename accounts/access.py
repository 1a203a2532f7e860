"""How a view asks for permission, and the request that it gets."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.as_at import AsAt
from accounts.models import System, User
from accounts.roles import Permission

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    system: System
    as_at: AsAt


def honours_as_at(view: View) -> View:
    """A page that can be read as at an earlier day: its frame offers the choice."""
    return _honouring(view, "numbers")


def tells_who_held_what(view: View) -> View:
    """The same for pages of people: what was held on the day, as it is on record now."""
    return _honouring(view, "people")


def tells_what_was_planned(view: View) -> View:
    """The same for meetings, as they were known at the end of the day."""
    return _honouring(view, "meetings")


def _honouring(view: View, told: str) -> View:
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.honours_as_at = told  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return marked


def can_administer(user: User) -> bool:
    """Settings of the whole system, and the beginning of one."""
    return user.may(Permission.ADMINISTER)


def require(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence: require(can_...)
    """Refuse with 403 unless `allowed`."""
    if not allowed:
        raise PermissionDenied
