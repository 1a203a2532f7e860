from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.urls import path, reverse_lazy

from accounts.forms import SignInForm

app_name = "accounts"

# Django's own views bring the sign-in that many eyes have read; they are the listed exception to
# "function views only".
urlpatterns = [
    path(
        "login/",
        LoginView.as_view(
            template_name="accounts/login.html",
            authentication_form=SignInForm,
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path(
        "welcome/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(
            template_name="accounts/welcome.html",
            success_url=reverse_lazy(settings.LOGIN_REDIRECT_URL),
            post_reset_login=True,
        ),
        name="welcome",
    ),
]
