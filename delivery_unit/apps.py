from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class DeliveryUnitConfig(AppConfig):
    name = "delivery_unit"
    verbose_name = "Delivery Unit"

    def ready(self) -> None:
        """Listens for the end of sessions; makes the folders that the transport of files needs, where there is no Redis."""
        from delivery_unit.viewing import signals  # noqa: F401, PLC0415 - models are ready now

        for name, folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.items():
            if "folder" in name:
                Path(str(folder)).mkdir(parents=True, exist_ok=True)
