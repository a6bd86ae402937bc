"""The back office of the indicators, of what is aimed at, and of what was read."""

from django.contrib import admin
from django.utils.text import capfirst

from communes.territoire.filtres import DepartementFilter
from projects.actions.models import Action
from projects.indicateurs.ecriture import writes_of
from projects.indicateurs.exports_internes import CIBLES, INDICATEURS, RELEVES
from projects.indicateurs.imports import CibleRessource, IndicateurRessource, ReleveRessource
from projects.indicateurs.lovac import LovacRessource
from projects.indicateurs.models import Cible, Indicateur, Releve
from projects.indicateurs.mots import refuse_l_ecriture, valeur_en_mots
from socle.admin.base import PerimetreAdmin
from socle.admin.champs import NumberField
from socle.admin.choix import PerimetreForm
from socle.admin.exports import ExportAdmin
from socle.admin.imports import ImportAdmin
from socle.admin.sources import SourceeAdmin

OBJET = [
    "indicateur",
    ("action", "convention", "commune"),
    "secteur",
]
DEPARTEMENTS = DepartementFilter.through(
    "commune__departement",
    "convention__departement_reference",
    "action__communes_liees__commune__departement",
    "action__convention__departement_reference",
)


class MesureSaisieForm(PerimetreForm):
    class Meta:
        field_classes = dict.fromkeys(["valeur", "reference_valeur"], NumberField)

    def clean(self):
        """Refuse a value typed in another unit, and « 0,8 », which may be 80 %."""
        data = super().clean()
        indicateur = data.get("indicateur") or getattr(self.instance, "indicateur", None)
        if indicateur:
            for name in self.instance.valeurs:
                if name in self.changed_data:
                    self.check_typed(name, indicateur.unite)
        return data

    def check_typed(self, name, unite):
        try:
            refuse_l_ecriture(unite, self.data.get(self.add_prefix(name), ""))
        except ValueError as error:
            self.add_error(name, f"{capfirst(str(error))}.")


@admin.register(Indicateur)
class IndicateurAdmin(ImportAdmin, ExportAdmin, PerimetreAdmin):
    imports = {"indicateurs": IndicateurRessource}
    exports = {"indicateurs": INDICATEURS}
    list_display = ["libelle", "unite", "perimetre", "sens", "portee"]
    list_filter = ["perimetre", "unite"]
    list_select_related = ["departement"]
    search_fields = ["libelle", "identifiant"]
    search_help_text = "Libellé ou identifiant"
    frozen_fields = ["identifiant"]
    prepopulated_fields = {"identifiant": ["libelle"]}
    fields = [
        ("libelle", "identifiant"),
        ("unite", "evolution"),
        "definition",
        ("perimetre", "sens"),
        "source_usuelle",
        "departement",
    ]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the indicators of its départements."""
        return super().has_change_permission(request, obj) and self.writes(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.writes(request, obj)

    def writes(self, request, indicateur):
        if indicateur is None or request.user.is_superuser:
            return True
        return Indicateur.objects.a_ecrire(request.user).filter(pk=indicateur.pk).exists()

    @admin.display(description="portée", ordering="departement")
    def portee(self, indicateur):
        return indicateur.departement or "toute la France"


class MesureAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    """What is kept of an indicator and of one object: the agents of the object write it."""

    form = MesureSaisieForm
    list_select_related = ["indicateur", "action", "convention", "commune", "secteur"]
    search_fields = [
        *("indicateur__libelle", "indicateur__identifiant"),
        *("action__intitule", "convention__intitule"),
    ]
    search_help_text = "Indicateur, action, ORT ou commune"
    territory_search = ["commune"]
    autocomplete_fields = ["indicateur", "action", "convention", "commune"]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct what is of its communes, and of what it keeps."""
        return super().has_change_permission(request, obj) and self.writes(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.writes(request, obj)

    def writes(self, request, mesure):
        return mesure is None or request.user.is_superuser or writes_of(request.user, mesure)

    def choices_for(self, request, model):
        """Offer the actions that the user writes."""
        rows = super().choices_for(request, model)
        if model is not Action or request.user.is_superuser:
            return rows
        return Action.objects.a_ecrire(request.user)

    @admin.display(description="objet")
    def objet(self, mesure):
        return mesure.objet

    @admin.display(description="valeur", ordering="valeur")
    def en_mots(self, mesure):
        return valeur_en_mots(mesure.indicateur.unite, mesure.valeur, getattr(mesure, "etat", ""))


@admin.register(Releve)
class ReleveAdmin(MesureAdmin):
    imports = {"releves": ReleveRessource, "lovac": LovacRessource}
    exports = {"releves": RELEVES}
    list_display = ["indicateur", "objet", "jour", "en_mots", "serie", "rupture"]
    list_filter = ["etat", DEPARTEMENTS]
    ordering = ["-jour", "indicateur", "pk"]
    fields = [
        *OBJET,
        ("jour", "precision", "publie_le"),
        ("etat", "valeur"),
        ("serie", "rupture"),
    ]


@admin.register(Cible)
class CibleAdmin(MesureAdmin):
    imports = {"cibles": CibleRessource}
    exports = {"cibles": CIBLES}
    list_display = ["indicateur", "objet", "en_mots", "echeance_prevue", "fixee_le"]
    list_filter = [DEPARTEMENTS]
    ordering = ["-fixee_le", "indicateur", "pk"]
    fields = [
        *OBJET,
        ("valeur", "echeance_prevue", "fixee_le"),
        ("reference_valeur", "reference_jour", "serie"),
    ]
