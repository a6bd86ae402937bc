"""The back office of the money of actions and studies, and of the schemes that the national level keeps."""

from django.contrib import admin
from django.utils import timezone

from communes.territoire.filtres import DepartementFilter
from projects.actions.models import Action
from projects.etudes.models import Etude
from projects.financements.faits import financements_dates
from projects.financements.models import (
    FINANCEURS,
    Dispositif,
    FaitFinancement,
    Financement,
    ReglePeriode,
)
from projects.financements.regles import accorde, etat, montant_verse
from projects.projet.ecriture import writes
from socle.admin.base import PerimetreInline, PlainChoices, PvdAdmin
from socle.admin.champs import NumberField, badge
from socle.admin.choix import PerimetreForm
from socle.admin.fiche import EnsembleFormSet, PeriodesFormSet
from socle.admin.sources import SourceeAdmin
from socle.francais import euros

BENEFICIAIRES = (
    "beneficiaire_commune",
    "beneficiaire_intercommunalite",
    "beneficiaire_organisme",
)


class FaitFinancementForm(PerimetreForm):
    class Meta:
        field_classes = dict.fromkeys(["montant", "depense_subventionnable", "taux"], NumberField)


class FaitFinancementInline(PerimetreInline):
    model = FaitFinancement
    formset = EnsembleFormSet
    form = FaitFinancementForm
    fields = [
        ("nature", "jour", "precision"),
        ("montant", "sorte_versement", "sorte_retrait"),
        ("reference", "date_notification"),
        ("depense_subventionnable", "base", "taux"),
        ("delai", "date_limite_prevue", "suppose"),
        "motif",
    ]


@admin.register(Financement)
class FinancementAdmin(SourceeAdmin):
    list_display = ["dispositif", "financeur", "objet", "etat_du_jour", "accorde", "verse"]
    list_filter = [
        "dispositif",
        "forme",
        DepartementFilter.through(
            "action__communes_liees__commune__departement",
            "action__convention__departement_reference",
            "etude__communes_liees__commune__departement",
            "etude__convention__departement_reference",
        ),
    ]
    list_select_related = [*FINANCEURS, "dispositif__financeur", "action", "etude"]
    search_fields = ["identifiant", "numero_dossier", "action__intitule", "etude__intitule"]
    search_fields += ["dispositif__libelle"]
    search_help_text = "Action, étude, dispositif, numéro de dossier ou identifiant"
    ordering = ["action__identifiant", "etude__identifiant", "rang", "pk"]
    frozen_fields = ["identifiant"]
    autocomplete_fields = ["action", "etude", "dispositif", *FINANCEURS, *BENEFICIAIRES]
    inlines = [FaitFinancementInline]
    fieldsets = [
        ("Ce qui est financé, une action ou une étude", {"fields": ["action", "etude"]}),
        (None, {"fields": ["dispositif", "identifiant", ("forme", "annee", "rang")]}),
        ("Financeur, si le dispositif ne le dit pas", {"fields": FINANCEURS}),
        ("Bénéficiaire, si ce n'est le maître d'ouvrage", {"fields": BENEFICIAIRES}),
        ("Interne", {"fields": ["numero_dossier", "note_interne"]}),
    ]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the money of the actions, and of the studies, that it writes."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.writes(request, obj.objet))

    def writes(self, request, objet):
        """Tell whether the user writes this action, or this study; asked once for a page."""
        known = request.__dict__.setdefault("objets_ecrits", {})
        if objet not in known:
            known[objet] = writes(request.user, objet)
        return known[objet]

    def choices_for(self, request, model):
        """Offer the actions, and the studies, that the user writes."""
        rows = super().choices_for(request, model)
        if model not in (Action, Etude) or request.user.is_superuser:
            return rows
        return model.objects.a_ecrire(request.user)

    def read_rows(self, records):
        today = timezone.localdate()
        lines = {}
        for objet in ("action", "etude"):
            keys = {getattr(record, f"{objet}_id") for record in records} - {None}
            by_objet = financements_dates(keys, objet=objet)
            lines |= {line.pk: line for found in by_objet.values() for line in found}
        for record in records:
            line = lines[record.pk]
            record.etat = etat(line, today)
            record.accorde, record.verse = accorde(line, today), montant_verse(line, today)
        return records

    @admin.display(description="action ou étude")
    def objet(self, ligne):
        return ligne.objet

    @admin.display(description="financeur")
    def financeur(self, ligne):
        return ligne.financeur

    @admin.display(description="état aujourd'hui")
    def etat_du_jour(self, ligne):
        return badge(ligne.etat.label, ligne.etat.couleur)

    @admin.display(description="accordé")
    def accorde(self, ligne):
        return None if ligne.accorde is None else euros(ligne.accorde)

    @admin.display(description="versé")
    def verse(self, ligne):
        return euros(ligne.verse) if ligne.verse else None


class RegleInline(PlainChoices, admin.StackedInline):
    model = ReglePeriode
    formset = PeriodesFormSet
    template = "admin/edit_inline/rangees.html"
    extra = 0
    fields = [
        ("debut", "fin", "taux_maximum"),
        ("mois_commencement", "mois_prorogation_commencement"),
        ("mois_achevement", "mois_prorogation_achevement"),
        ("taux_avance", "plafond_acomptes"),
        ("article", "verifiee"),
    ]


@admin.register(Dispositif)
class DispositifAdmin(PvdAdmin):
    list_display = ["libelle", "nature", "financeur", "public", "regles_a_verifier"]
    list_filter = ["nature", "public"]
    list_select_related = ["financeur"]
    search_fields = ["libelle", "cle"]
    search_help_text = "Libellé ou clé"
    autocomplete_fields = ["financeur"]
    fields = ["libelle", "cle", "financeur", "nature", "public"]
    inlines = [RegleInline]

    def list_prefetch(self):
        return ["regles"]

    @admin.display(description="règles à vérifier")
    def regles_a_verifier(self, dispositif):
        rules = list(dispositif.regles.all())
        waiting = sum(not rule.verifiee for rule in rules)
        return f"{waiting} sur {len(rules)}" if rules else None
