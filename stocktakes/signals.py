"""What happens among the goals, told to those whom it is for; the lower app knows nothing of it."""

from datetime import timedelta
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from goals.models import Answer, DataImport
from stocktakes.actions.notifications import notify_of_answer, notify_of_import
from stocktakes.notices import NEWS_DAYS


@receiver(post_save, sender=Answer)
def tell_of_answer(instance: Answer, *, created: bool, **_kwargs: Any) -> None:
    if created and timezone.now() - instance.written_at < timedelta(days=NEWS_DAYS):
        notify_of_answer(answer=instance, at=instance.written_at)


@receiver(post_save, sender=DataImport)
def tell_of_import(instance: DataImport, **_kwargs: Any) -> None:
    if instance.decided_at is not None:
        notify_of_import(data_import=instance, at=instance.decided_at)
