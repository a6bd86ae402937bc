"""The downloads: each public table, with the filters of its list, in every format."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone

from communes.models import Commune, Departement, Intercommunalite, Millesime
from ort.exports import AVENANTS, ORT, ORT_COMMUNES, avenant_rows, ort_commune_rows, ort_rows
from ort.exports_actes import (
    DOCUMENTS,
    PARTIES,
    SECTEURS,
    document_rows,
    partie_rows,
    secteur_rows,
)
from ort.filtres import OrtFiltres
from ort.models import Convention
from projects.actions.models import Action
from projects.club.exports import EVENEMENTS, evenement_rows
from projects.club.filtres import EvenementFiltres
from projects.club.models import EvenementClub
from projects.etudes.exports import ETUDES, etude_rows
from projects.etudes.filtres import EtudeFiltres
from projects.etudes.models import Etude
from projects.evaluations.exports import BILANS, bilans_demandes
from projects.evaluations.filtres import BilanFiltres
from projects.financements.models import Financement
from projects.indicateurs.exports import INDICATEURS_PUBLICS, releve_rows
from projects.indicateurs.filtres import ReleveFiltres
from projects.indicateurs.models import Releve
from projects.postes.exports import POSTES, RECRUTEMENTS, poste_rows, recrutement_rows
from projects.postes.filtres import PosteFiltres
from projects.postes.models import Poste
from projects.projet.exports import ACTIONS, action_rows
from projects.projet.exports_argent import (
    FINANCEMENTS,
    VERSEMENTS,
    lignes_accordees,
    versement_rows,
)
from projects.projet.exports_operations import OPERATIONS_SUBVENTIONNEES, operation_rows
from projects.projet.filtres import ActionFiltres
from projects.projet.filtres_argent import ArgentFiltres
from projects.projet.filtres_operations import OperationFiltres
from pvd.portail.donnees.chiffres import CHIFFRES, ChiffreFiltres, points
from pvd.portail.donnees.colonnes import colonnes_demandees
from pvd.portail.donnees.departements import DEPARTEMENTS, DepartementFiltres, departement_rows
from pvd.portail.donnees.dires import (
    AFFIRMATIONS,
    SOURCES,
    DiresFiltres,
    affirmation_rows,
    source_rows,
)
from pvd.portail.donnees.exports import (
    COMMUNES,
    INTERCOMMUNALITES,
    commune_rows,
    intercommunalite_rows,
)
from pvd.portail.donnees.fichier import FichierDemande
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
from pvd.portail.donnees.histoire.postes import HISTOIRE_POSTES, histoire_postes
from pvd.portail.donnees.histoire.territoire import (
    HISTOIRE_NOMS,
    HISTOIRE_RATTACHEMENTS,
    histoire_noms,
    histoire_rattachements,
)
from pvd.portail.donnees.lisez_moi import as_text
from pvd.portail.donnees.pages import page_demandee
from pvd.portail.donnees.schemas import schema_of
from pvd.portail.filtres import CommuneFiltres, IntercommunaliteFiltres
from socle.fichiers.formats import FORMATS
from socle.sources import Affirmation
from socle.web.filtres import refuse_repeated
from socle.web.jour import jour_of
from socle.web.ordre import cles_de, in_order, parmi
from socle.web.refus import DemandeInvalide, lecture_seule, quoted

# What the address of a file may also hold: the page of the list, which a file has not, and a form.
AUSSI_LUS = ("page", "tableur", "colonnes")
# Of what is asked for, the name of a file holds no more: some systems cut what is longer.
LONGEST_ASKED = 100


def refuse_unread(request, names):
    """Refuse what a file does not read: « departemnt=34 » would give all of France, unseen.

    Raises `DemandeInvalide`.
    """
    for name, value in request.GET.items():
        asked = f"« {quoted(name)}={quoted(value)} »"
        if name not in (*names, *AUSSI_LUS):
            raise DemandeInvalide(
                f"Le critère {asked} n'existe pas : ce tableau se demande par "
                f"{', '.join((*names, 'tableur', 'colonnes'))}."
            )
        if name in AUSSI_LUS:
            refuse_repeated(request.GET, name)
        if name == "tableur" and value not in ("", "0", "1"):
            raise DemandeInvalide(f"Le critère {asked} se demande par tableur=1, ou pas du tout.")


def refuse_day(request):
    """Refuse a day, which a history is not of. Raises `DemandeInvalide`."""
    if asked := request.GET.get("au"):
        raise DemandeInvalide(
            f"Une histoire n'est pas d'un jour : retirez « au={quoted(asked)} ». Chaque ligne dit les "
            "siens : debut, compris, et fin, non compris."
        )


@dataclass(frozen=True)
class Telechargement:
    """A table, the filters that choose among `model`, and how the chosen become rows on a day.

    `ordre` is the field that sorts, unless another order is asked for, a table of one row a record.
    """

    table: object
    filtres: type
    model: type
    rows: Callable
    ordre: str = ""

    def jour_de(self, request):
        """Return the day asked for; that of today for a history, which is known on it.

        Raises `DemandeInvalide`.
        """
        if self.table.d_un_jour:
            return jour_of(request)
        refuse_day(request)
        return timezone.localdate()

    def filtres_de(self, request, jour):
        """Return what `request` asks for, read and judged, before any row is.

        Raises `DemandeInvalide`.
        """
        filtres = self.filtres(request, self.model.objects.all(), jour)
        refuse_unread(request, filtres.lus)
        filtres.refuse_unknown()
        filtres.refuse_tri()
        return filtres

    def lignes(self, filtres, page=None):
        """Return the header, and the cells of the rows that `filtres` choose on their day, or of a page."""
        rows, jour = filtres.rows, filtres.jour
        rows = self.de_la_page(rows, jour, page) if page else self.rows(rows, jour)
        annee_cog = Millesime.objects.annee_cog(jour)
        return self.table.entete, self.table.lignes(rows, jour, annee_cog)

    def de_la_page(self, records, jour, page):
        """Return the rows of a page; where each is one record, nothing of the others is read."""
        if not self.ordre:
            return page.of(list(self.rows(records, jour)))
        cles = page.of(cles_de(in_order(records, self.ordre)))
        return self.rows(parmi(records, cles), jour)

    def fichier(self, request):
        """Return what `request` asks of the table; raises `DemandeInvalide`."""
        jour = self.jour_de(request)
        return FichierDemande(request, self.table, self.filtres_de(request, jour), jour)


TELECHARGEMENTS = {
    telechargement.table.nom: telechargement
    for telechargement in (
        Telechargement(COMMUNES, CommuneFiltres, Commune, commune_rows, "code_insee"),
        Telechargement(
            INTERCOMMUNALITES,
            IntercommunaliteFiltres,
            Intercommunalite,
            intercommunalite_rows,
            "siren",
        ),
        Telechargement(DEPARTEMENTS, DepartementFiltres, Departement, departement_rows, "code"),
        Telechargement(ORT, OrtFiltres, Convention, ort_rows, "identifiant"),
        Telechargement(ORT_COMMUNES, OrtFiltres, Convention, ort_commune_rows),
        Telechargement(AVENANTS, OrtFiltres, Convention, avenant_rows),
        Telechargement(POSTES, PosteFiltres, Poste, poste_rows, "identifiant"),
        Telechargement(RECRUTEMENTS, PosteFiltres, Poste, recrutement_rows),
        Telechargement(ACTIONS, ActionFiltres, Action, action_rows, "identifiant"),
        Telechargement(FINANCEMENTS, ArgentFiltres, Action, lignes_accordees),
        Telechargement(VERSEMENTS, ArgentFiltres, Action, versement_rows),
        Telechargement(BILANS, BilanFiltres, Convention, bilans_demandes),
        Telechargement(OPERATIONS_SUBVENTIONNEES, OperationFiltres, Financement, operation_rows),
        Telechargement(ETUDES, EtudeFiltres, Etude, etude_rows, "identifiant"),
        Telechargement(EVENEMENTS, EvenementFiltres, EvenementClub, evenement_rows, "identifiant"),
        Telechargement(INDICATEURS_PUBLICS, ReleveFiltres, Releve, releve_rows),
        Telechargement(PARTIES, OrtFiltres, Convention, partie_rows),
        Telechargement(SECTEURS, OrtFiltres, Convention, secteur_rows),
        Telechargement(DOCUMENTS, OrtFiltres, Convention, document_rows),
        Telechargement(AFFIRMATIONS, DiresFiltres, Affirmation, affirmation_rows),
        Telechargement(SOURCES, DiresFiltres, Affirmation, source_rows),
        Telechargement(CHIFFRES, ChiffreFiltres, Departement, points),
        Telechargement(HISTOIRE_COMMUNES, HistoireCommunesFiltres, Commune, histoire_communes),
        Telechargement(HISTOIRE_ORT, HistoireOrtFiltres, Convention, histoire_ort),
        Telechargement(
            HISTOIRE_ORT_COMMUNES, HistoireOrtFiltres, Convention, histoire_ort_communes
        ),
        Telechargement(HISTOIRE_POSTES, HistoirePostesFiltres, Poste, histoire_postes),
        Telechargement(HISTOIRE_RATTACHEMENTS, HistoireFiltres, Commune, histoire_rattachements),
        Telechargement(HISTOIRE_NOMS, HistoireFiltres, Commune, histoire_noms),
    )
}
TABLES = [telechargement.table for telechargement in TELECHARGEMENTS.values()]


EXTENSIONS = ("csv", "xlsx", "ods", "json")
MEDIA_TYPES = {extension: FORMATS[extension].type for extension in EXTENSIONS}


@lecture_seule
def telecharger(request, nom, extension):
    """Send a table, in a format, as the filters and the day of the address choose it.

    Who asks for the head alone is told whether the address is answered, and how: no row is read.
    """
    if nom not in TELECHARGEMENTS or extension not in EXTENSIONS:
        raise Http404
    telechargement = TELECHARGEMENTS[nom]
    page = page_demandee(request) if extension == "json" else None
    fichier = telechargement.fichier(request)
    tableur = extension == "csv" and request.GET.get("tableur") == "1"
    format = FORMATS["tableur" if tableur else extension]
    filename = nom_du_fichier(nom, fichier.filtres, "tableur" if tableur else str(page or ""))
    if request.method == "HEAD":
        return fichier.announced(format.tete(filename))
    header, rows = fichier.choix.of(*telechargement.lignes(fichier.filtres, page))
    beside = () if format.texte else (fichier.classeur,)
    answer = fichier.announced(format.answer(header, rows, filename, *beside))
    return page.announced(answer, fichier.adresse) if page else answer


@lecture_seule
def lisez_moi(request, nom):
    """Send what a table says of itself, as the same address would choose it."""
    if nom not in TELECHARGEMENTS:
        raise Http404
    fichier = TELECHARGEMENTS[nom].fichier(request)
    text = as_text(fichier.notice)
    return fichier.announced(HttpResponse(text, content_type="text/plain; charset=utf-8"))


def nom_du_fichier(table, filtres, suite=""):
    """Return the name of a file, which says all that it was asked for: `pvd-communes-34-sortie-20260427`."""
    asked = "-".join(filter(None, (part_of_name(said) for said in filtres.valeurs_demandees)))
    if len(asked) > LONGEST_ASKED:
        asked = asked[:LONGEST_ASKED].rpartition("-")[0] + "-etc"
    parts = ("pvd", table, asked, f"{filtres.jour:%Y%m%d}", suite)
    return "-".join(filter(None, parts))


def part_of_name(text):
    """Return a text as the name of a file holds it: letters without accents, digits, and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain.replace("_", "-")).strip("-")


@lecture_seule
def schema(request, nom):
    """Send the Table Schema of a table."""
    if nom not in TELECHARGEMENTS:
        raise Http404
    choix = colonnes_demandees(request, TELECHARGEMENTS[nom].table)
    return JsonResponse(schema_of(choix), json_dumps_params={"ensure_ascii": False, "indent": 2})
