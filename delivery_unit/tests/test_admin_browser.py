"""The administration in a real browser: its scripts work under the strict policy, without complaint."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Position, User
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_org_unit, make_person
from goals.tests.factories import make_goal

pytestmark = pytest.mark.django_db


def test_a_person_is_added_with_dates_from_the_calendar_and_a_unit_by_search(page, sign_in):
    make_org_unit("LIT", name="Division of Literacy")
    chief = Position.objects.create(
        person=make_person(name="Yolanda Freeman"), title="Chief", valid_from=LONG_AGO
    )
    sign_in(page, make_person(Role.ADMINISTRATOR))
    page.goto("/admin/accounts/user/add/")
    page.fill("#id_email", "new@example.test")
    page.fill("#id_name", "New Person")
    page.locator("#positions-group .add-row a").click()
    row = page.locator("#positions-0")
    row.locator("input[name$=title]").fill("Coach")
    row.locator(".datetimeshortcuts a", has_text="Today").first.click()
    row.locator(".field-org_unit .select2-selection").click()
    page.locator(".select2-search__field").fill("Liter")
    page.locator(".select2-results__option", has_text="Division of Literacy").click()
    row.locator(".field-reports_to .select2-selection").click()
    page.locator(".select2-results__option", has_text="Chief").click()
    page.locator("input[name=_save]").click()
    page.wait_for_url("**/admin/accounts/user/")
    position = User.objects.get(email="new@example.test").positions.get()
    assert (position.org_unit.code, position.reports_to) == ("LIT", chief)


def test_every_list_and_every_empty_form_opens_without_complaint(page, sign_in):
    make_goal("L1")
    keeper = make_person(Role.ADMINISTRATOR)
    sign_in(page, keeper)
    page.goto("/admin/")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        page.goto(reverse(f"{name}_changelist"))
        if page.locator(".object-tools .addlink").count():
            page.goto(reverse(f"{name}_add"))
            assert page.locator("input[name=_save]").count() == 1
