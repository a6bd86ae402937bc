"""The back office of what speaks of every app: its home, the guided actions, the published figures."""

from django.contrib import admin
from django.urls import path, reverse_lazy
from django.utils import timezone
from dsfr.admin import DsfrConfig

from communes.programme.admin import LabellisationAdmin
from communes.territoire.admin import CommuneAdmin, IntercommunaliteAdmin
from communes.territoire.filtres import DepartementFilter
from ort.admin import ConventionAdmin
from projects.actions.admin import ActionAdmin
from projects.etudes.admin import EtudeAdmin
from projects.pieces.admin import PieceAdmin
from projects.postes.admin import PosteAdmin
from pvd.bureau import bilans, enquete, nouveautes, releves
from pvd.bureau.a_verifier import a_verifier
from pvd.bureau.accueil.vues import home
from pvd.bureau.aide import aide
from pvd.bureau.alertes import vues as alertes
from pvd.bureau.consequences import figures_at_stake
from pvd.bureau.fiches.actions import FicheDAction
from pvd.bureau.fiches.communes import FicheDeCommune
from pvd.bureau.fiches.conventions import FicheDeConvention
from pvd.bureau.fiches.etudes import FicheDEtude
from pvd.bureau.fiches.intercommunalites import FicheDIntercommunalite
from pvd.bureau.gestes import geste_url
from pvd.bureau.gestes import vues as gestes
from pvd.bureau.gestes.selection import confirmer_la_selection
from pvd.bureau.imports import LaureatesRessource, ListePvdDuBureau
from pvd.bureau.ouverture import vues as ouverture
from pvd.bureau.recherche import chercher
from pvd.bureau.referentiel.vues import referentiel
from pvd.bureau.tableau import vues as tableau
from pvd.suivi.faits import Faits
from pvd.suivi.models import ChiffrePublie
from pvd.suivi.regles import Statut
from pvd.suivi.situation import communes_de_statut
from socle.admin.base import PerimetreAdmin
from socle.admin.champs import badge
from socle.admin.sources import SourceeAdmin
from socle.admin.suppression import FIGURES_AT_STAKE
from socle.francais import UNKNOWN

# The design system lets one rename the site from here; nothing of ours reads it.
admin.site.unregister(DsfrConfig)

# The home page and the guided actions speak of every app: the site takes them from here.
admin.site.home = home
admin.site.pages += [
    path("aide/", admin.site.admin_view(aide), name="aide"),
    path("aide/<slug:name>/", admin.site.admin_view(aide), name="aide"),
    path("tableau/", admin.site.admin_view(tableau.tableau), name="tableau"),
    path("tableau/colonnes/", admin.site.admin_view(tableau.choisir), name="tableau_colonnes"),
    path(
        "tableau/exporter/<slug:forme>/",
        admin.site.admin_view(tableau.telecharger),
        name="tableau_fichier",
    ),
    path("nouveautes/", admin.site.admin_view(nouveautes.nouveautes), name="nouveautes"),
    path(
        "nouveautes/exporter/<slug:forme>/",
        admin.site.admin_view(nouveautes.telecharger),
        name="nouveautes_fichier",
    ),
    path("alertes/", admin.site.admin_view(alertes.alertes), name="alertes"),
    path(
        "alertes/<int:pk>/<slug:sorte>/accepter/",
        admin.site.admin_view(alertes.accepter),
        name="accepter_une_alerte",
    ),
    path("bilans/", admin.site.admin_view(bilans.attendus), name="bilans"),
    path(
        "bilans/<int:pk>/<slug:echeance>/accepter/",
        admin.site.admin_view(bilans.accepter),
        name="accepter_une_echeance",
    ),
    path("releves-attendus/", admin.site.admin_view(releves.attendus), name="releves_attendus"),
    path(
        "releves-attendus/<int:pk>/<slug:echeance>/accepter/",
        admin.site.admin_view(releves.accepter),
        name="accepter_une_attente",
    ),
    path("enquete-ort/", admin.site.admin_view(enquete.enquete), name="enquete"),
    path(
        "enquete-ort/exporter/<slug:forme>/",
        admin.site.admin_view(enquete.telecharger),
        name="enquete_fichier",
    ),
    path("a-verifier/", admin.site.admin_view(a_verifier), name="a_verifier"),
    path("referentiel/", admin.site.admin_view(referentiel), name="referentiel"),
    path("chercher/", admin.site.admin_view(chercher), name="chercher"),
    path("ouvrir/", admin.site.admin_view(ouverture.ouvrir), name="ouvrir"),
    path("ouvrir/<str:jeton>/", admin.site.admin_view(ouverture.apercu), name="ouvrir_apercu"),
    path("gestes/<slug:slug>/", admin.site.admin_view(gestes.start), name="gestes"),
    path("gestes/<slug:slug>/<int:pk>/", admin.site.admin_view(gestes.do), name="geste"),
]
admin.site.order += [
    "communes.labellisation",
    "communes.commune",
    "communes.intercommunalite",
    "communes.rattachement",
    "communes.mouvement",
    "communes.interlocuteur",
    "communes.programme",
    "communes.relecture",
    "ort.convention",
    "ort.avenant",
    "ort.proposition",
    "ort.organisme",
    "projects.action",
    "projects.etude",
    "projects.financement",
    "projects.poste",
    "projects.contact",
    "projects.note",
    "socle.source",
    "socle.affirmation",
    "socle.import",
    "suivi.signalement",
    "suivi.chiffrepublie",
    "communes.agent",
]


class StatutDeCommuneFilter(admin.SimpleListFilter):
    """Keeps the communes by how far they are today, told by their dates."""

    title = parameter_name = "statut"

    def lookups(self, request, model_admin):
        return Statut.choices

    def queryset(self, request, queryset):
        if self.value() not in Statut.values:
            return queryset
        communes = communes_de_statut(self.value(), None, timezone.localdate())
        return queryset.filter(commune__in=communes.order_by().values("pk"))


def with_statuts(self, labellisations):
    """Give each of the labellisations of a page its `statut` of today."""
    today, faits = timezone.localdate(), Faits([row.commune_id for row in labellisations])
    for row in labellisations:
        row.statut = faits.statut(row.commune_id, today)
    return labellisations


@admin.display(description="statut")
def statut_du_jour(labellisation):
    statut = labellisation.statut
    return badge(statut.label, statut.couleur) if statut else UNKNOWN


# How far a commune is depends on its ORT, which its own app does not know.
LabellisationAdmin.imports = {
    "communes-laureates": LaureatesRessource,
    "liste-pvd": ListePvdDuBureau,
}
LabellisationAdmin.list_filter = [StatutDeCommuneFilter, *LabellisationAdmin.list_filter]
LabellisationAdmin.list_display.insert(1, statut_du_jour)
LabellisationAdmin.read_rows = with_statuts

ConventionAdmin.actions = [confirmer_la_selection]

# What such a record makes public is told by its source, and shown first: a geste asks for both.
LabellisationAdmin.ajout = reverse_lazy("admin:gestes", args=["entrer-dans-le-programme"])
ConventionAdmin.ajout = reverse_lazy("admin:gestes", args=["nouvelle-convention"])
PosteAdmin.ajout = reverse_lazy("admin:gestes", args=["ouvrir-un-poste"])
SourceeAdmin.geste_url = staticmethod(geste_url)
PieceAdmin.ajout = reverse_lazy("admin:gestes", args=["financement-joindre-la-decision"])
ActionAdmin.ajout = reverse_lazy("admin:gestes", args=["inscrire-une-action"])
EtudeAdmin.ajout = reverse_lazy("admin:gestes", args=["inscrire-une-etude"])
# All that is said of a record, on one page: no app below knows all of it.
CommuneAdmin.page_d_agent = FicheDeCommune
IntercommunaliteAdmin.page_d_agent = FicheDIntercommunalite
ConventionAdmin.page_d_agent = FicheDeConvention
ActionAdmin.page_d_agent = FicheDAction
EtudeAdmin.page_d_agent = FicheDEtude

FIGURES_AT_STAKE.append(figures_at_stake)


@admin.register(ChiffrePublie)
class ChiffrePublieAdmin(PerimetreAdmin):
    list_display = ["chiffre", "ou", "jour", "valeur", "source", "note"]
    list_filter = ["chiffre", "source", DepartementFilter]
    list_select_related = ["departement", "source"]
    search_fields = ["note", "source__titre"]
    search_help_text = "Source ou explication"
    date_hierarchy = "jour"
    autocomplete_fields = ["departement", "source"]
    fields = ["departement", "chiffre", "jour", "valeur", "source", "note"]

    @admin.display(description="territoire", ordering="departement")
    def ou(self, chiffre):
        return chiffre.departement or "France"
