"""Ending and beginning dated rows for one decision, so that it can be taken back."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.actions.turns import end, forget, keep
from accounts.models import AccountAssignment, AccountChange, Dated, User
from goals import wording
from goals.models import GoalConsultant

KINDS: dict[str, type[Any]] = {"account": AccountAssignment, "goal": GoalConsultant}
DAY = timedelta(days=1)


class Refused(Exception):
    """Nothing was changed; `sentences` say why."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


def save_checked(row: Any, *, by: User, at: datetime, reason: str = "") -> None:
    """Saves a row that agrees with all others; raises Refused with the sentence of the model."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(*(f"{row}: {sentence}" for sentence in error.messages)) from error
    keep(row, by=by, at=at, reason=reason)


class Pen:
    """Writes the rows of one decision and keeps what it shortened."""

    def __init__(self, change: AccountChange) -> None:
        self.change = change
        self.on: date = change.starts_on

    def begin(self, row: Any) -> Any:
        row.change = self.change
        self.save(row)
        return row

    def save(self, row: Any) -> None:
        """Checked; its history says who decided it, when, and why."""
        save_checked(row, **self.signature())

    def end(self, row: Any) -> None:
        """A row that no plan is about holds until the day before; one that begins later goes."""
        end(row, last_day=self.on - DAY, **self.signature())

    def forget(self, row: Any) -> None:
        forget(row, **self.signature())

    def signature(self) -> dict[str, Any]:
        change = self.change
        return {"by": change.decided_by, "at": change.decided_at, "reason": change.reason}

    def shorten(self, row: Dated, what: str) -> None:
        """The row holds until the day before. One that begins later is a plan of its own."""
        if row.valid_from >= self.on:
            raise Refused(
                _("%(what)s is planned from %(day)s. Undo that plan first, or choose a later day.")
                % {"what": what, "day": wording.day(row.valid_from)}
            )
        kind = next(name for name, model in KINDS.items() if isinstance(row, model))
        last = row.valid_to.isoformat() if row.valid_to else None
        self.change.shortened.append([kind, row.pk, last])
        self.end(row)

    def close(self) -> AccountChange:
        self.change.save()
        return self.change
