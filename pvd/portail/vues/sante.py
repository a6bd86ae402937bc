"""« /sante/ », for the machine that watches: what the site needs, and whether it has it, in two seconds."""

import logging
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from threading import Thread

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from socle.documents import modeles
from socle.francais import nombre, pluriel

logger = logging.getLogger(__name__)

OK = "ok"
# A frozen database, or the folder of a machine that is away, answers nothing: it is not waited for.
SECONDS_FOR_ALL = 1.5
SILENT = f"pas de réponse en {nombre(SECONDS_FOR_ALL, 1)} seconde"
FREE_PERCENT, FREE_MEGABYTES = 5, 200


@require_safe
@never_cache
def sante(request):
    """Answer 200 when all is well, 503 when it is not: « ok » or what fails first, then a line a check."""
    found = checked(CONTROLES)
    failed = [name for name, told in found.items() if told != OK]
    lines = [failed[0] if failed else OK, *(f"{name} : {told}" for name, told in found.items())]
    text = "".join(f"{line}\n" for line in lines)
    status = 503 if failed else 200
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def base():
    """Ask for what a base always knows: its tables."""
    connection.introspection.table_names()
    return OK


def migrations():
    missing = known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    return f"{nombre(len(missing))} à passer : manage.py migrate" if missing else OK


@cache
def known_migrations():
    """Return the migrations of the code, which do not change while it runs."""
    return set(MigrationLoader(None).disk_migrations)


def statiques():
    """Look for what a page would not find: without « collectstatic », no page is shown at all."""
    if not hasattr(staticfiles_storage, "hashed_files"):
        return OK  # They are served from where they are written: only production collects them.
    collected = staticfiles_storage.hashed_files
    missing = [name for name in known_statics() if not is_collected(collected.get(name))]
    if not missing:
        return OK
    told = pluriel(len(missing), "fichier,fichiers")
    return f"{told} à rassembler : manage.py collectstatic, puis redémarrer"


def is_collected(name):
    return bool(name) and staticfiles_storage.exists(name)


@cache
def known_statics():
    """Return the names of the static files of the code, as « collectstatic » finds them."""
    left_out = apps.get_app_config("staticfiles").ignore_patterns
    return {path for finder in get_finders() for path, _ in finder.list(left_out)}


def documents():
    # Whatever their sort, they share one folder.
    return modeles()[0].folder_fault() or OK


def disque():
    """Look at the disks that the site writes on: what it keeps, and what is sent to it."""
    folders = {
        "données": settings.VAR_DIR,
        "documents": settings.PVD_DOCUMENTS_DIR,
        "fichiers reçus": tempfile.gettempdir(),
    }
    if connection.vendor == "sqlite":
        folders["base"] = Path(connection.settings_dict["NAME"]).parent
    return next(filter(None, (nearly_full(*folder) for folder in folders.items())), OK)


def nearly_full(name, path):
    """Say what is left on a disk that is nearly full, or nothing of one that is not."""
    path = Path(path)
    there = next((p for p in (path, *path.parents) if p.exists()), Path("/"))
    total, _, free = shutil.disk_usage(there)
    percent, megabytes = 100 * free / total, free / 1_000_000
    if percent >= FREE_PERCENT and megabytes >= FREE_MEGABYTES:
        return ""
    return f"{name} : il reste {nombre(megabytes, 0)} Mo ({nombre(percent, 0)} %)"


# By the name that the answer gives them, in the order in which a failure is looked for.
CONTROLES = {
    "base": base,
    "migrations": migrations,
    "statiques": statiques,
    "documents": documents,
    "disque": disque,
}


class Controle(Thread):
    """A check that is not waited for longer than what is left of the time of all."""

    # Those which still wait since another request: one waits at a time, however often we are asked.
    en_cours = {}

    def __init__(self, name, look):
        super().__init__(name=f"sante-{name}", daemon=True)
        self.look = look
        self.told = SILENT

    def run(self):
        try:
            self.told = self.look()
        except (Error, OSError) as error:
            logger.error("%s : %s", self.name, str(error).strip())
            self.told = "ne répond pas"
        finally:
            connection.close()


def checked(looks):
    """Return what each check tells, all of them at once."""
    deadline = time.monotonic() + SECONDS_FOR_ALL
    running = {}
    for name, look in looks.items():
        before = Controle.en_cours.get(name)
        if not (before and before.is_alive()):
            Controle.en_cours[name] = Controle(name, look)
            Controle.en_cours[name].start()
        running[name] = Controle.en_cours[name]
    for controle in running.values():
        controle.join(max(0, deadline - time.monotonic()))
    return {name: controle.told for name, controle in running.items()}
