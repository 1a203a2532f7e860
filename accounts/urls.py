"""`accounts:` names our pages; three further names are those that the sign-in library asks for."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from accounts.views import help as help_views
from accounts.views import invitations, profile, second_factor, sign_in

login = sign_in.SignInView.as_view()

ours = [
    path("login/", login, name="login"),
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path("sso/", sign_in.sso, name="sso"),
    path("password/forgotten/", sign_in.forgotten, name="forgotten"),
    path("password/new/<str:uid>/<str:token>/", sign_in.choose_password, name="choose_password"),
    path("invitation/<str:key>/", invitations.invitation, name="invitation"),
    path("profile/", profile.profile, name="profile"),
    path("theme/", profile.theme, name="theme"),
    path("password/", profile.password, name="password"),
    path("sessions/", profile.sessions, name="sessions"),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/off/", second_factor.second_factor_off, name="second_factor_off"),
    path("second-factor/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("second-factor/codes.txt", second_factor.recovery_codes_text, name="recovery_codes_text"),
    path("second-factor/codes/new/", second_factor.new_recovery_codes, name="new_recovery_codes"),
    path("people/<int:pk>/sign-in/", help_views.sign_in_help, name="sign_in_help"),
    path("people/<int:pk>/sign-in/link/", help_views.one_time_link, name="one_time_link"),
    path("people/<int:pk>/sign-in/lift/", help_views.lift_lock, name="lift_lock"),
    path(
        "people/<int:pk>/sign-in/reset-second-factor/",
        help_views.reset_second_factor,
        name="reset_second_factor",
    ),
    path("people/<int:pk>/sign-in/end/", help_views.end_all_sessions, name="end_all_sessions"),
    path("people/<int:pk>/sign-in/unlink/", help_views.unlink_sign_on, name="unlink_sign_on"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("login/", login, name="account_login"),
    path("login/code/", sign_in.CodeView.as_view(), name="mfa_authenticate"),
    path(
        "sso/callback/",
        sign_in.sso_callback,
        {"provider_id": settings.OIDC_PROVIDER_ID},
        name="openid_connect_callback",
    ),
]
