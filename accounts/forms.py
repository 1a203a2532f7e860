"""Forms around signing in. They clean what was typed; what it does is in the actions."""

from itertools import combinations
from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.internal.auth import validate_totp_code
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import second_factor, sign_in
from accounts.devices import place_of
from accounts.limits import TooManyAttempts
from accounts.models import System, User
from accounts.roles import Role
from accounts.wording import TOO_MANY, too_many

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}


def _refusal(refusal: TooManyAttempts) -> ValidationError:
    return ValidationError(too_many(refusal.until, timezone.now()), code=TOO_MANY)


class SignInForm(LoginForm):
    """The library's form; its address is called `username` in the page, as browsers know it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whatever is typed may be somebody's address; what is nobody's is refused as wrong.
        self.fields["login"] = forms.CharField(label=_("Work e-mail"), max_length=254)

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else super().add_prefix(field_name)

    @property
    def is_locked(self) -> bool:
        return bool(self.has_error("__all__", TOO_MANY))


def _code_field(label: Any) -> forms.CharField:
    attrs = {**CONTROL, "autocomplete": "one-time-code", "autocapitalize": "off"}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs))


class CodeForm(AuthenticateForm):
    """A one-time code or a recovery code of `user`."""

    code = _code_field(_("Code from your app, or a recovery code"))

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        request, at = context.request, timezone.now()
        try:
            found = second_factor.check_code(
                person=self.user, code=code, place=place_of(request), at=at
            )
        except TooManyAttempts as refusal:
            raise _refusal(refusal) from refusal
        if found is None:
            raise ValidationError(
                _("This code is not right, or was used before. Wait for the next one.")
            )
        self.authenticator = found
        return code


class ConfirmingForm(forms.Form):
    """Asks for the password once more, of people who have one."""

    def __init__(self, *args: Any, request: HttpRequest, person: User, **kwargs: Any) -> None:
        self.request, self.person = request, person
        super().__init__(*args, **kwargs)
        if person.has_usable_password():
            self.fields["password"] = forms.CharField(
                label=_("Your password"),
                strip=False,
                widget=forms.PasswordInput({**CONTROL, "autocomplete": "current-password"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "password" in cleaned and not self.errors:
            self._confirm(cleaned["password"])
        return cleaned

    def _confirm(self, password: str) -> None:
        at, place = timezone.now(), place_of(self.request)
        try:
            known = sign_in.confirm_password(
                person=self.person, password=password, place=place, at=at
            )
        except TooManyAttempts as refusal:
            self.add_error("password", _refusal(refusal))
        else:
            if not known:
                self.add_error("password", _("This is not your password."))


class SetUpForm(ConfirmingForm):
    """The first code from the app shows that it holds the secret."""

    code = _code_field(_("Code that the app shows"))

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        self.secret = secret
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not validate_totp_code(self.secret, code):
            raise ValidationError(
                _("This is not the code of now. Check the clock of the device and try the next.")
            )
        return code


class NewPasswordForm(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _(
            "Eight characters or more; no common word, not only numbers, nothing like your name."
        )
        self.fields["new_password2"].label = _("The same again")
        self.fields["new_password2"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.update(CONTROL)


class ChangePasswordForm(ConfirmingForm, NewPasswordForm):
    """The old password, then the new one twice."""

    def __init__(self, data: Any = None, *, request: HttpRequest, person: User) -> None:
        super().__init__(person, data, request=request, person=person)
        self.order_fields(["password", "new_password1", "new_password2"])


class ForgottenForm(forms.Form):
    email = forms.CharField(
        label=_("Work e-mail"),
        max_length=254,
        widget=forms.EmailInput({**CONTROL, "autocomplete": "username"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(CONTROL))


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("theme", "language", "time_zone", "mail_wanted")
        labels = {"time_zone": _("Time zone of your mail")}

    def __init__(self, *args: Any, system: System, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name) for name in sorted(available_timezones())]
        as_system = _("As the system (%(zone)s)") % {"zone": system.time_zone}
        choices: dict[str, list[Any]] = {
            "time_zone": [("", as_system), *zones],
            "language": [("", _("As the system")), *settings.LANGUAGES],
        }
        for name, options in choices.items():
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(
                label=label, choices=options, required=False, widget=forms.Select(SELECT)
            )
        self.fields["time_zone"].help_text = _(
            "The mail comes in your morning, and tells days and times of yours."
            " Pages tell those of the system."
        )
        self.fields["theme"].widget.attrs.update(SELECT)
        self.fields["mail_wanted"].widget.attrs["class"] = "form-check-input"


# --- what an administrator types about people -----------------------------------------------------


class PersonForm(forms.ModelForm):
    """A person. How they sign in has a page of its own, which leaves a trace."""

    class Meta:
        model = User
        fields = ("email", "name", "is_active", "mail_wanted", "time_zone")


class SystemForm(forms.ModelForm):
    second_factor_roles = forms.MultipleChoiceField(
        label=_("Second factor needed by"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever holds one of these roles sets up one-time codes at the next sign-in."),
    )

    class Meta:
        model = System
        fields = (
            "name",
            "time_zone",
            "fiscal_year_start",
            "weekend",
            "words",
            "routine_hour",
            "second_factor_roles",
        )


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
