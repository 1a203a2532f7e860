from django.apps import AppConfig
from django.db.backends.signals import connection_created


class GoalsConfig(AppConfig):
    name = "goals"
    verbose_name = "Goals and numbers"

    def ready(self) -> None:
        from goals.fields import teach_sqlite  # noqa: PLC0415 - Django is set up only now

        connection_created.connect(teach_sqlite, dispatch_uid="goals.fields.teach_sqlite")
