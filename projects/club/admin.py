"""The back office of the Club: its events, who organised them, who came, and what is left to read."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from communes.territoire.filtres import DepartementFilter
from projects.club import coherence
from projects.club.ecriture import keeps
from projects.club.exports_internes import EVENEMENTS_INTERNES, PARTICIPATIONS, RESSOURCES
from projects.club.imports import (
    EvenementRessource,
    ParticipationRessource,
    RessourceRessource,
)
from projects.club.lecture import jours_en_mots
from projects.club.models import (
    PARTICIPANTS,
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    Participation,
    RessourceClub,
)
from projects.club.regles import moment
from socle.admin.base import PerimetreAdmin, PerimetreInline
from socle.admin.champs import badge
from socle.admin.exports import ExportAdmin
from socle.admin.imports import ImportAdmin
from socle.admin.sources import SourceeAdmin

DE_L_EVENEMENT = "departements_lies__departement"


class DepartementInline(PerimetreInline):
    model = EvenementDepartement
    fields = select_related = ["departement"]


class OrganisateurInline(PerimetreInline):
    model = EvenementOrganisateur
    fields = autocomplete_fields = select_related = ["organisme"]


class RessourceInline(PerimetreInline):
    model = RessourceClub
    fields = ["nature", "titre", "adresse", "theme"]
    autocomplete_fields = select_related = ["theme"]


class ParticipationInline(PerimetreInline):
    model = Participation
    fields = [*PARTICIPANTS, "elus", "equipe"]
    autocomplete_fields = PARTICIPANTS
    select_related = ["evenement", *PARTICIPANTS]


@admin.register(EvenementClub)
class EvenementClubAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    imports = {
        "evenements": EvenementRessource,
        "participations": ParticipationRessource,
        "ressources": RessourceRessource,
    }
    exports = {
        "evenements": EVENEMENTS_INTERNES,
        "participations": PARTICIPATIONS,
        "ressources": RESSOURCES,
    }
    list_display = ["intitule", "nature", "quand", "lieu", "departements", "moment_du_jour"]
    list_filter = ["nature", "theme", DepartementFilter.through(DE_L_EVENEMENT)]
    search_fields = ["intitule", "lieu", "identifiant"]
    search_help_text = "Intitulé, lieu ou identifiant"
    date_hierarchy = "debut"
    frozen_fields = ["identifiant"]
    prepopulated_fields = {"identifiant": ["intitule"]}
    autocomplete_fields = ["theme"]
    inlines = [DepartementInline, OrganisateurInline, ParticipationInline, RessourceInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "intitule",
                    "identifiant",
                    ("nature", "theme", "theme_libre"),
                    ("debut", "precision_debut", "fin", "precision_fin"),
                    "annonce_le",
                    ("lieu", "en_ligne"),
                    "decisions",
                ]
            },
        ),
        ("Interne", {"fields": ["note_interne"]}),
    ]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the events of its départements, and read the others."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or keeps(request.user, obj))

    def refuse_whole(self, record, saisie):
        """Refuse an event whose départements are not those of its nature."""
        refused = coherence.refus_des_departements(record.nature, record.departements_lies.all())
        if refused and saisie.dit("nature", EvenementDepartement):
            raise ValidationError(refused)

    def save_related(self, request, form, formsets, change):
        """Refuse, once its départements are there, an event that its own author could not write."""
        super().save_related(request, form, formsets, change)
        if not keeps(request.user, form.instance):
            raise ValidationError(coherence.AUCUN_DES_VOTRES)

    def list_prefetch(self):
        return [DE_L_EVENEMENT]

    @admin.display(description="jours", ordering="debut")
    def quand(self, evenement):
        return jours_en_mots(evenement)

    @admin.display(description="départements")
    def departements(self, evenement):
        links = evenement.departements_lies.all()
        return ", ".join(link.departement.nom for link in links) or "toute la France"

    @admin.display(description="aujourd'hui")
    def moment_du_jour(self, evenement):
        return badge(moment(evenement, timezone.localdate()).label)


@admin.register(Participation)
class ParticipationAdmin(PerimetreAdmin):
    """Who came, for the agents of those who came: they note it of events that others keep."""

    list_display = ["participant", "evenement", "elus", "equipe"]
    list_filter = [
        DepartementFilter.through(
            "commune__departement",
            "intercommunalite__rattachements__commune__departement",
            "poste__dessertes__commune__departement",
        )
    ]
    list_select_related = ["evenement", *PARTICIPANTS]
    search_fields = ["evenement__intitule"]
    search_help_text = "Événement, commune ou intercommunalité"
    territory_search = ["commune", "intercommunalite"]
    autocomplete_fields = ["evenement", *PARTICIPANTS]
    fields = ["evenement", PARTICIPANTS, ("elus", "equipe")]

    @admin.display(description="qui")
    def participant(self, participation):
        return participation.participant
