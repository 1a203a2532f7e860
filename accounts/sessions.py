"""Sessions as rows of our own, so that a person sees and ends them. Named in SESSION_ENGINE."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.devices import Place
from accounts.models import Session

_PLACE = "place"


class SessionStore(DatabaseStore):
    """Django's store of rows; beside the data each row says whose it is, and from where."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        self.seen_at = row.last_seen_at if row else None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        person, place = data.get(SESSION_KEY), data.get(_PLACE, {})
        row.person_id = int(person) if person else None
        row.device, row.address = place.get("device", ""), place.get("address")
        row.signed_in_at = datetime.fromisoformat(place["at"]) if place else None
        row.last_seen_at = self.seen_at = timezone.now()
        return row

    def remember_place(self, place: Place, at: datetime) -> None:
        self[_PLACE] = {"device": place.device, "address": place.address, "at": at.isoformat()}

    def touch(self, at: datetime) -> None:
        """Notes that the browser is still there, in one small write."""
        Session.objects.filter(pk=self.session_key).update(last_seen_at=at)
        self.seen_at = at
