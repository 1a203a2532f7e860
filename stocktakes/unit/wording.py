"""The sentences of the Unit room. Values in, words out."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.vocabulary import said
from goals import rounding, wording
from stocktakes.unit.independence import Finding, Verdict, Why

MOST_CODES = 8
MOST_NAMES = 3


def short_day(on: date) -> str:
    """3 Aug: where the year is plain from what stands around it."""
    return date_format(on, "j M")


def codes(all_codes: Sequence[str]) -> str:
    """L1 L2 L3; what is more than a line is counted."""
    if len(all_codes) <= MOST_CODES:
        return " ".join(all_codes)
    shown, left = " ".join(all_codes[: MOST_CODES - 1]), len(all_codes) - MOST_CODES + 1
    return _("%(codes)s and %(count)s more") % {"codes": shown, "count": left}


def load(number: Fraction | None) -> str:
    """3.5; a dash for somebody without any time."""
    return wording.NONE if number is None else rounding.text(number, 1)


def fte(percent: int) -> str:
    return rounding.text(Fraction(percent, 100), 1 if percent % 10 == 0 else 2)


def headline(*, above: int, primary: int, backup: int) -> str:
    """The first sentence of the page: what is wrong, or that nothing is."""
    parts = []
    if above:
        words = ngettext(
            "%(n)s %(consultant)s carries more than they should",
            "%(n)s %(consultant_plural)s carry more than they should",
            above,
        )
        parts.append(said(words, n=wording.count(above)))
    if primary:
        words = ngettext(
            "%(n)s %(goal_leader)s has no %(consultant)s",
            "%(n)s %(goal_leader_plural)s have no %(consultant)s",
            primary,
        )
        parts.append(said(words, n=wording.count(primary)))
    if backup:
        words = ngettext("%(n)s goal has no backup", "%(n)s goals have no backup", backup)
        parts.append(words % {"n": wording.count(backup)})
    if not parts:
        return _("Every goal is looked after, has a backup, and nobody carries too much.")
    return sentence(parts)


def sentence(parts: Sequence[str]) -> str:
    """One sentence of several parts; the first letter is a capital."""
    if len(parts) > 1:
        text = _("%(first)s, and %(last)s") % {
            "first": ", ".join(parts[:-1]),
            "last": parts[-1],
        }
    else:
        text = parts[0]
    return text[:1].upper() + text[1:] + "."


def why(finding: Finding, *, consultant: str, leader: str, manager: str = "") -> str:
    """The reason of a verdict, in words."""
    texts = {
        Why.OUTSIDE: _("%(consultant)s stands outside the line of %(leader)s"),
        Why.WORKS_FOR_LEADER: _("%(consultant)s works for %(leader)s"),
        Why.LEADER_WORKS_FOR: _("%(leader)s works for %(consultant)s"),
        Why.SAME_MANAGER: _("%(consultant)s and %(leader)s both report to %(manager)s"),
        Why.WORKED_FOR_LEADER: _("%(consultant)s worked for %(leader)s until %(until)s"),
        Why.LEADER_WORKED_FOR: _("%(leader)s worked for %(consultant)s until %(until)s"),
    }
    until = wording.day(finding.until) if finding.until else ""
    names = {"consultant": consultant, "leader": leader, "manager": manager, "until": until}
    return texts[finding.why] % names


def verdict(verdict: Verdict) -> str:
    return {
        Verdict.PASS: _("Independent"),
        Verdict.WARN: _("In question"),
        Verdict.FAIL: _("Not independent"),
    }[verdict]


def since(first: date, on: date, *, is_primary: bool) -> str:
    """No backup for 21 days."""
    days = (on - first).days
    if days <= 0:
        return (
            said(_("No primary %(consultant)s from this day on"))
            if is_primary
            else _("No backup from this day on")
        )
    text = (
        ngettext(
            "No primary %(consultant)s for %(n)s day",
            "No primary %(consultant)s for %(n)s days",
            days,
        )
        if is_primary
        else ngettext("No backup for %(n)s day", "No backup for %(n)s days", days)
    )
    return said(text, n=f"{days:,}")


def listed(names: Sequence[str]) -> str:
    """Hannah, Kwame and Mei."""
    if len(names) <= 1:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def outcome(*, moves: int, above: Sequence[str], findings: int, alarm: int) -> str:
    """The first sentence of a preview: 5 moves, nobody above 4.0, one finding to mitigate."""
    limit = load(Fraction(alarm))
    said = [ngettext("%(n)s move", "%(n)s moves", moves) % {"n": wording.count(moves)}]
    if len(above) > MOST_NAMES:
        said.append(
            _("%(n)s people above %(limit)s") % {"n": wording.count(len(above)), "limit": limit}
        )
    elif above:
        said.append(_("%(names)s above %(limit)s") % {"names": listed(above), "limit": limit})
    else:
        said.append(_("nobody above %s") % limit)
    if findings:
        words = ngettext(
            "%(n)s independence finding to mitigate",
            "%(n)s independence findings to mitigate",
            findings,
        )
        said.append(words % {"n": wording.count(findings)})
    text = ", ".join(said)
    return text[:1].upper() + text[1:] + "."
