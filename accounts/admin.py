"""People and assignments in Django's admin, until their own pages stand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from accounts.forms import NothingClashes, PersonForm
from accounts.models import (
    AccountAssignment,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)


class OneAfterAnother(admin.ModelAdmin):
    """Two administrators who assign at once do so one after the other.

    What only one person may hold at a time is looked up before it is written; the row of the
    first person, which is always there, is the key to that room.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            if request.method == "POST":
                User.objects.select_for_update().order_by("pk").first()
            return super().changeform_view(request, *args, **kwargs)


class PositionInline(admin.TabularInline):
    model = Position
    fk_name = "person"
    extra = 0
    autocomplete_fields = ("org_unit", "reports_to")


class RoleInline(admin.TabularInline):
    model = RoleAssignment
    formset = NothingClashes
    extra = 0
    autocomplete_fields = ("org_unit", "home_unit")


@admin.register(User)
class UserAdmin(OneAfterAnother):
    form = PersonForm
    list_display = ("name", "email", "is_active", "last_login")
    list_filter = ("is_active", "role_assignments__role")
    search_fields = ("name", "email")
    readonly_fields = ("last_login",)
    inlines = (RoleInline, PositionInline)

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: forms.ModelForm,
        change: bool,  # noqa: FBT001
    ) -> None:
        if new := form.cleaned_data.get("new_password"):
            obj.set_password(new)
        elif not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False  # people leave; what they judged and wrote stays


@admin.register(System)
class SystemAdmin(SimpleHistoryAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return not System.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ("on", "name")


@admin.register(OrgUnit)
class OrgUnitAdmin(OneAfterAnother, SimpleHistoryAdmin):
    list_display = ("code", "name", "kind", "parent", "valid_from", "valid_to")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)


@admin.register(Position)
class PositionAdmin(OneAfterAnother, SimpleHistoryAdmin):
    list_display = ("person", "title", "org_unit", "reports_to", "valid_from", "valid_to")
    list_select_related = ("person", "org_unit", "reports_to__person")
    search_fields = ("title", "person__name")
    autocomplete_fields = ("person", "org_unit", "reports_to")


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(OneAfterAnother, SimpleHistoryAdmin):
    list_display = ("person", "role", "fte_percent", "home_unit", "valid_from", "valid_to")
    list_select_related = ("person", "home_unit")
    list_filter = ("role",)
    autocomplete_fields = ("person", "org_unit", "home_unit")


@admin.register(AccountAssignment)
class AccountAssignmentAdmin(OneAfterAnother, SimpleHistoryAdmin):
    list_display = ("goal_leader", "consultant", "kind", "valid_from", "valid_to")
    list_select_related = ("goal_leader", "consultant")
    list_filter = ("kind",)
    autocomplete_fields = ("goal_leader", "consultant")
