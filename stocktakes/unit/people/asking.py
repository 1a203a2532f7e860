"""One form on a page of its own: drawn, checked, done, or drawn again with what was typed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actions.turns import ChangedMeanwhile
from stocktakes.unit.people.forms import Written


@dataclass(frozen=True)
class Question:
    """What stands around the form."""

    title: str
    text: str
    button: str
    back: str
    done: str = ""
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


def ask(
    request: HttpRequest,
    question: Question,
    form: Written,
    act: Callable[[dict[str, Any]], str | None],
) -> HttpResponse:
    """`act` writes what was typed, and may name another page to go on to."""
    if request.method == "POST" and form.is_valid():
        try:
            onward = act(form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        except ChangedMeanwhile as refusal:
            form.look_again()  # type: ignore[attr-defined]
            form.add_error(None, str(refusal))
        else:
            if question.done:
                messages.success(request, question.done)
            return redirect(onward or question.back)
    context = {"question": question, "form": form}
    return render(request, "stocktakes/unit/ask.html", context)


def page_of(pk: int) -> str:
    return reverse("people:person_detail", args=[pk])
