"""Settings: one file, every variable of the environment read here and listed in `.env.example`.

Without any variable the site runs on SQLite on this machine only. `PVD_ENV=production`
asks for what a public site needs, and a missing or bad value stops the start.
"""

import fcntl
import os
import re
import secrets
import sys
import tomllib
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PVD_VAR_DIR") or BASE_DIR / "var")
PVD_VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def env_bool(name, default=False):
    """Return the yes or no of a variable; anything but 0, 1, true or false stops the start."""
    value = os.environ.get(name, str(int(default))).lower()
    if value not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} vaut « {value} » : 0, 1, true ou false attendu.")
    return value in {"1", "true"}


# What production cannot do without: `.env.example` tells what each is.
REQUIRED_IN_PRODUCTION = (
    *("PVD_SECRET_KEY", "PVD_ALLOWED_HOSTS", "PVD_MANDATAIRE", "DATABASE_URL"),
    *("PVD_EDITEUR", "PVD_EDITEUR_ADRESSE", "PVD_EDITEUR_SIRET", "PVD_EDITEUR_CONTACT"),
    *("PVD_EDITEUR_DIRECTEUR", "PVD_EDITEUR_HEBERGEUR", "PVD_EDITEUR_DPO"),
)


def environment():
    """Return the required variables by name, empty outside production where they are not given.

    Raise ImproperlyConfigured in production if some are missing: all of them are named at once.
    """
    given = {name: os.environ.get(name, "").strip() for name in REQUIRED_IN_PRODUCTION}
    missing = [name for name, value in given.items() if not value]
    if PRODUCTION and missing:
        raise ImproperlyConfigured(
            f"Obligatoire quand PVD_ENV=production, et à remplir : {', '.join(missing)}. "
            "Le fichier .env.example dit ce qu'est chaque variable."
        )
    return given


def secret_key(key):
    """Return the key of production, if nobody can guess it: long, drawn at random, in no example."""
    known = any(word in key.lower() for word in ("insecure", "changeme", "change-me", "exemple"))
    repeated = key in (key + key)[1:-1] or len(set(key)) < 10
    if PRODUCTION and (len(key) < 50 or known or repeated):
        raise ImproperlyConfigured(
            "PVD_SECRET_KEY se devine : il en faut une d'au moins 50 caractères tirés au hasard, par "
            "« python -c 'import secrets; print(secrets.token_urlsafe(60))' »."
        )
    return key


def allowed_hosts(text):
    """Return the names of the site; any name at all would let a visitor choose that of our links."""
    hosts = text.replace(",", " ").split()
    if PRODUCTION and any("*" in host or host == "." for host in hosts):
        raise ImproperlyConfigured("PVD_ALLOWED_HOSTS : les noms du site, sans « * ».")
    return hosts


def mandataire(name):
    """Return the header by which the proxy tells the address of the visitor; empty, there is none."""
    if name not in {"", "aucun", "X-Forwarded-For", "X-Real-IP"}:
        raise ImproperlyConfigured(
            f"PVD_MANDATAIRE vaut « {name} » : aucun, X-Forwarded-For ou X-Real-IP attendu."
        )
    return "" if name == "aucun" else name


def luhn(digits):
    """Return the sum of what is written once every second digit, from the last, counts double."""
    counted = (str(int(digit) * (1 + rank % 2)) for rank, digit in enumerate(reversed(digits)))
    return sum(map(int, "".join(counted)))


def siret(text):
    """Return the number of the publisher as it is read in French: fourteen digits, whose sum is right."""
    digits = "".join(text.split())
    if digits and not (re.fullmatch("[0-9]{14}", digits) and luhn(digits) % 10 == 0):
        raise ImproperlyConfigured(
            f"PVD_EDITEUR_SIRET vaut « {text} » : 14 chiffres attendus, sans faute de frappe."
        )
    return " ".join(filter(None, (digits[:3], digits[3:6], digits[6:9], digits[9:])))


def local_secret_key():
    """Return the key of this machine, drawn at random at the first start and kept aside.

    Of two processes that start at once, the second waits for what the first writes.
    """
    path = VAR_DIR / "cle_secrete"
    if path.exists() and (known := path.read_text()):
        return known
    with open(path, "a+", opener=partial(os.open, mode=0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not (key := file.read()):
            key = secrets.token_urlsafe(50)
            file.write(key)
    return key


# A page waits no longer than this for its turn to write, on either database.
SECONDS_FOR_A_TURN = 20
# Nor for the answer to one query, the longest of which takes two seconds on France; a file that comes
# in is thousands of short ones. A command takes the time that it takes: no page waits for it.
SECONDS_FOR_A_QUERY = 0 if Path(sys.argv[0]).name == "manage.py" else 30
ON_A_LINE_THAT_MAY_BREAK = {
    # A server that is away may refuse, or say nothing: by default, for more than two minutes.
    "connect_timeout": "3",
    # A cable that is cut tells nobody: what is sent, or a question on a silent line, is answered by
    # the other machine within ten seconds, or the line is dead.
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
}


def database(url):
    """Read `sqlite:///chemin` or `postgres://role:secret@hote:5432/base?host=/socket`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:])
        return {
            "ENGINE": "socle.bases.sqlite",
            "NAME": name,
            "OPTIONS": {
                # Two writers queue instead of failing.
                "transaction_mode": "IMMEDIATE",
                "timeout": SECONDS_FOR_A_TURN,
                # What an agent was told is recorded is so after a power cut: NORMAL would lose it.
                "init_command": "PRAGMA synchronous=FULL",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options = ON_A_LINE_THAT_MAY_BREAK | dict(parse_qsl(parts.query))
        server = [
            # Compiling a query costs more than running ours: a page was eight times slower with it.
            "-c jit=off",
            f"-c lock_timeout={SECONDS_FOR_A_TURN}s",
            f"-c statement_timeout={SECONDS_FOR_A_QUERY}s",
            # What the address asks for comes last, and wins.
            options.get("options", ""),
        ]
        options["options"] = " ".join(server).strip()
        # The server cuts a query that is too long; of one that is frozen, our side gives up.
        options["patience"] = SECONDS_FOR_A_QUERY and SECONDS_FOR_A_QUERY + 5
        return {
            "ENGINE": "socle.bases.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": parts.port or "",
            # A connection a request costs sixteen times a trivial page.
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(f"DATABASE_URL : « {parts.scheme} » n'est ni sqlite ni postgres.")


def mail(url):
    """Read `smtp://role:secret@hote:587?tls=1` or `smtps://…:465`; empty, mails go to the console."""
    parts = urlsplit(url)
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("PVD_COURRIEL_URL : smtp://hote:587?tls=1 ou smtps://hote:465.")
    ssl = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if ssl else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": ssl,
        "EMAIL_USE_TLS": not ssl and dict(parse_qsl(parts.query)).get("tls") == "1",
    }


PVD_ENV = os.environ.get("PVD_ENV", "local")
if PVD_ENV not in {"local", "production"}:
    raise ImproperlyConfigured(f"PVD_ENV vaut « {PVD_ENV} » : local ou production attendu.")
PRODUCTION = PVD_ENV == "production"

DEBUG = env_bool("PVD_DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("PVD_DEBUG montre le code aux visiteurs : interdit en production.")

# The site of the demonstration: made-up posts, and all that it writes in a folder of its own.
PVD_DEMO = env_bool("PVD_DEMO")
if PVD_DEMO:
    if PRODUCTION:
        raise ImproperlyConfigured("PVD_DEMO montre des données fictives : interdit en production.")
    for name in ("DATABASE_URL", "PVD_DOCUMENTS_DIR"):
        if os.environ.get(name):
            raise ImproperlyConfigured(f"PVD_DEMO a sa base et ses documents : retirez {name}.")
    VAR_DIR = VAR_DIR / "demonstration"

# Made at the first start; its base holds names of people.
try:
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError:
    raise ImproperlyConfigured(f"PVD_VAR_DIR : « {VAR_DIR} » ne peut être créé.") from None

required = environment()
SECRET_KEY = secret_key(required["PVD_SECRET_KEY"]) or local_secret_key()
ALLOWED_HOSTS = allowed_hosts(required["PVD_ALLOWED_HOSTS"]) or [
    "127.0.0.1",
    "localhost",
    "[::1]",
]
# The only header of a visitor's address that is believed, with X-Forwarded-Proto beside it.
PVD_MANDATAIRE = mandataire(required["PVD_MANDATAIRE"])
DATABASES = {"default": database(required["DATABASE_URL"] or f"sqlite:///{VAR_DIR}/pvd.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What is counted by visitor, for an hour: in the database, which all processes share.
    "compteurs": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "pvd_compteurs",
        # More than a robot with many addresses can fill: beyond, places would be freed at random.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# Who answers for the site, told by its pages even while no database answers.
PVD_EDITEUR = required["PVD_EDITEUR"]
PVD_EDITEUR_ADRESSE = required["PVD_EDITEUR_ADRESSE"]
PVD_EDITEUR_SIRET = siret(required["PVD_EDITEUR_SIRET"])
PVD_EDITEUR_CONTACT = required["PVD_EDITEUR_CONTACT"]
PVD_EDITEUR_DIRECTEUR = required["PVD_EDITEUR_DIRECTEUR"]
PVD_EDITEUR_HEBERGEUR = required["PVD_EDITEUR_HEBERGEUR"]
PVD_EDITEUR_DPO = required["PVD_EDITEUR_DPO"]

# Code of the département whose page is the home page; empty, the home page speaks of France.
PVD_DEPARTEMENT = os.environ.get("PVD_DEPARTEMENT", "")

PVD_APPS = [
    "pvd.portail",
    "pvd.bureau",
    "pvd.signalements",
    "pvd.suivi",
    "projects",
    "ort",
    "communes",
    "socle",
]
INSTALLED_APPS = [
    *PVD_APPS,
    "socle.site.PvdAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "widget_tweaks",
    "dsfr",
    "django_filters",
    "import_export",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    # Outside all that answers, the static files included.
    "socle.web.entetes.EntetesMiddleware",
    "pvd.portail.donnees.ouverture.OuvertureMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "socle.web.compression.CompressionMiddleware",
    # Inside the compression: the mark of a page is that of its contents, however it travels.
    "django.middleware.http.ConditionalGetMiddleware",
    # Outside all that writes a word on a page.
    "socle.web.typographie.TypographieMiddleware",
    # Outside all that writes a page or names a file; there in the demonstration only.
    "socle.web.demonstration.DonneesFictivesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before anything reads what is sent, and once it is known who sends it.
    "socle.web.poids.PoidsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "socle.web.refus.BadRequestMiddleware",
    "socle.web.attente.AttenteMiddleware",
    "socle.web.connexion.ConnexionMiddleware",
]

ROOT_URLCONF = "pvd.urls"
WSGI_APPLICATION = "pvd.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "socle.web.jour.site",
            ],
            "builtins": ["socle.templatetags.francais"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "communes.Agent"
AUTHENTICATION_BACKENDS = ["communes.comptes.roles.RoleBackend"]
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "communes.comptes.mots_de_passe.MotsDevinablesValidator"},
]
# A link to choose a lost password works once, for an hour.
PASSWORD_RESET_TIMEOUT = 60 * 60
# Idle hours after which an agent logs in again: counted by the pages of the back office alone.
SESSION_COOKIE_AGE = 8 * 60 * 60

# Who is told of each change of an account.
ADMINS = [
    (courriel, courriel)
    for courriel in os.environ.get("PVD_ADMINISTRATEURS", "").replace(",", " ").split()
]
SERVER_EMAIL = DEFAULT_FROM_EMAIL = os.environ.get("PVD_EXPEDITEUR") or "pvd@localhost"
EMAIL_SUBJECT_PREFIX = "[Petites villes de demain] "
EMAIL_TIMEOUT = 10
# The demonstration writes to nobody.
globals().update(mail("" if PVD_DEMO else os.environ.get("PVD_COURRIEL_URL", "")))

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# The pictures of the guide too, which the back office shows.
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "docs" / "captures"]
# Only production collects its files: elsewhere they are served from where they are written.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# The signed acts: outside the code and the static files, read by the checked view alone.
PVD_DOCUMENTS_DIR = Path(os.environ.get("PVD_DOCUMENTS_DIR") or VAR_DIR / "documents").resolve()
if any(PVD_DOCUMENTS_DIR.is_relative_to(d) for d in (STATIC_ROOT.resolve(), *STATICFILES_DIRS)):
    raise ImproperlyConfigured("PVD_DOCUMENTS_DIR est un dossier que le site sert à tous.")
PVD_DOCUMENT_MAX_MO = 20
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "documents": {
        "BACKEND": "socle.fichiers.stockage.Stockage",
        "OPTIONS": {
            "location": PVD_DOCUMENTS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# The storage rewrites the style sheets, whose published checksums then no longer match.
DSFR_USE_INTEGRITY_CHECKSUMS = False
# True would print the cells of tables unescaped.
DSFR_CONTENT_IS_SAFE = False
DSFR_MARK_OPTIONAL_FIELDS = True

# No other host is ever asked for anything, and no script or style is written in a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
# The proxy ends TLS and says so in this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PVD_MANDATAIRE else None

# A reason is a sentence, and an administration keeps sentences.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# What an empty choice of a public filter says.
FILTERS_EMPTY_CHOICE_LABEL = "Indifférent"

# import-export writes only inside one transaction, and never for who may only read.
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # By default errors are mailed with what the agent typed, names included: they stay here.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
