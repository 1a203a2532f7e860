from django.urls import URLPattern, path

from stocktakes.views import home, overview

app_name = "stocktakes"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    # overview
    path("overview/", overview.overview, name="overview"),
    path("overview.csv", overview.overview_csv, name="overview_csv"),
]
