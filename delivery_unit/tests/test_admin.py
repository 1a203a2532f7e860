"""The administration: every page opens, wrong input gets sentences, nothing final is offered."""

import pytest
from django.contrib import admin
from django.forms import ModelChoiceField
from django.test import Client
from django.urls import reverse

from accounts.models import (
    AccountAssignment,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_org_unit, make_person
from delivery_unit.tests.world import make_world
from goals.models import (
    Answer,
    ContentArea,
    Goal,
    GoalIndicator,
    GoalRole,
    ImportMapping,
    Indicator,
    Observation,
    Series,
    Standing,
    Target,
    Trajectory,
)
from goals.tests.factories import make_series
from stocktakes.models import Digest, Job, Pack, RoutineRun, Stocktake

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
READ_ONLY = {Digest, Job, Pack, RoutineRun, Stocktake}


@pytest.fixture
def people():
    return make_world()


@pytest.fixture
def keeper(people):
    client = Client()
    client.force_login(people["adm"])
    return client


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def blank(model):
    """A row of the model, that each page has something to show."""
    known = {Holiday: {"on": LONG_AGO, "name": "Rest"}, Position: {"title": "Head"},
             ImportMapping: {"name": "m", "title": "M", "spec": {}}}  # fmt: skip
    if model is Position:
        return Position.objects.create(person=make_person(), title="Head", valid_from=LONG_AGO)
    return model.objects.create(**known[model]) if model in known else model.objects.first()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_page_of_the_administration_opens(keeper, model):
    row = blank(model)
    assert keeper.get(page(model, "changelist"), {"q": "x"}).status_code == 200
    may_add = admin.site._registry[model].has_add_permission(keeper.get("/admin/").wsgi_request)
    assert keeper.get(page(model, "add")).status_code == (200 if may_add else 403)
    if row is not None:
        for name in ("change", "history"):
            assert keeper.get(page(model, name, row.pk)).status_code == 200
    for wrong in ("9" * 30, "x", "-1"):
        assert keeper.get(page(model, "change", wrong)).status_code == 302


def test_only_administrators_come_in(people):
    for who, person in people.items():
        client = Client()
        client.force_login(person)
        expected = {"adm": 200, "gone": 302}.get(who, 403)
        for address in ("/admin/", page(User, "add"), page(Goal, "changelist")):
            assert client.get(address).status_code == expected, who
    for door in ("/admin/", "/admin/login/"):
        way = Client().get(door, follow=True).redirect_chain
        assert way[-1] == ("/accounts/login/?next=%2Fadmin%2F", 302)


def test_what_is_final_is_not_edited_here(keeper):
    assert not {Observation, Standing, Answer} & set(MODELS)
    for model in READ_ONLY:
        assert keeper.get(page(model, "add")).status_code == 403
    pack = Pack.objects.filter(goals__code="OPEN").get()
    for name in ("change", "delete"):
        assert keeper.post(page(Pack, name, pack.pk), {"post": "yes"}).status_code == 403
    path = Trajectory.objects.first()
    for row in (path, path.target):
        assert keeper.post(page(type(row), "change", row.pk), {}).status_code == 403
        assert keeper.post(page(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_series_with_numbers_stays_about_what_it_is_about(keeper):
    series = Series.objects.filter(observations__isnull=False).first()
    other = make_series().indicator
    keeper.post(page(Series, "change", series.pk), {"indicator": other.pk})
    assert Series.objects.get(pk=series.pk).indicator_id == series.indicator_id


def test_nobody_approves_in_the_administration(keeper):
    series = make_series()
    typed = {
        "series": series.pk, "version": 1, "kind": "level", "baseline_on": "2025-01-01",
        "baseline_value": "1", "due_on": "2026-01-01", "raw_level": "2", "level": "2",
        "decimals": 1, "measured_on_rule": "period_end", "approved_on": "2025-01-01",
    }  # fmt: skip
    assert keeper.post(page(Target, "add"), typed).status_code == 302
    assert Target.objects.get(series=series).approved_on is None


# --- what is hidden -------------------------------------------------------------------------------


def test_a_confidential_goal_is_hidden_here_too(keeper):
    secret = Goal.objects.get(code="SECRET")
    secret.title = "Title of SECRET, later"
    secret.save()
    version = secret.history.first().history_id
    for address in (
        page(Goal, "change", secret.pk), page(Goal, "delete", secret.pk),
        page(Goal, "history", secret.pk),
        reverse("admin:goals_goal_simple_history", args=[secret.pk, version]),
        f"/admin/r/1/{secret.pk}/",
    ):  # fmt: skip
        response = keeper.get(address, follow=True)
        assert response.status_code in {403, 404} or response.redirect_chain, address
        assert "SECRET" not in response.content.decode(), address


def test_what_stands_in_the_way_of_deleting_is_not_named(keeper):
    for row in (ContentArea.objects.get(code="AREA"), Indicator.objects.get(code="OPEN-i")):
        said = keeper.get(page(type(row), "delete", row.pk)).content.decode()
        assert "Cannot delete" in said
        assert "SECRET" not in said
        assert "Title of" not in said
    assert "Something that still uses it." in said


# --- wrong input ----------------------------------------------------------------------------------

ADDABLE = [each for each in MODELS if each not in READ_ONLY | {System}]
GARBAGE = ("", "x" * 400, "9" * 30, "-1", "2026-02-30", '{"a": [1]}', "<b>", "ÄÖ", "1e999")


def typed_fields(response):
    """What a person could type on an add page; choices point to nothing."""
    forms = [response.context["adminform"].form]
    forms += [each.formset.empty_form for each in response.context["inline_admin_formsets"]]
    names = {
        form.add_prefix(name).replace("__prefix__", "0"): isinstance(field, ModelChoiceField)
        for form in forms
        for name, field in form.fields.items()
    }
    fixed = {name: "999999" for name, is_choice in names.items() if is_choice}
    for each in response.context["inline_admin_formsets"]:
        fixed |= {
            f"{each.formset.prefix}-TOTAL_FORMS": 1,
            f"{each.formset.prefix}-INITIAL_FORMS": 0,
        }
    return names, fixed


@pytest.mark.parametrize("model", ADDABLE, ids=lambda model: model._meta.label)
def test_garbage_gets_sentences_and_never_an_error_page(keeper, model):
    names, fixed = typed_fields(keeper.get(page(model, "add")))
    for garbage in GARBAGE:
        response = keeper.post(page(model, "add"), {**dict.fromkeys(names, garbage), **fixed})
        assert response.status_code == 302 or response.context["errors"], garbage
    assert keeper.get("/overview/").status_code == 200


def inline(prefix, *rows, initial=0):
    typed = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        typed |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return typed


def person(**fields):
    return {
        "email": "new@example.test", "name": "New Person", "is_active": "on",
        **inline("role_assignments"), **inline("positions"), **fields,
    }  # fmt: skip


def test_a_person_is_added_with_a_role_and_a_post_and_without_a_password(keeper):
    unit, boss = make_org_unit("LIT"), blank(Position)
    role = {"role": Role.CONSULTANT, "fte_percent": 60, "home_unit": unit.pk,
            "valid_from": "2026-01-01"}  # fmt: skip
    post = {"title": "Consultant", "org_unit": unit.pk, "reports_to": boss.pk,
            "valid_from": "2026-01-01"}  # fmt: skip
    typed = person(
        email="New@Example.test",
        **inline("role_assignments", role), **inline("positions", post),
    )  # fmt: skip
    assert keeper.post(page(User, "add"), typed).status_code == 302
    added = User.objects.get(email="new@example.test")
    assert not added.has_usable_password()
    assert added.role_assignments.get().fte_percent == 60
    assert added.positions.get().reports_to == boss
    change = page(User, "change", added.pk)
    typed = person(name="Renamed", is_active="")
    assert keeper.post(change, typed).status_code == 302
    added.refresh_from_db()
    assert (added.name, added.is_active) == ("Renamed", False)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "no-address"}, "Enter a valid email address."),
        ({"time_zone": "Mars"}, "No such time zone."),
        (inline("role_assignments", *[{"role": "viewer", "fte_percent": 9,
                                       "valid_from": "2026-01-01"}] * 2),
         "Another line above already says so for this time."),
        (inline("role_assignments", {"role": "system_leader", "fte_percent": 9,
                                     "valid_from": "2026-01-01"}), "End that role first."),
        (inline("role_assignments", {"role": "local_leader", "fte_percent": 9,
                                     "valid_from": "2026-01-01"}), "the local leader leads"),
    ],
)  # fmt: skip
def test_a_person_who_cannot_be_is_refused_at_the_field(keeper, fields, sentence):
    response = keeper.post(page(User, "add"), person(**fields))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not User.objects.filter(email="new@example.test").exists()


def test_an_account_is_given_and_a_second_primary_refused(keeper, people):
    typed = {"consultant": people["cons2"].pk, "goal_leader": people["gl2"].pk, "kind": "primary",
             "valid_from": "2026-01-01"}  # fmt: skip
    assert keeper.post(page(AccountAssignment, "add"), typed).status_code == 302
    typed["goal_leader"] = people["gl"].pk
    response = keeper.post(page(AccountAssignment, "add"), typed)
    said = response.context["adminform"].form.errors
    assert said == {"kind": ["This goal leader already has a primary consultant in this time."]}


def goal(people, **fields):
    area = ContentArea.objects.get(code="AREA").pk
    return {
        "code": "NEW", "title": "New goal", "area": area, "state": "active", "rank": 0,
        **inline("roles"), **inline("measures"), **inline("consultants"), **fields,
    }  # fmt: skip


def test_a_goal_is_added_with_its_people_and_numbers(keeper, people):
    leader = {"person": people["gl2"].pk, "role": "leader", "valid_from": "2026-01-01"}
    series = make_series()
    measure = {"series": series.pk, "kind": "goal", "rank": 0}
    typed = goal(people, **inline("roles", leader), **inline("measures", measure))
    assert keeper.post(page(Goal, "add"), typed).status_code == 302
    assert GoalRole.objects.filter(goal__code="NEW", person=people["gl2"]).exists()
    assert GoalIndicator.objects.filter(goal__code="NEW", series=series).exists()


@pytest.mark.parametrize("what", ["two leaders", "two goal indicators", "unit on the team"])
def test_a_goal_that_cannot_be_is_refused(keeper, people, what):
    lead = {"role": "leader", "valid_from": "2026-01-01"}
    rows = {
        "two leaders": inline(
            "roles", {"person": people["gl"].pk, **lead}, {"person": people["gl2"].pk, **lead}
        ),
        "two goal indicators": inline(
            "measures", *({"series": make_series().pk, "kind": "goal", "rank": 0} for _n in "12")
        ),
        "unit on the team": inline("roles", {"person": people["cons"].pk, **lead}),
    }[what]
    response = keeper.post(page(Goal, "add"), goal(people, **rows))
    assert response.status_code == 200
    assert response.context["errors"]
    assert not Goal.objects.filter(code="NEW").exists()


def test_who_is_on_a_goal_team_gets_no_role_in_the_unit(keeper, people):
    typed = {"person": people["gl"].pk, "role": "consultant", "fte_percent": 50,
             "valid_from": "2026-01-01"}  # fmt: skip
    response = keeper.post(page(RoleAssignment, "add"), typed)
    assert list(response.context["adminform"].form.errors) == ["role"]


def test_trees_take_no_circle_here(keeper):
    top = OrgUnit.objects.get(code="C1")
    low = OrgUnit.objects.get(code="D1")
    typed = {"code": "C1", "name": "C", "kind": "x", "parent": low.pk, "valid_from": "2020-01-01"}
    response = keeper.post(page(OrgUnit, "change", top.pk), typed)
    assert list(response.context["adminform"].form.errors) == ["parent"]


def test_a_mapping_that_cannot_work_is_refused(keeper):
    typed = {"name": "m", "title": "M", "spec": '{"a": 1}'}
    response = keeper.post(page(ImportMapping, "add"), typed)
    assert list(response.context["adminform"].form.errors) == ["spec"]
