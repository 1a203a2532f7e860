from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _(
            "This e-mail address and password do not go together. Check both; capital letters"
            " count in the password only."
        ),
        "inactive": _("This account is closed. Ask your administrator."),
    }
