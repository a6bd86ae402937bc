"""The back office of the studies: what each is, for whom, by whom, what happened to it, where."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from communes.territoire.filtres import DepartementFilter, IntercommunaliteFilter
from projects.actions.admin import CoutForm
from projects.actions.models import Action, Cout
from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import BENEFICIAIRES, Etude, EtudeAction, EtudeCommune, FaitEtude
from projects.etudes.regles import EtatEtude
from projects.etudes.tableaux import TableauxDesEtudes
from projects.financements.models import FaitFinancement, Financement
from projects.projet.ecriture import writes
from socle.admin.champs import badge
from socle.admin.evenements import Chapitre
from socle.admin.fiche import EnsembleFormSet, FicheInline
from socle.admin.portee import PorteeAdmin
from socle.admin.sources import SourceeAdmin
from socle.francais import euros


class DeLEtudeInline(FicheInline):
    """Rows of a study."""


class CommuneEtudieeInline(DeLEtudeInline):
    model = EtudeCommune
    fields = autocomplete_fields = ["commune"]
    select_related = ["etude", "commune"]


class ActionPrepareeInline(DeLEtudeInline):
    model = EtudeAction
    fields = autocomplete_fields = ["action"]
    select_related = ["etude", "action"]


class FaitEtudeInline(DeLEtudeInline):
    model = FaitEtude
    formset = EnsembleFormSet
    fields = ["nature", "jour", "precision"]


class CoutEtudeInline(DeLEtudeInline):
    model = Cout
    form = CoutForm
    fields = ["jour", "precision", "nature", "montant", "base"]


class EtatDEtudeFilter(admin.SimpleListFilter):
    title = "état aujourd'hui"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return EtatEtude.choices

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted not in EtatEtude.values:
            return queryset
        keys = queryset.order_by().values_list("pk", flat=True)
        today = EtudesDatees(keys).du_jour(timezone.localdate(), interne=True)
        return queryset.filter(
            pk__dans=[key for key, etude in today.items() if etude.etat == wanted]
        )


@admin.register(Etude)
class EtudeAdmin(TableauxDesEtudes, PorteeAdmin, SourceeAdmin):
    list_display = ["intitule", "nature", "regime", "beneficiaire", "prestataire"]
    list_display += ["communes", "etat_du_jour", "accorde"]
    list_filter = [
        EtatDEtudeFilter,
        "nature",
        "niveau",
        "regime",
        DepartementFilter.through(
            "communes_liees__commune__departement", "convention__departement_reference"
        ),
        IntercommunaliteFilter.through(
            "communes_liees__commune", direct=["beneficiaire_intercommunalite"]
        ),
    ]
    list_select_related = [*BENEFICIAIRES, "prestataire", "convention"]
    search_fields = [
        *("intitule", "identifiant", "prestataire__nom", "beneficiaire_organisme__nom"),
    ]
    search_help_text = "Intitulé, commune, bénéficiaire ou prestataire"
    territory_search = [
        "communes_liees__commune",
        "beneficiaire_commune",
        "beneficiaire_intercommunalite",
    ]
    ordering = ["identifiant"]
    frozen_fields = ["identifiant"]
    prepopulated_fields = {"identifiant": ["intitule"]}
    autocomplete_fields = [*BENEFICIAIRES, "prestataire", "convention"]
    inlines = [CommuneEtudieeInline, ActionPrepareeInline, FaitEtudeInline, CoutEtudeInline]
    fieldsets = [
        (
            None,
            {"fields": ["intitule", "identifiant", ("nature", "niveau", "regime"), "convention"]},
        ),
        ("Bénéficiaire, un seul", {"fields": BENEFICIAIRES}),
        ("Qui fait l'étude", {"fields": ["prestataire"]}),
        ("Interne", {"fields": ["note_interne"]}),
    ]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the studies of its communes, and of the conventions that it keeps."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.writes(request, obj))

    def writes(self, request, etude):
        """Tell whether the user writes this study; asked once for a page."""
        known = request.__dict__.setdefault("etudes_ecrites", {})
        if etude.pk not in known:
            known[etude.pk] = writes(request.user, etude)
        return known[etude.pk]

    def save_related(self, request, form, formsets, change):
        """Refuse, once its communes are there, a study that its own author could not write."""
        super().save_related(request, form, formsets, change)
        if not writes(request.user, form.instance):
            raise ValidationError("Dites au moins une commune de vos départements.")

    def choices_for(self, request, model):
        """Offer, as what a study prepares, the actions that the user reads."""
        rows = super().choices_for(request, model)
        return rows if model is not Action else Action.objects.for_user(request.user)

    def chapitres(self, request, record):
        """Tell, with the story of a study, that of its money."""
        lines = Financement.history.naming(etude=record.pk)
        keys = Financement.history.filter(etude=record.pk).order_by().values("id")
        faits = FaitFinancement.history.filter(financement__in=keys)
        return [*super().chapitres(request, record), Chapitre(lines), Chapitre(faits)]

    def read_rows(self, records):
        etudes = EtudesDatees([record.pk for record in records])
        today = etudes.du_jour(timezone.localdate(), interne=True)
        for record in records:
            record.du_jour = today[record.pk]
        return records

    def list_prefetch(self):
        return ["communes_liees__commune"]

    @admin.display(description="bénéficiaire")
    def beneficiaire(self, etude):
        return etude.beneficiaire

    @admin.display(description="communes")
    def communes(self, etude):
        return ", ".join(row.commune.nom for row in etude.communes_liees.all()) or None

    @admin.display(description="état aujourd'hui")
    def etat_du_jour(self, etude):
        return badge(etude.du_jour.etat.label, etude.du_jour.etat.couleur)

    @admin.display(description="accordé")
    def accorde(self, etude):
        somme = etude.du_jour.sommes.accorde
        return euros(somme.montant) if somme.connue else None
