"""What the frame of every page shows: the system, the way around, the day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import System, Theme, User
from delivery_unit.audit.permissions import can_read_audit
from delivery_unit.status import is_silent
from delivery_unit.version import VERSION
from stocktakes.home import Frame, frame_of
from stocktakes.permissions import can_run_system
from stocktakes.unit.permissions import can_view_unit_room


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    is_current: bool
    waiting: int = 0


def shell(request: HttpRequest) -> dict[str, Any]:
    """For base.html. Error pages without a system or a user get what there is."""
    system: System | None = getattr(request, "system", None)
    frame: Any = SimpleLazyObject(lambda: frame_of(request.user))  # type: ignore[arg-type]
    return {
        "system": system or System(),
        "is_demo": settings.DEMO,
        "now": timezone.localtime(),
        "theme": chosen_theme(request),
        "as_at": getattr(request, "as_at", None),
        "honours_as_at": getattr(request, "honours_as_at", ""),
        "reads_audit": SimpleLazyObject(lambda: reads_audit(request)),
        "viewing": getattr(request, "viewing", None),
        "nav_items": SimpleLazyObject(lambda: nav_items(request, frame)),
        "running": SimpleLazyObject(lambda: running(request, frame)),
    }


def reads_audit(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return isinstance(user, User) and can_read_audit(user)


def chosen_theme(request: HttpRequest) -> str:
    """Kept with the person, so that the first paint is right without a script."""
    user = getattr(request, "user", None)
    return user.theme if isinstance(user, User) else Theme.SYSTEM.value


@dataclass(frozen=True)
class Running:
    """What only administrators see in the frame: the release, and whether the worker is silent."""

    version: str = ""
    is_silent: bool = False
    since: datetime | None = None


def running(request: HttpRequest, frame: Frame) -> Running:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not can_run_system(user):
        return Running()
    beat = frame.heartbeat
    return Running(VERSION, is_silent(beat, timezone.now()), beat)


def nav_items(request: HttpRequest, frame: Frame) -> list[NavItem]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return []
    pages = [
        (_("Overview"), reverse("stocktakes:overview")),
        (_("Goals"), reverse("goals:goal_list")),
        (_("My day"), reverse("stocktakes:home")),
        (_("Stocktakes"), reverse("stocktakes:stocktake_list")),
    ]
    if frame.uses_data_desk:
        pages.append((_("Data desk"), reverse("goals:data_desk")))
    if can_view_unit_room(user):
        pages.append((_("Unit room"), reverse("unit:room")))
    if user.is_staff:
        pages.append((_("Settings"), reverse("settings")))
    here = request.path
    day = reverse("stocktakes:home")
    return [
        NavItem(
            label,
            url,
            here == url or (url != "/" and here.startswith(url)),
            frame.waiting if url == day else 0,
        )
        for label, url in pages
    ]
