from django.urls import URLPattern, path, register_converter

from accounts.models import ListImport
from stocktakes.unit.people import changes, lists, offices, own_data, views


class KindConverter:
    regex = "|".join(ListImport.Kind.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "list_kind")
app_name = "people"

urlpatterns: list[URLPattern] = [
    path("people/", views.people, name="people"),
    path("people.<ending:ending>", views.people_file, name="people_file"),
    path("people/export.<ending:ending>", views.people_export, name="people_export"),
    path("people/me/export/", own_data.own_data, name="own_data"),
    path("people/new/", changes.person_new, name="person_new"),
    path("people/import/", lists.people_import, name="people_import"),
    path("people/<int:pk>/", views.person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", changes.person_edit, name="person_edit"),
    path("people/<int:pk>/invite/", changes.person_invite, name="person_invite"),
    path("people/<int:pk>/return/", changes.person_return, name="person_return"),
    path("people/<int:pk>/pseudonym/", changes.person_pseudonym, name="person_pseudonym"),
    path("people/<int:pk>/roles/new/", changes.role_new, name="role_new"),
    path("people/<int:pk>/roles/<int:role>/edit/", changes.role_edit, name="role_edit"),
    path("people/<int:pk>/roles/<int:role>/end/", changes.role_end, name="role_end"),
    path("people/<int:pk>/positions/new/", changes.position_new, name="position_new"),
    path(
        "people/<int:pk>/positions/<int:position>/edit/",
        changes.position_edit,
        name="position_edit",
    ),
    path("offices/", offices.org_units, name="org_units"),
    path("offices/export.<ending:ending>", offices.org_units_export, name="org_units_export"),
    path("offices/new/", offices.org_unit_new, name="org_unit_new"),
    path("offices/import/", lists.org_units_import, name="org_units_import"),
    path("offices/<int:pk>/edit/", offices.org_unit_edit, name="org_unit_edit"),
    path("offices/<int:pk>/end/", offices.org_unit_end, name="org_unit_end"),
    path("lists/<list_kind:kind>.csv", lists.list_template, name="list_template"),
    path("lists/<int:pk>/", lists.list_detail, name="list_detail"),
    path("lists/<int:pk>/confirm/", lists.list_confirm, name="list_confirm"),
    path("lists/<int:pk>/discard/", lists.list_discard, name="list_discard"),
    path("lists/<int:pk>/problems.<ending:ending>", lists.list_problems, name="list_problems"),
]
