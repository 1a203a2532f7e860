"""Signing out ends a look; the session that names it is gone a moment later."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.view_as import stop_view
from accounts.models import User
from delivery_unit.viewing.middleware import KEY


@receiver(user_logged_out)
def stop_looking(request: Any, user: Any, **_kwargs: Any) -> None:
    """`user` is who it is: the address of signing out is nobody else's."""
    start = request.session.get(KEY) if hasattr(request, "session") else None
    if start is not None and isinstance(user, User):
        stop_view(start=int(start), by=user, at=timezone.now(), why=_("Signed out."))
