"""Signing in, and what an administrator types about people."""

from itertools import combinations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _(
            "This e-mail address and password do not go together. Check both; capital letters"
            " count in the password only."
        ),
        "inactive": _("This account is closed. Ask your administrator."),
    }


class PersonForm(forms.ModelForm):
    """A person; the password is set here for somebody new, and replaced if one is typed."""

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: the password stays as it is. Somebody without one cannot sign in."),
    )

    class Meta:
        model = User
        fields = ("email", "name", "is_active", "mail_wanted", "time_zone")

    def _post_clean(self) -> None:
        """After the name and address are known: a password must not be made of them."""
        super()._post_clean()  # type: ignore[misc]
        if new := self.cleaned_data.get("new_password"):
            try:
                validate_password(new, self.instance)
            except forms.ValidationError as error:
                self.add_error("new_password", error)


class NothingClashes(forms.BaseInlineFormSet):
    """Refuses two typed rows of which only one can hold; `clean()` of each knows the saved ones."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.is_valid() and form not in self.deleted_forms]
        typed = [form for form in kept if form.has_changed() or form.instance.pk]
        for first, second in combinations(typed, 2):
            if first.instance.clashes_with(second.instance):
                second.add_error(
                    NON_FIELD_ERRORS, _("Another line above already says so for this time.")
                )
