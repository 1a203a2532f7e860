"""Prefixes only; every app names its own pages."""

from django.contrib import admin
from django.urls import include, path

from delivery_unit import running, views

handler500 = views.server_error

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # what an administrator needs to keep the installation running
    path("settings/status/", running.status, name="status"),
    path("settings/status/report.txt", running.status_report, name="status_report"),
    path("settings/status/jobs/<int:pk>/again/", running.job_again, name="job_again"),
    path("settings/mail/", running.mail, name="mail"),
    path("settings/mail/test/", running.mail_test, name="mail_test"),
    path("settings/mail/stop/", running.mail_stop, name="mail_stop"),
    path("settings/mail/start/", running.mail_start, name="mail_start"),
    path("settings/mail/digests/<int:pk>/arrived/", running.mail_arrived, name="mail_arrived"),
    path("settings/mail/digests/<int:pk>/again/", running.mail_again, name="mail_again"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("unit/", include("stocktakes.unit.urls")),
    path("", include("stocktakes.urls")),
    path("", include("goals.urls")),
]
