"""What narrows the audit list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery_unit.audit.reading import Asked
from delivery_unit.audit.sources import SOURCES, Source

DAY = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
TEXT = {"class": "form-control"}


class AuditForm(forms.Form):
    who = forms.CharField(
        label=_("Who"), required=False, max_length=120, widget=forms.TextInput(attrs=TEXT)
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("To"), required=False, widget=DAY)
    text = forms.CharField(
        label=_("Text"), required=False, max_length=120, widget=forms.TextInput(attrs=TEXT)
    )
    about = forms.RegexField(
        r"^[a-z]+:[0-9]{1,18}$", required=False, widget=forms.HiddenInput, label=_("About")
    )

    def __init__(self, data: Any, *, is_whole: bool) -> None:
        super().__init__(data, auto_id="audit_%s")
        open_to = [each for each in SOURCES.values() if is_whole or each.is_about_goals]
        self.fields["kind"].choices = [("", _("Everything")), *map(_choice, open_to)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))
        return cleaned

    def asked(self) -> Asked:
        """What was typed, as far as it can be used."""
        typed = self.cleaned_data
        what, _colon, pk = (typed.get("about") or "").partition(":")
        return Asked(
            who=typed.get("who") or "",
            kind=typed.get("kind") or "",
            about=(what, int(pk)) if what else None,
            since=typed.get("since"),
            until=typed.get("until"),
            text=typed.get("text") or "",
        )


def _choice(source: Source) -> tuple[str, str]:
    return source.key, source.title
