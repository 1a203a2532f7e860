"""People and assignments in Django's admin, until their own pages stand."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from accounts.actions.turns import take_turns
from accounts.forms import NothingClashes, PersonForm, SystemForm
from accounts.models import (
    AccountAssignment,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)

# What the sign-in library keeps is no reference data: secrets of second factors, links to other
# accounts, and a table of addresses that stays empty.
for _model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class OneAfterAnother(admin.ModelAdmin):
    """Two administrators who assign at once do so one after the other.

    What only one person may hold at a time is looked up before it is written; the row of the
    first person, which is always there, is the key to that room.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            if request.method == "POST":
                take_turns()
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
    readonly_fields = ("last_login", "signing_in")
    inlines = (RoleInline, PositionInline)

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: forms.ModelForm,
        change: bool,  # noqa: FBT001
    ) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("Signing in"))
    def signing_in(self, obj: User | None) -> str:
        if obj is None or not obj.pk:
            return gettext("Save first; then make a one-time link here.")
        address = reverse("accounts:sign_in_help", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Link, locks, one-time codes"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False  # people leave; what they judged and wrote stays


@admin.register(System)
class SystemAdmin(SimpleHistoryAdmin):
    form = SystemForm

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
