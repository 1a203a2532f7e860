"""Ending and beginning dated rows for one decision, so that it can be taken back."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

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


def take_turns() -> None:
    """Whoever changes accounts does so after whoever began before.

    The row of the first person, which is always there, is the key to that room; the
    administration takes the same key.
    """
    User.objects.select_for_update().order_by("pk").first()


def save_checked(row: Any) -> None:
    """Saves a row that agrees with all others; raises Refused with the sentence of the model."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(*(f"{row}: {sentence}" for sentence in error.messages)) from error
    row.save()


class Pen:
    """Writes the rows of one decision and keeps what it shortened."""

    def __init__(self, change: AccountChange) -> None:
        self.change = change
        self.on: date = change.starts_on

    def begin(self, row: Any) -> Any:
        row.change = self.change
        save_checked(row)
        return row

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
        row.valid_to = self.on - DAY
        row.save()

    def close(self) -> AccountChange:
        self.change.save()
        return self.change
