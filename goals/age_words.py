"""The age of a number in words: when it was due, and what its being late does (F9 and F10)."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goals.data_age import AgeStatus, DataAge, Schedule
from goals.wording import day


def age_in_words(age: DataAge) -> str:
    """In time, due soon, late: in a few words."""
    return {
        AgeStatus.FRESH: _("in time"),
        AgeStatus.DUE_SOON: _("in time, the next one is due soon"),
        AgeStatus.LATE: _("late"),
        AgeStatus.VERY_LATE: _("very late: two publications are missing"),
        AgeStatus.NOT_SCHEDULED: _("nobody knows when the first one is due"),
    }[age.status]


def aged(age: DataAge, schedule: Schedule) -> list[str]:
    """How the age came about, step by step, and what follows from it."""
    steps = []
    if age.freshness_days is not None:
        steps.append(
            ngettext(
                "The period of the newest value ended %s day ago.",
                "The period of the newest value ended %s days ago.",
                age.freshness_days,
            )
            % age.freshness_days
        )
    if age.due is None or age.next_period_end is None:
        return [*steps, _("No first period is set, so no number can be late.")]
    steps.append(
        _(
            "The next period ends %(end)s; with %(lag)s days until it is published and %(grace)s"
            " days of grace its number is due %(due)s."
        )
        % {
            "end": day(age.next_period_end),
            "lag": schedule.publication_lag_days,
            "grace": schedule.grace_days,
            "due": day(age.due),
        }
    )
    return [*steps, *_effect(age)]


def _effect(age: DataAge) -> list[str]:
    if not age.is_late:
        return [_("Nothing is late, so the age limits no rating.")]
    steps = [
        ngettext("It is %s day late.", "It is %s days late.", age.late_days) % age.late_days,
        _("Late is not behind: the value is still judged against the path at its own date."),
    ]
    if age.cap is None:
        return steps
    limit = _("Until it is there, no rating higher than %s of 4 is suggested.") % age.cap
    if age.status is AgeStatus.LATE and age.cap > 1:
        limit += " " + _("Other evidence, written down, lifts this limit.")
    return [*steps, limit]
