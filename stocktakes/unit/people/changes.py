"""Changing people: who they are, where they work, which roles they hold, whether they are here."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require
from accounts.actions import invitations, people, positions, roles
from accounts.models import Position, RoleAssignment, User
from accounts.permissions import can_add_people, can_change_person
from stocktakes.actions import people as actions
from stocktakes.actions.pseudonyms import pseudonymise
from stocktakes.unit.people import forms
from stocktakes.unit.people.asking import Question, ask, page_of
from stocktakes.unit.people.views import people_page, signed_in, visible_person

forms_allowed = require_http_methods(["GET", "HEAD", "POST"])


def _subject(request: HttpRequest, pk: int) -> User:
    person = visible_person(request, pk)
    require(can_change_person(signed_in(request), person))
    return person


def _question(person: User, title: str, **words: Any) -> Question:
    crumbs = [
        (_("People"), reverse("people:people")),
        (person.name, page_of(person.pk)),
        (title, ""),
    ]
    words.setdefault("text", _("A change has a date and never rewrites the past."))
    return Question(title=title, back=page_of(person.pk), crumbs=crumbs, **words)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


# --- who somebody is ------------------------------------------------------------------------------


@never_cache
@forms_allowed
def person_new(request: HttpRequest) -> HttpResponse:
    by, at, today = signed_in(request), timezone.now(), timezone.localdate()
    require(can_add_people(by))
    title = _("Add a person")
    question = Question(
        title=title,
        text=_("A person exists here without a login, too. Only name and e-mail are needed."),
        button=_("Add the person"),
        back=reverse("people:people"),
        crumbs=[(_("People"), reverse("people:people")), (title, "")],
        suggestions=list(forms.bosses(today)),
    )

    def act(typed: dict[str, Any]) -> str:
        person = actions.bring_in(typed=typed, by=by, at=at)
        messages.success(request, _("%s is here now.") % person.name)
        if typed["invite"]:
            _invite(request, person)
        return page_of(person.pk)

    return ask(request, question, forms.NewPersonForm(_typed(request), today=today), act)


def _invite(request: HttpRequest, person: User) -> None:
    if invitations.invite(person=person, by=signed_in(request), at=timezone.now()):
        words = _("The invitation could not be mailed. Press Invite to get a link to hand over.")
        messages.warning(request, words)
    else:
        messages.success(request, _("The invitation went to %s.") % person.email)


@forms_allowed
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    person, by = _subject(request, pk), signed_in(request)
    question = _question(
        person,
        _("Change name or e-mail"),
        text=_("Whoever signs in uses the new address from now on. The history keeps the old one."),
        button=_("Save"),
        done=_("Saved."),
    )

    def act(typed: dict[str, Any]) -> None:
        people.change_person(
            person=person,
            fields={"name": typed["name"], "email": typed["email"]},
            by=by,
            at=timezone.now(),
            reason=typed["reason"],
            seen=typed["seen"],
        )

    return ask(request, question, forms.PersonForm(_typed(request), row=person), act)


@never_cache
@require_POST
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """By mail at once; if that cannot be, the link is in this one answer and nowhere else."""
    person, by = _subject(request, pk), signed_in(request)
    try:
        link = invitations.invite(person=person, by=by, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(page_of(pk))
    if link:
        return people_page(request, visible_person(request, pk), link)
    messages.success(request, _("The invitation went to %s.") % person.email)
    return redirect(page_of(pk))


# --- whether somebody is here ---------------------------------------------------------------------


@forms_allowed
def person_return(request: HttpRequest, pk: int) -> HttpResponse:
    person, by = _subject(request, pk), signed_in(request)
    question = _question(
        person,
        _("Bring %s back") % person.name,
        text=_("The person can sign in again. Roles that ended stay ended; give new ones."),
        button=_("Bring back"),
        done=_("%s is back.") % person.name,
    )

    def act(typed: dict[str, Any]) -> None:
        people.reactivate(person=person, by=by, at=timezone.now(), reason=typed["reason"])

    return ask(request, question, forms.ReasonOnlyForm(_typed(request)), act)


@forms_allowed
def person_pseudonym(request: HttpRequest, pk: int) -> HttpResponse:
    person, by = _subject(request, pk), signed_in(request)
    question = _question(
        person,
        _("Give %s a pseudonym") % person.name,
        text=_(
            "For somebody who has left and asks to be forgotten. Name and address are replaced in"
            " people, their history and the mail log. It cannot be undone."
        ),
        button=_("Replace name and address for good"),
        done=_("Done. The history says who did it and why."),
        facts=[
            _(
                "Locked records keep the name: packs that were issued and the text they are drawn from."
            ),
            _("So do facts that are only ever added: answers, reasons, notes somebody wrote."),
            _("Copies of the database that were made before keep it until they are deleted."),
        ],
    )

    def act(typed: dict[str, Any]) -> None:
        pseudonymise(person=person, reason=typed["reason"], by=by, at=timezone.now())

    return ask(request, question, forms.ReasonOnlyForm(_typed(request)), act)


# --- roles ----------------------------------------------------------------------------------------


@forms_allowed
def role_new(request: HttpRequest, pk: int) -> HttpResponse:
    person, by = _subject(request, pk), signed_in(request)
    question = _question(
        person, _("Give a role"), button=_("Give the role"), done=_("The role is given.")
    )
    form = forms.RoleForm(_typed(request), initial={"valid_from": timezone.localdate()})

    def act(typed: dict[str, Any]) -> None:
        reason = typed.pop("reason")
        actions.give_role(person=person, fields=typed, by=by, at=timezone.now(), reason=reason)

    return ask(request, question, form, act)


def _role(person: User, role: int) -> RoleAssignment:
    rows = RoleAssignment.objects.filter(person=person).select_related("person")
    return get_object_or_404(rows, pk=role)


@forms_allowed
def role_end(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    person, by = _subject(request, pk), signed_in(request)
    row = _role(person, role)
    title = _("End the role: %s") % row.get_role_display()
    question = _question(person, title, button=_("End the role"), done=_("The role ends then."))
    form = forms.EndForm(_typed(request), row=row, today=timezone.localdate())

    def act(typed: dict[str, Any]) -> None:
        roles.end_role(row=row, by=by, at=timezone.now(), **typed)

    return ask(request, question, form, act)


@forms_allowed
def role_edit(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    person, by = _subject(request, pk), signed_in(request)
    row = _role(person, role)
    question = _question(
        person,
        _("Correct the role: %s") % row.get_role_display(),
        text=_("For what was entered wrongly. The history keeps what stood here, and the reason."),
        button=_("Save the correction"),
        done=_("Corrected."),
    )
    form = forms.RoleCorrectionForm(_typed(request), row=row)

    def act(typed: dict[str, Any]) -> None:
        reason, seen = typed.pop("reason"), typed.pop("seen")
        actions.correct_role(
            row=row, fields=typed, by=by, at=timezone.now(), reason=reason, seen=seen
        )

    return ask(request, question, form, act)


# --- positions ------------------------------------------------------------------------------------


@forms_allowed
def position_new(request: HttpRequest, pk: int) -> HttpResponse:
    person, by, today = _subject(request, pk), signed_in(request), timezone.localdate()
    held = Position.objects.newest_of(person, today)
    question = _question(
        person,
        _("Change position") if held else _("Give a position"),
        text=_(
            "The position of now ends the day before. Whoever reports to it reports to the new one."
        ),
        button=_("Save the position"),
        done=_("The position holds from that day."),
        suggestions=list(forms.bosses(today)),
    )
    form = forms.NewPositionForm(_typed(request), held=held, today=today)

    def act(typed: dict[str, Any]) -> None:
        reason, seen = typed.pop("reason"), typed.pop("seen") or 0
        positions.change_position(
            person=person, fields=typed, by=by, at=timezone.now(), reason=reason, seen=seen
        )

    return ask(request, question, form, act)


@forms_allowed
def position_edit(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    person, by, today = _subject(request, pk), signed_in(request), timezone.localdate()
    rows = Position.objects.filter(person=person).select_related("person", "reports_to__person")
    row = get_object_or_404(rows, pk=position)
    question = _question(
        person,
        _("Correct the position: %s") % row.title,
        text=_("For what was entered wrongly, and to end a position without a next one."),
        button=_("Save the correction"),
        done=_("Corrected."),
        suggestions=list(forms.bosses(today)),
    )
    form = forms.PositionCorrectionForm(_typed(request), row=row, today=today)

    def act(typed: dict[str, Any]) -> None:
        reason, seen = typed.pop("reason"), typed.pop("seen")
        positions.correct_position(
            row=row, fields=typed, by=by, at=timezone.now(), reason=reason, seen=seen
        )

    return ask(request, question, form, act)
