"""A file as an address asks for it: its columns, its perimeter, and what it says of itself."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from pvd.portail.donnees.colonnes import colonnes_demandees
from pvd.portail.donnees.lisez_moi import adresses_de, lisez_moi
from pvd.portail.donnees.perimetre import perimetre_du_fichier
from pvd.portail.partage.etendue import dernier_document
from pvd.portail.partage.liens import SITE
from socle.fichiers.classeur import Classeur
from socle.fichiers.colonnes import Table
from socle.web.demonstration import marked


@dataclass(frozen=True)
class FichierDemande:
    """What `request` asks of a table that `filtres`, valid, choose on `jour`."""

    request: HttpRequest
    table: Table
    filtres: Any
    jour: date

    @cached_property
    def choix(self):
        return colonnes_demandees(self.request, self.table)

    @cached_property
    def perimetre(self):
        return perimetre_du_fichier(self.table, self.filtres, self.jour)

    @property
    def adresse(self):
        """Return how to write the address of the same request in a format, or of its notice."""
        return adresses_de(self.request, self.table, self.jour)

    @property
    def notice(self):
        """Return the rows of what the file says of itself: a query more than the file."""
        return lisez_moi(
            self.table,
            self.choix.colonnes,
            self.perimetre,
            self.adresse,
            dernier_document(self.jour),
            timezone.localdate(),
        )

    @property
    def classeur(self):
        """Return what a workbook shows beside the rows."""
        titre = marked(f"{SITE} : {self.table.titre}, {self.perimetre}")
        return Classeur(titre, settings.PVD_EDITEUR, notice=self.notice)

    @property
    def schema(self):
        """Return the address of the schema of the file, with the columns that it has."""
        path = reverse("schema", args=[self.table.nom])
        return path if self.choix.toutes else f"{path}?colonnes={','.join(self.choix.noms)}"

    def announced(self, response):
        """Say beside a file where it is described, and its perimeter: an empty one is not zero."""
        help_at = self.adresse("lisez_moi")
        response["Link"] = (
            f'<{self.schema}>; rel="describedby"; type="application/json", '
            f'<{help_at}>; rel="help"; type="text/plain"'
        )
        response["X-Perimetre"] = self.perimetre.entete
        return response
