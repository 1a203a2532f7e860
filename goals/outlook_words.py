"""Where a measure leads, in the few words that a list has room for."""

from datetime import date

from django.utils.translation import gettext as _

from goals import explaining, wording
from goals.outlook import Outlook
from goals.pace import Confidence, Mode, NoForecast
from goals.trajectory import Direction
from goals.wording import Scale


def forecast(outlook: Outlook, scale: Scale) -> str:
    """The pace check; a number only where the data carry one (FORMULAS 3, the rule of screens)."""
    if outlook.confidence is Confidence.NONE:
        return _("too early to say") if _is_early(outlook) else ""
    if outlook.is_told and outlook.shortfall is not None:
        if outlook.shortfall <= 0:
            return _("meets it")
        return _("%s short") % wording.difference(outlook.shortfall, scale)
    if outlook.mode is Mode.HOLD:
        return _("reached, and holds") if outlook.pace == "G" else _("reached, but slipping")
    return explaining.pace(outlook.pace)


def _is_early(outlook: Outlook) -> bool:
    return outlook.reason in {NoForecast.TOO_EARLY, NoForecast.NO_SAME_SEASON_OBSERVATION}


def forecast_note(outlook: Outlook, scale: Scale, due: date | None) -> str:
    """The level that it leads to, or that this is no number to rely on."""
    if outlook.confidence is Confidence.NONE or due is None:
        return ""
    if not outlook.is_told or outlook.projection is None:
        return _("at the recent pace")
    if scale.direction == Direction.RANGE:
        return _("at the recent pace, by %s") % wording.day(due)
    return _("%(level)s by %(day)s") % {
        "level": wording.level(outlook.projection, scale),
        "day": wording.day(due),
    }
