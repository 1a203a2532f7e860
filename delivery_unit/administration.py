"""Django's admin as this product has it: for administrators, behind the one sign-in page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AdminConfig):
    default_site = "delivery_unit.administration.Administration"


class Administration(AdminSite):
    site_header = _("Delivery Unit: reference data")
    site_title = _("Delivery Unit")
    index_title = _("People, roles and reference data")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has signed in and is no administrator gets 403, not a second sign-in page."""
        may: bool = super().has_permission(request)
        if request.user.is_authenticated and not may:
            raise PermissionDenied
        return may

    @method_decorator(login_not_required)
    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        self.has_permission(request)
        onward = {"next": request.GET.get("next") or reverse("admin:index")}
        return redirect(f"{reverse('accounts:login')}?{urlencode(onward)}")

    def password_change(  # type: ignore[override]
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One place for it; here it would leave no trace, and other sessions open."""
        return redirect("accounts:password")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without the way round by type and id, which would tell the address of any goal."""
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]
