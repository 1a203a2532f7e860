"""Reference data of goals. Numbers, standings and approved paths are not edited here."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from accounts.admin import OneAfterAnother, RoleAssignmentAdmin, RoleInline, UserAdmin
from accounts.forms import NothingClashes
from accounts.models import RoleAssignment, User
from goals.actions.standings import refresh_standings
from goals.forms.imports import ImportMappingForm
from goals.forms.reference import RoleForm
from goals.models import (
    Aspiration,
    ContentArea,
    DefinitionVersion,
    Goal,
    GoalConsultant,
    GoalIndicator,
    GoalRole,
    ImportMapping,
    Indicator,
    IndicatorSteward,
    Series,
    Subgroup,
    Target,
    Trajectory,
    TrajectoryPoint,
)


class Discreet(admin.ModelAdmin):
    """What stands in the way of deleting is not named: it may be a goal that is confidential."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        gone, counts, missing, protected = super().get_deleted_objects(objs, request)
        return gone, counts, missing, protected and [_("Something that still uses it.")]


@admin.register(Aspiration)
class AspirationAdmin(Discreet, SimpleHistoryAdmin):
    list_display = ("statement", "horizon_on", "is_current")


@admin.register(ContentArea)
class ContentAreaAdmin(Discreet, SimpleHistoryAdmin):
    list_display = ("code", "name", "chief", "rank")
    autocomplete_fields = ("chief",)
    search_fields = ("code", "name")


class GoalRoleInline(admin.TabularInline):
    model = GoalRole
    formset = NothingClashes
    extra = 0
    autocomplete_fields = ("person",)


class GoalIndicatorInline(admin.TabularInline):
    model = GoalIndicator
    formset = NothingClashes
    extra = 0
    autocomplete_fields = ("series",)


class GoalConsultantInline(admin.TabularInline):
    model = GoalConsultant
    formset = NothingClashes
    extra = 0
    autocomplete_fields = ("consultant",)


@admin.register(Goal)
class GoalAdmin(OneAfterAnother, SimpleHistoryAdmin):
    list_display = ("code", "title", "area", "state", "is_confidential", "is_for_board")
    list_filter = ("area", "state")
    search_fields = ("code", "title")
    inlines = (GoalRoleInline, GoalIndicatorInline, GoalConsultantInline)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """A series that begins to serve a goal has a standing from then on."""
        super().save_related(request, form, formsets, change)
        series = form.instance.measures.values_list("series", flat=True)
        refresh_standings(series_ids=series, at=timezone.now())

    def get_queryset(self, request: HttpRequest) -> Any:
        """Also here a confidential goal stays with those who may see it."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets in people only
        return (
            super()
            .get_queryset(request)
            .filter(pk__in=Goal.objects.visible_to(request.user).values("pk"))
        )

    def view_on_site(self, obj: Goal) -> str:
        return obj.get_absolute_url()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._refuse_hidden(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._refuse_hidden(request, object_id)
        page: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return page

    def _refuse_hidden(self, request: HttpRequest, object_id: str) -> None:
        """The history would show what the list leaves out."""
        if self.get_object(request, object_id) is None:
            raise Http404

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False  # a goal ends; it is never deleted


class DefinitionInline(admin.TabularInline):
    model = DefinitionVersion
    extra = 0


class StewardInline(admin.TabularInline):
    model = IndicatorSteward
    extra = 0
    autocomplete_fields = ("person",)


@admin.register(Indicator)
class IndicatorAdmin(Discreet, SimpleHistoryAdmin):
    list_display = ("code", "name", "unit", "direction", "frequency")
    search_fields = ("code", "name")
    inlines = (DefinitionInline, StewardInline)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Settings and definitions decide how values are judged, so standings follow at once."""
        super().save_related(request, form, formsets, change)
        series = Series.objects.filter(indicator=form.instance)
        refresh_standings(series_ids=series.values_list("pk", flat=True), at=timezone.now())


@admin.register(Subgroup)
class SubgroupAdmin(Discreet):
    list_display = ("code", "name", "dimension")
    search_fields = ("code", "name")


@admin.register(Series)
class SeriesAdmin(Discreet):
    list_display = ("indicator", "org_unit", "subgroup")
    list_select_related = ("indicator", "org_unit", "subgroup")
    search_fields = ("indicator__code", "indicator__name", "org_unit__code", "org_unit__name")
    autocomplete_fields = ("indicator", "org_unit", "subgroup")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What its numbers are about does not change under them."""
        return ("indicator", "org_unit", "subgroup") if obj else ()


@admin.register(ImportMapping)
class ImportMappingAdmin(SimpleHistoryAdmin):
    form = ImportMappingForm
    list_display = ("name", "title", "updated_at")


class ApprovedIsFinal:
    """Rows that were approved are read here and changed nowhere."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return obj is None or obj.approved_on is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return obj is not None and obj.approved_on is None


@admin.register(Target)
class TargetAdmin(ApprovedIsFinal, admin.ModelAdmin):
    list_display = ("series", "version", "level", "due_on", "approved_on")
    autocomplete_fields = ("series",)
    raw_id_fields = ("baseline_observation",)
    readonly_fields = ("approved_on", "approved_by")


class TrajectoryPointInline(admin.TabularInline):
    model = TrajectoryPoint
    extra = 0


@admin.register(Trajectory)
class TrajectoryAdmin(ApprovedIsFinal, admin.ModelAdmin):
    list_display = ("series", "version", "method", "state", "approved_on")
    autocomplete_fields = ("series",)
    inlines = (TrajectoryPointInline,)
    readonly_fields = ("state", "approved_on", "submitted_by", "approved_by", "drafted_by")


# --- people, with what goals ask of them ----------------------------------------------------------

admin.site.unregister([User, RoleAssignment])


class RoleBesideGoals(RoleInline):
    form = RoleForm


@admin.register(User)
class PersonAdmin(UserAdmin):
    inlines = (RoleBesideGoals, *UserAdmin.inlines[1:])


@admin.register(RoleAssignment)
class RoleAdmin(RoleAssignmentAdmin):
    form = RoleForm
