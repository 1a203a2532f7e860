"""Prefixes only; every app names its own pages."""

from django.contrib import admin
from django.urls import include, path

from delivery_unit import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("stocktakes.urls")),
    path("", include("goals.urls")),
]
