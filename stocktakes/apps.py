from django.apps import AppConfig


class StocktakesConfig(AppConfig):
    name = "stocktakes"
    verbose_name = "Stocktakes and routines"

    def ready(self) -> None:
        from stocktakes import signals  # noqa: F401, PLC0415 - models are ready now
