"""As whom, and why."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role


class ViewAsForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        empty_label=_("Choose a person"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "invalid_choice": _("Choose somebody at work who is no administrator."),
            "required": _("Choose a person."),
        },
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=_("It stands in the audit list, with every page that you look at."),
        error_messages={"required": _("Say why; the person may ask.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keepers = User.objects.holding(frozenset({Role.ADMINISTRATOR}), timezone.localdate())
        people = User.objects.with_login().exclude(pk__in=keepers.values("pk"))
        self.fields["person"].queryset = people.order_by("name")  # type: ignore[attr-defined]
