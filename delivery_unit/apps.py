from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class DeliveryUnitConfig(AppConfig):
    name = "delivery_unit"
    verbose_name = "Delivery Unit"

    def ready(self) -> None:
        """Makes the folders that the transport of files needs, where there is no Redis."""
        for name, folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.items():
            if "folder" in name:
                Path(str(folder)).mkdir(parents=True, exist_ok=True)
