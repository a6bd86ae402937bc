"""The Data Package of the tables of a day and of the histories, which `frictionless` checks at once."""

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse

from pvd.portail.donnees.colonnes import ColonnesChoisies
from pvd.portail.donnees.schemas import renvois_de, schema_of
from pvd.portail.donnees.telechargements import TABLES
from pvd.portail.partage.liens import LICENCE, SITE
from socle.dates import in_french
from socle.web.demonstration import marked
from socle.web.jour import jour_of
from socle.web.refus import lecture_seule, refuse_others


def ressource_of(table, jour, absolute):
    """Describe a table of `jour`, or a history: where it is, how it is written, its columns."""
    address = absolute(reverse("telecharger", args=[table.nom, "csv"]))
    asked = f"?au={jour.isoformat()}" if table.d_un_jour else ""
    schema, renvois = schema_of(ColonnesChoisies(table, tuple(table.entete))), renvois_de(table)
    return {
        "profile": "tabular-data-resource",
        "name": table.nom,
        "title": table.titre,
        "description": table.ligne,
        "path": f"{address}{asked}",
        "scheme": absolute("/").partition(":")[0],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema | ({"foreignKeys": renvois} if renvois else {}),
    }


@lecture_seule
def paquet(request):
    """Send the Data Package of every table, as they are on the day asked for, and of every history."""
    refuse_others(request, ("au",), "la description de tous les tableaux")
    jour, absolute = jour_of(request), request.build_absolute_uri
    described = {
        "profile": "tabular-data-package",
        "name": "petites-villes-de-demain",
        "title": marked(f"{SITE}, situation au {in_french(jour)}"),
        "description": "Les tableaux d'un même jour, et les histoires, de tous les jours ; un autre jour se "
        "demande par au=AAAA-MM-JJ.",
        "homepage": absolute(reverse("donnees")),
        "licenses": [
            {"name": "etalab-2.0", "title": "Licence Ouverte 2.0", "path": LICENCE},
        ],
        "contributors": [{"title": settings.PVD_EDITEUR or SITE, "role": "publisher"}],
        "resources": [ressource_of(table, jour, absolute) for table in TABLES],
    }
    return JsonResponse(described, json_dumps_params={"ensure_ascii": False, "indent": 2})
