"""The projection fan in words: what it rests on, or why there is none."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goals.projection import Projection, Silence


def silence_sentence(projection: Projection) -> str:
    """Why no fan is drawn; nothing where one is."""
    if projection.silence is None:
        return ""
    facts = {"used": projection.used, "needed": projection.needed}
    return {
        Silence.TOO_FEW: ngettext(
            "No projection: %(used)s value is too few; it takes %(needed)s.",
            "No projection: %(used)s values are too few; it takes %(needed)s.",
            projection.used,
        ),
        Silence.TOO_FEW_SINCE_BREAK: ngettext(
            "No projection: the definition changed, and there is %(used)s value since; "
            "it takes %(needed)s.",
            "No projection: the definition changed, and there are %(used)s values since; "
            "it takes %(needed)s.",
            projection.used,
        ),
        Silence.LESS_THAN_TWO_SEASONS: _(
            "No projection: with less than two full years or weeks of values (%(needed)s periods), "
            "the season cannot be told from the trend."
        ),
        Silence.TOO_IRREGULAR: _(
            "No projection: the values lie too irregularly, or too many periods have none."
        ),
        Silence.NEVER_MOVED: _(
            "No projection: the values have never moved, so they do not show how far they could."
        ),
        Silence.TOO_WIDE: _(
            "No projection: the values move so much that its range would say nothing."
        ),
    }[projection.silence] % facts


def method_sentence(projection: Projection) -> str:
    """How the fan was made and how to read it; nothing where there is none."""
    if not projection.fans:
        return ""
    parts = [
        _(
            "If it moves on as it did over its last %(used)s values, four in five of the values to "
            "come lie within the fan. It is drawn from the series alone, is no judgement, and "
            "knows nothing of the plan."
        )
        % {"used": projection.used}
    ]
    if projection.is_seasonal:
        parts.append(_("The usual rise and fall within the season is taken into account."))
    if projection.missing:
        parts.append(
            ngettext(
                "%(count)s period in between has no value.",
                "%(count)s periods in between have no value.",
                projection.missing,
            )
            % {"count": projection.missing}
        )
    if projection.ends_early:
        parts.append(_("Farther ahead its range would be so wide that it says nothing."))
    return " ".join(parts)
