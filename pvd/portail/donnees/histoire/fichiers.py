"""The files of the histories, in every format: each asked by its filters, and never for a day."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, JsonResponse
from django.utils import timezone

from pvd.portail.donnees.colonnes import colonnes_demandees
from pvd.portail.donnees.histoire.communes import HISTOIRE_COMMUNES, histoire_communes
from pvd.portail.donnees.histoire.filtres import (
    HistoireCommunesFiltres,
    HistoireFiltres,
    HistoireOrtFiltres,
    HistoirePostesFiltres,
)
from pvd.portail.donnees.histoire.ort import (
    HISTOIRE_ORT,
    HISTOIRE_ORT_COMMUNES,
    histoire_ort,
    histoire_ort_communes,
)
from pvd.portail.donnees.histoire.periodes import TableHistoire
from pvd.portail.donnees.histoire.postes import HISTOIRE_POSTES, histoire_postes
from pvd.portail.donnees.histoire.territoire import (
    HISTOIRE_NOMS,
    HISTOIRE_RATTACHEMENTS,
    histoire_noms,
    histoire_rattachements,
)
from pvd.portail.donnees.schemas import schema_of
from pvd.portail.donnees.telechargements import EXTENSIONS, nom_du_fichier, refuse_unread
from socle.fichiers.formats import FORMATS
from socle.web.refus import DemandeInvalide, lecture_seule, quoted


@dataclass(frozen=True)
class Historique:
    """A history, the filters that it is asked by, and how what they choose becomes periods."""

    table: TableHistoire
    filtres: type[HistoireFiltres]
    periodes: Callable

    @property
    def nom(self):
        """Return its name in its address."""
        return self.table.nom.removeprefix("historique-")

    def filtres_de(self, request, horizon):
        """Return what `request` asks for, of the periods known on `horizon`. Raises `DemandeInvalide`."""
        refuse_day(request)
        filtres = self.filtres(request, None, horizon)
        refuse_unread(request, filtres.lus)
        filtres.refuse_unknown()
        return filtres

    def lignes(self, filtres):
        """Return the header, and the cells of the periods that `filtres` choose."""
        rows = self.periodes(*filtres.choix, filtres.jour)
        return self.table.entete, self.table.cellules_des_periodes(rows)


HISTORIQUES = {
    historique.nom: historique
    for historique in (
        Historique(HISTOIRE_COMMUNES, HistoireCommunesFiltres, histoire_communes),
        Historique(HISTOIRE_ORT, HistoireOrtFiltres, histoire_ort),
        Historique(HISTOIRE_ORT_COMMUNES, HistoireOrtFiltres, histoire_ort_communes),
        Historique(HISTOIRE_POSTES, HistoirePostesFiltres, histoire_postes),
        Historique(HISTOIRE_RATTACHEMENTS, HistoireFiltres, histoire_rattachements),
        Historique(HISTOIRE_NOMS, HistoireFiltres, histoire_noms),
    )
}


def refuse_day(request):
    """Refuse a day, which a history is not of. Raises `DemandeInvalide`."""
    if asked := request.GET.get("au"):
        raise DemandeInvalide(
            f"Une histoire n'est pas d'un jour : retirez « au={quoted(asked)} ». Chaque ligne dit les "
            "siens : debut, compris, et fin, non compris."
        )


@lecture_seule
def historique(request, nom, extension):
    """Send a history, in a format, as the filters of the address choose it; its head reads no row."""
    if nom not in HISTORIQUES or extension not in EXTENSIONS:
        raise Http404
    history = HISTORIQUES[nom]
    filtres = history.filtres_de(request, timezone.localdate())
    choix = colonnes_demandees(request, history.table)
    tableur = extension == "csv" and request.GET.get("tableur") == "1"
    format = FORMATS["tableur" if tableur else extension]
    filename = nom_du_fichier(history.table.nom, filtres, tableur)
    if request.method == "HEAD":
        return format.tete(filename)
    return format.answer(*choix.of(*history.lignes(filtres)), filename)


@lecture_seule
def schema_historique(request, nom):
    """Send the Table Schema of a history."""
    if nom not in HISTORIQUES:
        raise Http404
    told = schema_of(colonnes_demandees(request, HISTORIQUES[nom].table))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
