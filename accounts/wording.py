"""Sentences that several pages say in the same words."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext

TOO_MANY = "too_many"  # the code of an error that says so


def too_many(until: datetime, now: datetime) -> str:
    """Rounded up to the minute: who comes at the time that was named is let through."""
    opens = (until + timedelta(seconds=59)).replace(second=0, microsecond=0)
    minutes = max(1, -((now - until) // timedelta(minutes=1)))
    wait = ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
    return gettext(
        "Too many wrong attempts. For your safety no more are let through now; try again at"
        " %(time)s, %(wait)s. Nobody else is affected."
    ) % {"time": f"{timezone.localtime(opens):%H:%M}", "wait": wait}
