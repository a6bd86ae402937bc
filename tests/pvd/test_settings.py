"""The start of the site: with nothing on this machine, with all that is due in production."""

import fcntl
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

KEY = "q7Zt-1xVb3Nw_5Kc9Rg2Lp8Jd4Hf6Ms0YaUeIoTrXzCvBnMkSlDhGfPqWj"
PRODUCTION = {
    "PVD_ENV": "production",
    "PVD_SECRET_KEY": KEY,
    "PVD_MANDATAIRE": "X-Forwarded-For",
    "PVD_ALLOWED_HOSTS": "pvd.exemple.fr, www.exemple.fr",
    "DATABASE_URL": "postgres://role:mot%20de%20passe@hote:5433/base?sslmode=require",
    "PVD_EDITEUR": "DDTM de l'Hérault",
    "PVD_EDITEUR_ADRESSE": "1 rue de l'Essai, 34000 Montpellier",
    "PVD_EDITEUR_SIRET": "73282932000074",
    "PVD_EDITEUR_CONTACT": "service@exemple.fr",
    "PVD_EDITEUR_DIRECTEUR": "le préfet de l'Hérault",
    "PVD_EDITEUR_HEBERGEUR": "Hébergeur d'essai, Montpellier, 04 00 00 00 00",
    "PVD_EDITEUR_DPO": "dpo@exemple.fr",
}
SHOWN = ["DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
SHOWN += ["SECURE_PROXY_SSL_HEADER", "PVD_MANDATAIRE", "PVD_EDITEUR", "PVD_EDITEUR_SIRET"]


@pytest.fixture
def start(tmp_path):
    """Return the function that starts the site with an environment and nothing else of ours."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PVD_") and name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    code = (
        "import json; from pvd import settings as s; "
        f"print(json.dumps([s.DATABASES] + [getattr(s, n) for n in {SHOWN}]))"
    )

    def run(environment, check=True):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=settings.BASE_DIR,
            env=inherited | {"PVD_VAR_DIR": str(tmp_path / "var")} | environment,
            capture_output=True,
            text=True,
        )
        if not check:
            return done
        assert done.returncode == 0, done.stderr
        databases, *values = json.loads(done.stdout)
        return databases["default"], dict(zip(SHOWN, values, strict=True))

    return run


def test_without_any_variable_it_runs_on_this_machine_only(start, tmp_path):
    database, shown = start({})
    assert database["ENGINE"] == "socle.bases.sqlite"
    assert database["NAME"] == f"{tmp_path}/var/pvd.sqlite3"
    assert shown["DEBUG"] is False
    assert set(shown["ALLOWED_HOSTS"]) == {"127.0.0.1", "localhost", "[::1]"}


def test_the_key_of_this_machine_is_drawn_once_and_kept_from_others(start, tmp_path):
    keys = {start({})[1]["SECRET_KEY"] for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (tmp_path / "var" / "cle_secrete").stat().st_mode & 0o077 == 0


def test_of_two_starts_at_once_the_second_waits_for_the_key_of_the_first(start, tmp_path):
    """Two suites of tests, or the workers of a site: none takes for a key a file not yet written."""
    (tmp_path / "var").mkdir()
    with open(tmp_path / "var" / "cle_secrete", "w") as first, ThreadPoolExecutor() as pool:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = pool.submit(start, {})
        with pytest.raises(TimeoutError):
            second.result(timeout=2)
        first.write(KEY)
        first.flush()
        fcntl.flock(first, fcntl.LOCK_UN)
        assert second.result()[1]["SECRET_KEY"] == KEY


def test_a_key_that_a_stopped_start_left_empty_is_drawn_again(start, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "cle_secrete").touch(mode=0o600)
    assert len(start({})[1]["SECRET_KEY"]) >= 50


def test_the_folder_of_the_site_is_made_at_its_first_start(start, tmp_path):
    """In production too, where no key is drawn in it: a base of SQLite finds its place."""
    folder = tmp_path / "pas" / "encore"
    start(PRODUCTION | {"PVD_VAR_DIR": str(folder)})
    assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "fichier").touch()
    done = start({"PVD_VAR_DIR": str(tmp_path / "fichier" / "dedans")}, check=False)
    assert "ImproperlyConfigured: PVD_VAR_DIR" in done.stderr
    assert "ne peut être créé" in done.stderr.splitlines()[-1]


def test_production_takes_its_variables_and_is_served_over_tls_only(start):
    database, shown = start(PRODUCTION)
    assert database["ENGINE"] == "socle.bases.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("hote", 5433, "base")
    assert (database["USER"], database["PASSWORD"]) == ("role", "mot de passe")
    assert database["OPTIONS"].items() >= {"sslmode": "require", "connect_timeout": "3"}.items()
    assert shown["ALLOWED_HOSTS"] == ["pvd.exemple.fr", "www.exemple.fr"]
    assert shown["SECRET_KEY"] == KEY
    assert shown["SESSION_COOKIE_SECURE"]
    assert shown["SECURE_SSL_REDIRECT"]


def test_only_the_header_that_is_said_is_believed(start):
    _, shown = start(PRODUCTION)
    assert shown["PVD_MANDATAIRE"] == "X-Forwarded-For"
    assert shown["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    _, shown = start(PRODUCTION | {"PVD_MANDATAIRE": "aucun"})
    assert shown["PVD_MANDATAIRE"] == ""
    assert shown["SECURE_PROXY_SSL_HEADER"] is None


def test_a_key_of_fifty_characters_drawn_at_random_is_enough(start):
    _, shown = start(PRODUCTION | {"PVD_SECRET_KEY": KEY[:50]})
    assert shown["SECRET_KEY"] == KEY[:50]


def test_a_database_is_reached_by_a_socket(start):
    url = "postgres://role@/base?host=%2Fvar%2Frun%2Fpostgresql"
    database, _ = start({"DATABASE_URL": url})
    assert database["HOST"] == "/var/run/postgresql"
    assert database["OPTIONS"]["options"] == (
        "-c jit=off -c lock_timeout=20s -c statement_timeout=30s"
    )


def test_what_the_address_of_the_database_asks_for_wins(start):
    asked = "connect_timeout=9&options=-c%20statement_timeout%3D90s"
    database, _ = start({"DATABASE_URL": f"postgres://role@hote/base?{asked}"})
    assert database["OPTIONS"]["connect_timeout"] == "9"
    assert database["OPTIONS"]["options"].endswith("-c statement_timeout=90s")


def test_the_demonstration_has_a_database_and_a_key_of_its_own(start, tmp_path):
    true, demonstration = start({}), start({"PVD_DEMO": "1"})
    assert demonstration[0]["NAME"] == f"{tmp_path}/var/demonstration/pvd.sqlite3"
    assert demonstration[1]["SECRET_KEY"] != true[1]["SECRET_KEY"]
    assert demonstration[1]["DEBUG"] is False


def test_the_number_of_the_publisher_is_written_as_it_is_read(start):
    for typed in ("73282932000074", "732 829 320 00074", " 732829320 00074 "):
        _, shown = start(PRODUCTION | {"PVD_EDITEUR_SIRET": typed})
        assert shown["PVD_EDITEUR_SIRET"] == "732 829 320 00074"
    _, shown = start({})
    assert (shown["PVD_EDITEUR"], shown["PVD_EDITEUR_SIRET"]) == ("", "")


@pytest.mark.parametrize("name", [*PRODUCTION][1:])
@pytest.mark.parametrize("value", [None, "", " "])
def test_production_does_not_start_without_what_is_due(start, name, value):
    environment = {key: text for key, text in PRODUCTION.items() if key != name}
    done = start(environment if value is None else PRODUCTION | {name: value}, check=False)
    assert done.returncode != 0
    assert f"Obligatoire quand PVD_ENV=production, et à remplir : {name}. Le" in done.stderr
    assert KEY not in done.stderr


def test_all_that_is_to_be_filled_is_told_at_once(start):
    done = start({"PVD_ENV": "production", "PVD_ALLOWED_HOSTS": "exemple.fr"}, check=False)
    due = [name for name in PRODUCTION if name not in {"PVD_ENV", "PVD_ALLOWED_HOSTS"}]
    (told,) = re.findall("à remplir : (.*?)[.] ", done.stderr)
    assert sorted(told.split(", ")) == sorted(due)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PVD_ENV": "prod"}, "PVD_ENV vaut « prod »"),
        ({"PVD_ENV": "Production"}, "PVD_ENV vaut « Production »"),
        ({"PVD_DEBUG": "oui"}, "PVD_DEBUG vaut « oui »"),
        (PRODUCTION | {"PVD_DEBUG": "1"}, "PVD_DEBUG"),
        ({"DATABASE_URL": "mysql://role@hote/base"}, "DATABASE_URL : « mysql »"),
        ({"DATABASE_URL": "base.sqlite3"}, "DATABASE_URL"),
        (PRODUCTION | {"PVD_SECRET_KEY": KEY[:49]}, "PVD_SECRET_KEY se devine"),
        (PRODUCTION | {"PVD_SECRET_KEY": "k" * 60}, "PVD_SECRET_KEY se devine"),
        (PRODUCTION | {"PVD_SECRET_KEY": "a1B2c3D4e5F6" * 5}, "PVD_SECRET_KEY se devine"),
        (PRODUCTION | {"PVD_SECRET_KEY": f"django-insecure-{KEY}"}, "PVD_SECRET_KEY se devine"),
        (PRODUCTION | {"PVD_ALLOWED_HOSTS": "*"}, "PVD_ALLOWED_HOSTS"),
        (PRODUCTION | {"PVD_ALLOWED_HOSTS": "pvd.exemple.fr, *"}, "PVD_ALLOWED_HOSTS"),
        (PRODUCTION | {"PVD_ALLOWED_HOSTS": "*.exemple.fr"}, "PVD_ALLOWED_HOSTS"),
        (PRODUCTION | {"PVD_EDITEUR_SIRET": "732829320"}, "PVD_EDITEUR_SIRET vaut « 732829320 »"),
        (PRODUCTION | {"PVD_EDITEUR_SIRET": "73282932000075"}, "PVD_EDITEUR_SIRET vaut"),
        (PRODUCTION | {"PVD_EDITEUR_SIRET": "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"}, "PVD_EDITEUR_SIRET vaut"),
        ({"PVD_EDITEUR_SIRET": "à compléter"}, "PVD_EDITEUR_SIRET vaut « à compléter »"),
        (PRODUCTION | {"PVD_MANDATAIRE": "oui"}, "PVD_MANDATAIRE vaut « oui »"),
        (PRODUCTION | {"PVD_MANDATAIRE": "X-Forwarded-Fro"}, "PVD_MANDATAIRE vaut"),
        ({"PVD_DEMO": "oui"}, "PVD_DEMO vaut « oui »"),
        (PRODUCTION | {"PVD_DEMO": "1"}, "PVD_DEMO montre des données fictives"),
        (
            {"PVD_DEMO": "1", "DATABASE_URL": "sqlite:///vraie.sqlite3"},
            "PVD_DEMO a sa base et ses documents",
        ),
        (
            {"PVD_DEMO": "1", "PVD_DOCUMENTS_DIR": "/srv/actes"},
            "PVD_DEMO a sa base et ses documents",
        ),
    ],
)
def test_a_bad_value_stops_the_start_and_names_its_variable(start, environment, told):
    done = start(environment, check=False)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {told}" in done.stderr


@pytest.mark.parametrize(("program", "limit"), [("manage.py", "0s"), ("gunicorn", "30s")])
def test_a_command_takes_its_time_and_a_page_does_not(program, limit, tmp_path):
    code = (
        "import sys; sys.argv[0] = sys.argv[1]; from pvd import settings as s; "
        "print(s.database('postgres://role@hote/base')['OPTIONS']['options'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, program],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PVD_VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith(f"-c statement_timeout={limit}")
