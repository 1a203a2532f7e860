from django.urls import URLPattern, path

from stocktakes.views import overview

app_name = "stocktakes"

urlpatterns: list[URLPattern] = [
    # overview
    path("overview/", overview.overview, name="overview"),
    path("overview.csv", overview.overview_csv, name="overview_csv"),
]
