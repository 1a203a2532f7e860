"""Issuing packs. A pack that was issued is never changed; a change is the next version."""

import logging
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import System, User
from accounts.vocabulary import speaking
from goals.models import Goal
from stocktakes import pdf, snapshot
from stocktakes.actions.jobs import enqueue
from stocktakes.actions.notifications import notify_of_pack
from stocktakes.briefing import draft, pack_of, person
from stocktakes.differences import corrections, not_comparable
from stocktakes.models import Pack, PackDamaged, Stocktake

logger = logging.getLogger(__name__)

DRAW_PACK = "draw_pack"


class CannotIssue(Exception):
    """There is nothing to issue, or not in this way; the message says it to a person."""


class NothingChanged(CannotIssue):
    """The newest version already says all this."""


@transaction.atomic
def issue_pack(
    *,
    stocktake: Stocktake,
    by: User,
    at: datetime,
    change_note: str = "",
    after: int | None = None,
) -> Pack:
    """Freezes everything the pack says as the next version; the earlier ones stay.

    `after` is the newest version that the person saw: whoever presses twice, or beside somebody
    else, issues once. Raises CannotIssue and, where the newest version already says the same and
    no new note insists, NothingChanged.
    """
    stocktake = Stocktake.objects.select_for_update().get(pk=stocktake.pk)
    newest = stocktake.packs.first()
    note = change_note.strip()
    _check(stocktake, newest, after)
    content = _content(stocktake, newest.version + 1 if newest else 1, by, at)
    if newest is not None:
        content = _as_next(content, newest, note)
    text = snapshot.to_text(content)
    pack = Pack.objects.create(
        stocktake=stocktake,
        version=content.version,
        snapshot=text,
        sha256=snapshot.sha256(text),
        issued_at=at,
        issued_by=by,
        change_note=content.change_note,
    )
    pack.goals.set(Goal.objects.filter(agenda_items__stocktake=stocktake))
    notify_of_pack(pack=pack, by=by, at=at)
    enqueue(kind=DRAW_PACK, key=str(pack.pk), payload={"pack": pack.pk}, at=at)
    return pack


def _content(stocktake: Stocktake, version: int, by: User, at: datetime) -> snapshot.Pack:
    """What the pack says now, with days and titles by the clock of the system."""
    system = System.objects.current()
    with timezone.override(ZoneInfo(system.time_zone)), speaking(system.words):
        today = timezone.localdate(at)
        made = draft(stocktake=stocktake, system=system, on=today)
        issuer = User.objects.with_title(today).get(pk=by.pk)
        return pack_of(made=made, version=version, by=person(issuer), at=at)


def _as_next(content: snapshot.Pack, newest: Pack, note: str) -> snapshot.Pack:
    """With the note and with what differs from the version before."""
    before = _said(newest)
    same = before is not None and snapshot.substance(before) == snapshot.substance(content)
    if same and note in ("", newest.change_note):
        raise NothingChanged(
            _("Nothing has changed since version %s, so no new version was issued.")
            % newest.version
        )
    if not note:
        raise CannotIssue(_("Say what has changed, so that readers know why to read it again."))
    differs = corrections(before, content) if before else not_comparable(newest.version)
    return replace(content, change_note=note, corrections=differs)


def _said(pack: Pack) -> snapshot.Pack | None:
    """None: it was altered since, so nobody can say what it said."""
    try:
        return snapshot.from_text(pack.text())
    except PackDamaged as damage:
        logger.error("%s", damage)  # noqa: TRY400 - where it was found says nothing
        return None


def _check(stocktake: Stocktake, newest: Pack | None, after: int | None) -> None:
    if stocktake.state == Stocktake.State.CANCELLED:
        raise CannotIssue(_("The stocktake is cancelled, so there is no pack to issue."))
    if stocktake.state == Stocktake.State.HELD:
        raise CannotIssue(_("The stocktake was held. Its packs stay what the meeting had."))
    if not stocktake.agenda.exists():
        raise CannotIssue(_("No goal is on the agenda yet. Add one, then issue the pack."))
    version = newest.version if newest else 0
    if after is not None and after != version:
        raise NothingChanged(
            _("Version %s was issued in the meantime. Look at it first.") % version
        )


def keep_pdf(*, pack_id: int) -> Pack:
    """Draws the PDF of a pack once and keeps its bytes; a second call changes nothing.

    Drawn outside a transaction, because it takes seconds; whoever is first keeps theirs, and both
    are the same bytes. Raises PdfUnavailable, and PackDamaged where the text was altered.
    """
    pack = Pack.objects.select_related("stocktake").get(pk=pack_id)
    pack.text()
    if pack.pdf is None:
        drawn = pdf.pdf(pack.text())
        Pack.objects.filter(pk=pack_id, pdf__isnull=True).update(
            pdf=drawn, pdf_sha256=sha256(drawn).hexdigest()
        )
        pack.refresh_from_db(fields=["pdf", "pdf_sha256"])
    return pack
