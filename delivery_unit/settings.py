"""Every setting, from environment variables; safe when nothing is set.

The README lists the variables. A setting that differs between two installations is a variable;
everything else is code.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from delivery_unit import variables

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

# DEMO marks the demonstration: fictional people with a published password. It is not DEBUG:
# static files are hashed and error pages are the real ones.
DEBUG = variables.yes_or_no("DEBUG")
DEMO = variables.yes_or_no("DEMO")
DATA_DIR = variables.folder("DATA_DIR", BASE_DIR / "var")


def _secret_key() -> str:
    """The secret of this installation; the demo may use one of its own, no other system may."""
    if key := variables.text("SECRET_KEY"):
        return key
    if DEMO or DEBUG:
        return "only-for-the-demo-and-for-development-never-for-a-real-system"
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Make one with: "
        'python -c "import secrets; print(secrets.token_urlsafe(50))"'
    )


SECRET_KEY = _secret_key()
SITE_URL = variables.site("SITE_URL", "http://localhost:8000")
_site = urlsplit(SITE_URL)
_is_https = _site.scheme == "https"
_own_hosts = ["localhost", "127.0.0.1", "[::1]"] if DEMO or DEBUG else []
ALLOWED_HOSTS = [_site.hostname or "", *(variables.words("ALLOWED_HOSTS") or _own_hosts)]
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]

INSTALLED_APPS = [
    "delivery_unit",
    "stocktakes",
    "goals",
    # Before accounts, whose admin takes the library's tables out of sight.
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "accounts",
    "delivery_unit.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tables2",
    "simple_history",
]

MIDDLEWARE = [
    "delivery_unit.middleware.request_number_middleware",
    "delivery_unit.headers.isolation_middleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "delivery_unit.headers.refusal_middleware",
    "delivery_unit.middleware.private_middleware",
    "delivery_unit.middleware.plain_address_middleware",
    "delivery_unit.middleware.system_middleware",
    "delivery_unit.middleware.body_limit_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "delivery_unit.viewing.middleware.ExportMiddleware",
    "delivery_unit.viewing.middleware.ViewAsMiddleware",
    "delivery_unit.signing_in.SignInMiddleware",
    "delivery_unit.middleware.person_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "delivery_unit.viewing.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "delivery_unit.urls"
WSGI_APPLICATION = "delivery_unit.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "delivery_unit.context.shell",
            ],
            "builtins": ["delivery_unit.templatetags.display"],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": variables.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'delivery_unit.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers and one writer work side by side; IMMEDIATE makes writers wait in line
    # instead of failing when they upgrade a read transaction.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = variables.broker("REDIS_URL")
# Attempts to sign in are counted here. All web workers share it, and it is there whenever the
# database is, with Redis or without.
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_shared_cache",
        # A row that were thrown out for want of room would be an attempt forgotten.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- people and sessions --------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "stocktakes:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    }
] + [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "accounts.sessions"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24  # of every one-time link

# The sign-in library: one step for the password, one for the code, one for another provider. What
# it would count, mail or keep of addresses is switched off; accounts/adapters.py says why.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # else the sign-in form has no password
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # the code before and the code after: clocks differ
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAdapter"

# Single sign-on by OpenID Connect, if an issuer is named.
OIDC_PROVIDER_ID = "oidc"
OIDC_ISSUER = variables.text("OIDC_ISSUER")
OIDC_LABEL = variables.text("OIDC_LABEL", "your work account") if OIDC_ISSUER else ""
OIDC_CREATE_PEOPLE = variables.yes_or_no("OIDC_CREATE_PEOPLE")
OIDC_TRUST_EMAIL = variables.yes_or_no("OIDC_TRUST_EMAIL")


def oidc_provider(issuer: str, client_id: str, secret: str) -> dict[str, Any]:
    """The library's words for one provider. The answer is believed because TLS brought it."""
    place = urlsplit(issuer)
    if place.scheme != "https" and place.hostname not in {"localhost", "127.0.0.1"}:
        raise ImproperlyConfigured("OIDC_ISSUER must be an https address.")
    if not client_id or not secret:
        raise ImproperlyConfigured("OIDC_ISSUER also needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
    app = {
        "provider_id": OIDC_PROVIDER_ID,
        "name": OIDC_PROVIDER_ID,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS = (
    oidc_provider(
        OIDC_ISSUER,
        variables.text("OIDC_CLIENT_ID"),
        variables.text("OIDC_CLIENT_SECRET"),
    )
    if OIDC_ISSUER
    else {}
)

# --- transport and content security ---------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SECURE_SSL_REDIRECT = _is_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from within, without the proxy
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _is_https
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = variables.yes_or_no("BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Plotly inserts an empty style element and fills it through the style sheet API, and one with the
# rules of its map part: these two hashes and nothing else are let through.
_PLOTLY_STYLES = [
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "style-src": [SELF, *_PLOTLY_STYLES],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
# The clock of a system is the zone of its System row; this one is only for the log.
TIME_ZONE = "UTC"

# --- static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "delivery_unit.assets.PackageAssetsFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "media"

# --- limits of what a request may carry -----------------------------------------------------------

IMPORT_MAX_BYTES = variables.whole_number("IMPORT_MAX_BYTES", 20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- forms and tables -----------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- mail -----------------------------------------------------------------------------------------

# Without EMAIL_URL mail is written to files under DATA_DIR/mail, where the demo shows it.
_email = variables.mail("EMAIL_URL", f"filemail://{DATA_DIR / 'mail'}")
EMAIL_TRANSPORT = _email["EMAIL_BACKEND"]
EMAIL_BACKEND = "delivery_unit.mail.RecordingBackend"
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_email.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = variables.text("DEFAULT_FROM_EMAIL", "Delivery Unit <unit@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- background work ------------------------------------------------------------------------------

# A job row in our database is the truth of every background job; the broker only rings the bell.
# So a transport of files is enough where there is no Redis: a bell that is lost is rung again.
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "socket_connect_timeout": 5}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "queue-control"),
    }
)
# How long a worker may take over a job before it counts as dead and the job is taken anew.
JOB_LEASE_SECONDS = variables.whole_number("JOB_LEASE_SECONDS", 600)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: a worker that gave up after an hour without a broker would take the web server with it.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# --- log ------------------------------------------------------------------------------------------

LOG_FORMAT = variables.choice("LOG_FORMAT", "plain", ("plain", "json"))
# Errors are posted to this address, too, as the same JSON lines: any collector can take them.
ERROR_URL = variables.address("ERROR_URL")
_error_handlers: dict[str, Any] = (
    {"post": {"class": "delivery_unit.logs.PostErrors", "url": ERROR_URL, "formatter": "json"}}
    if ERROR_URL
    else {}
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "delivery_unit.logs.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "delivery_unit.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        **_error_handlers,
    },
    "root": {
        "handlers": ["console", *_error_handlers],
        "level": variables.log_level("LOG_LEVEL", "INFO"),
    },
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        # Its own handlers write to a console in DEBUG and mail to ADMINS; ours says it all.
        "django": {"handlers": [], "propagate": True},
        # A page that is not there, or not for somebody, is told by the line of its request.
        "django.request": {"level": "ERROR"},
    },
}
