"""The page of the data: each table with its dictionary, how it is read, and how far it is kept."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

from pvd.portail.donnees.geojson import CODES
from pvd.portail.donnees.lisez_moi import RYTHME, TYPES
from pvd.portail.donnees.recettes import Recette, recettes
from pvd.portail.donnees.telechargements import TABLES
from pvd.portail.donnees.valeurs import mots_de
from pvd.portail.partage.etendue import dernier_document, tenue_de
from pvd.portail.partage.liens import SITE
from pvd.suivi.completude import completude
from socle.dates import in_french
from socle.fichiers.colonnes import Table
from socle.web.adresses import avec_date
from socle.web.jour import jour_of
from socle.web.refus import lecture_seule


@dataclass(frozen=True)
class TableAffichee:
    """A table as the page shows it; `reserve` says how far it is kept, if not as the programme is."""

    table: Table
    reserve: str
    recettes: list[Recette]

    @property
    def colonnes(self):
        """Return each column, what its type is called, and each of its values with its words."""
        return [
            (c, TYPES[c.type], [(v, "" if v == m else m) for v, m in mots_de(c).items()])
            for c in self.table.colonnes
        ]


@lecture_seule
def donnees(request):
    """Show the tables of the day asked for, and the histories, which are of none."""
    jour = jour_of(request)
    day = avec_date({"request": request})
    reserves = {"tenue": ""}
    shown = []
    for table in TABLES:
        champ = tenue_de(table.nom)
        if champ not in reserves:
            reserves[champ] = completude(None, champ)
        address = reverse("telecharger", args=[table.nom, "csv"]) + (day if table.d_un_jour else "")
        csv = request.build_absolute_uri(address)
        shown.append(TableAffichee(table, reserves[champ], recettes(table.colonnes, csv)))
    context = {
        "jour": jour,
        "tables": [affichee for affichee in shown if affichee.table.d_un_jour],
        "historiques": [affichee for affichee in shown if not affichee.table.d_un_jour],
        "geojson": CODES,
        "rythme": RYTHME,
        "document": dernier_document(jour),
        "contact": settings.PVD_EDITEUR_CONTACT,
        "citation": citation(request.build_absolute_uri(reverse("donnees") + day), jour),
    }
    return render(request, "portail/donnees.html", context)


def citation(adresse, jour):
    """Write how what is taken on a day is cited."""
    who = f"{settings.PVD_EDITEUR}, " if settings.PVD_EDITEUR else ""
    return (
        f"{who}« {SITE} : [nom du tableau] », au {in_french(jour)}, {adresse}, consulté le [jour], "
        "Licence Ouverte 2.0."
    )
