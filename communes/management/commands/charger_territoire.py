"""Load the vintages of the official découpage that come with the project."""

import gc
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communes.models import CodePostal, Millesime
from communes.territoire.decoupage import (
    MILLESIMES,
    DecoupageError,
    apply_vintage,
    archive_annees,
    compare,
    describe_counts,
    load_territoire,
    read_archive,
    write_territoire,
)

ARCHIVE = settings.BASE_DIR / "communes" / "donnees" / "decoupage.tar.xz"


@contextmanager
def no_collection():
    """Look for no cycles among a million small records that have none: it takes a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Command(BaseCommand):
    help = (
        "Charge les régions, départements, intercommunalités et communes de France, année après "
        "année, depuis les millésimes livrés avec le projet. Ce qui est déjà chargé est laissé."
    )

    @transaction.atomic
    def handle(self, *args, **options):
        latest = max(Millesime.objects.values_list("annee", flat=True), default=0)
        annees = archive_annees(ARCHIVE)
        # A territory that was loaded before the postcodes were read takes them from the same vintages.
        lacking = bool(latest) and not CodePostal.objects.exists()
        asked = [annee for annee in annees if annee > latest or lacking]
        if not asked:
            self.stdout.write(f"Territoire à jour : le millésime {latest} est déjà chargé.")
            return
        with no_collection():
            try:
                before, after = self.apply_archive(asked, latest)
            except DecoupageError as error:
                raise CommandError(f"{error} Rien n'est écrit.") from error
            write_territoire(before, after)
        last = max(latest, *asked)
        self.stdout.write(self.style.SUCCESS(f"Territoire chargé jusqu'au millésime {last}."))

    def apply_archive(self, annees, latest):
        """Return the state of the database, and this state once the vintages are applied.

        Those that it already had, up to `latest`, only complete it.
        """
        before = load_territoire()
        after = before.copy()
        for decoupage in read_archive(ARCHIVE, annees):
            previous = after.copy()
            if decoupage.annee <= latest:
                after.complete(decoupage, before)
            else:
                apply_vintage(after, decoupage)
            changes = compare(previous, after, date(decoupage.annee, 1, 1))
            changes.pop(MILLESIMES, None)
            self.stdout.write(f"{decoupage.annee} : {', '.join(describe_counts(changes))}")
        return before, after
