"""Prefixes only; every app names its own pages."""

from django.contrib import admin
from django.urls import include, path

from delivery_unit import running, views
from delivery_unit.audit import views as audit
from delivery_unit.setup import help as help_page
from delivery_unit.setup import start, system
from delivery_unit.viewing import views as viewing

handler500 = views.server_error

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # the first page of an installation, and the way from nothing to a first stocktake
    path("", start.front, name="front"),
    path("settings/", system.settings_home, name="settings"),
    path("settings/start/", start.start, name="start"),
    path("settings/start/<slug:name>/", start.start_step, name="start_step"),
    path("settings/system/", system.settings_system, name="settings_system"),
    path("settings/calendar/", system.settings_calendar, name="settings_calendar"),
    path("settings/calendar/remove/", system.calendar_remove, name="calendar_remove"),
    path("settings/words/", system.settings_words, name="settings_words"),
    path("help/", help_page.help_page, name="help"),
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
    # who changed what
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit.<ending:ending>", audit.audit_file, name="audit_file"),
    path("settings/view-as/", viewing.view_as, name="view_as"),
    path("settings/view-as/over/", viewing.view_as_over, name="view_as_over"),
    path("settings/view-as/stop/", viewing.view_as_stop, name="view_as_stop"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("unit/", include("stocktakes.unit.urls")),
    path("unit/", include("stocktakes.unit.people.urls")),
    path("", include("stocktakes.urls")),
    path("", include("goals.urls")),
]
