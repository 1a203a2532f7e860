"""Stocktakes and packs for administrators: to look at. Meetings are planned on their own pages."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import Permission
from goals.models import Goal
from stocktakes.actions.running import run_jobs_again
from stocktakes.models import Digest, Job, JobQuerySet, Pack, RoutineRun, Stocktake


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def _hidden_from(request: HttpRequest) -> QuerySet[Goal]:
    """Running the system gives no right to know of a confidential goal."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return Goal.objects.exclude(pk__in=Goal.objects.visible_to(request.user).values("pk"))


@admin.register(Stocktake)
class StocktakeAdmin(ReadOnlyAdmin):
    list_display = ("title", "starts_at", "chair", "state")
    list_filter = ("state",)
    search_fields = ("title",)
    date_hierarchy = "starts_at"
    fields = ("title", "starts_at", "minutes", "place", "chair", "prepared_by", "state",
              "state_reason")  # fmt: skip

    def view_on_site(self, obj: Stocktake) -> str:
        return obj.get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stocktake]:
        rows: QuerySet[Stocktake] = super().get_queryset(request)
        return rows.exclude(goals__in=_hidden_from(request)).exclude(
            packs__goals__in=_hidden_from(request)
        )


@admin.register(Pack)
class PackAdmin(ReadOnlyAdmin):
    """That a pack was issued, by whom and with which hash; what it says is read on its page."""

    list_display = ("stocktake", "version", "issued_at", "issued_by", "sha256")
    fields = ("stocktake", "version", "issued_at", "issued_by", "change_note", "sha256",
              "pdf_sha256")  # fmt: skip

    def view_on_site(self, obj: Pack) -> str:
        return obj.get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pack]:
        hidden = _hidden_from(request)
        return (
            Pack.objects.without_files()
            .exclude(goals__in=hidden)
            .exclude(stocktake__goals__in=hidden)
            .select_related("stocktake", "issued_by")
        )


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    """What was mailed to whom and how it ended; the text is between the Unit and the person."""

    list_display = ("on", "person", "state", "written_at", "sent_at", "error")
    list_filter = ("state",)
    list_select_related = ("person",)
    fields = ("on", "person", "state", "written_at", "claimed_at", "sent_at", "message_id", "error")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What the worker did and what it gave up. A job is never edited, but may be asked for again."""

    list_display = ("kind", "key", "state", "attempts", "due_at", "finished_at", "error")
    list_filter = ("state", "kind")
    actions = ("run_again",)

    @admin.action(description=gettext_lazy("Run again"), permissions=["run_again"])
    def run_again(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        count = run_jobs_again(jobs=queryset, by=request.user, at=timezone.now())
        words = ngettext("%s job starts again.", "%s jobs start again.", count) % count
        messages.success(request, words)

    def has_run_again_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.may(Permission.ADMINISTER)


@admin.register(RoutineRun)
class RoutineRunAdmin(ReadOnlyAdmin):
    list_display = ("routine", "on", "finished_at", "result")
    list_filter = ("routine",)
