"""The back office of the conventions: the acts, the communes they cover, the parties, the sectors."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.utils import timezone

from communes.models import Departement
from communes.territoire.filtres import DepartementFilter, IntercommunaliteFilter
from ort.admin_propositions import ProposableAdmin
from ort.admin_validations import ValidationAdmin
from ort.exports_internes import AVENANTS_INTERNES, CONVENTIONS, COUVERTURES
from ort.imports import AvenantRessource, ConventionRessource
from ort.imports_couvertures import CouvertureRessource
from ort.liste.liste import ListeOrtDAgents
from ort.models import Avenant, CommuneCouverte, Convention, Document, Organisme, Partie, Secteur
from ort.models.droits import DE_LA_REFERENCE, DE_TOUTES
from ort.models.jours import covered_twice
from ort.regles import date_fin_au, en_vigueur
from socle.admin.base import PartageeAdmin, PerimetreAdmin, PerimetreInline, ReadOnly
from socle.admin.champs import badge, date_column
from socle.admin.documents import DeposeAdmin
from socle.admin.exports import ExportAdmin
from socle.admin.fiche import EnsembleFormSet, FicheInline
from socle.admin.imports import ImportAdmin
from socle.admin.portee import PorteeAdmin
from socle.admin.sources import SansSourceFilter, SourceeAdmin
from socle.dates import bare
from socle.francais import date_courte

# What is known of the signature of an act, convention or avenant.
SIGNATURE = [
    ("date_signature", "precision_signature"),
    "date_signature_prevue",
    "duree_annees",
]


def named_by_date(avenant):
    """Name an avenant among those of its convention."""
    jour = avenant.date_signature
    return f"{avenant.nom} ({bare(jour, avenant.precision_signature) if jour else 'non signé'})"


class ConventionInline(FicheInline):
    """Rows of a convention: the avenants that they name are its own."""

    rows_of_record = {Avenant: ("avenants", named_by_date)}
    autocomplete_fields = ["commune"]
    avenant_fields = ()

    def get_fields(self, request, obj=None):
        """Ask for avenants once there may be some: a new convention has none."""
        return [f for f in super().get_fields(request, obj) if obj or f not in self.avenant_fields]


class AvenantInline(ConventionInline):
    model = Avenant
    fields = ["numero", "date_signature", "precision_signature", "duree_annees", "objet"]
    autocomplete_fields = []
    select_related = ["convention"]
    show_change_link = True


class CouvertureFormSet(EnsembleFormSet):
    read_with_them = ("commune", "entree", "sortie")

    def judge(self, rows):
        """Refuse a commune that two rows hold on the same days."""
        if twice := sorted(map(str, covered_twice(rows))):
            raise ValidationError(f"Commune saisie deux fois : {', '.join(twice)}.")


class CouvertureInline(ConventionInline):
    model = CommuneCouverte
    formset = CouvertureFormSet
    fields = ["commune", "entree", "sortie", "remarques_enquete"]
    avenant_fields = ["entree", "sortie"]
    select_related = ["convention", "commune", "entree__convention", "sortie__convention"]


class PartieInline(ConventionInline):
    model = Partie
    autocomplete_fields = ["commune", "intercommunalite", "organisme"]
    select_related = [*autocomplete_fields, "avenant__convention"]
    fields = [*autocomplete_fields, "role", "avenant", "date_deliberation", "date_signature"]
    avenant_fields = ["avenant"]


class SecteurInline(ConventionInline):
    model = Secteur
    fields = ["nom", "commune", "avenant"]
    avenant_fields = ["avenant"]
    select_related = ["commune", "avenant__convention"]


class DocumentInline(DeposeAdmin, ConventionInline):
    model = Document
    autocomplete_fields = []
    verbose_name_plural = "actes signés (PDF)"
    fields = ["titre", "avenant", "visibilite", "fichier"]
    avenant_fields = ["avenant"]
    select_related = ["convention", "avenant__convention"]
    show_change_link = True


class StatutDOrtFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return [
            ("en_vigueur", "en vigueur aujourd'hui"),
            ("sans_duree", "en vigueur, sans durée enregistrée"),
            ("terminee", "terminée"),
            ("non_signee", "non signée"),
        ]

    def queryset(self, request, queryset):
        today, conventions = timezone.localdate(), Convention.objects
        kept = {
            "en_vigueur": conventions.en_vigueur(today),
            "sans_duree": conventions.sans_fin(today),
            "terminee": conventions.ended(today),
            "non_signee": conventions.exclude(pk__in=conventions.signees(today).values("pk")),
        }.get(self.value())
        return queryset if kept is None else queryset.filter(pk__in=kept.values("pk"))


class RegroupementFilter(admin.SimpleListFilter):
    """Keeps the conventions that a rule put together from a national list, and that nobody has confirmed."""

    title = parameter_name = "regroupement"

    def lookups(self, request, model_admin):
        return [("par_regle", "par règle, à confirmer")]

    def queryset(self, request, queryset):
        if self.value() != "par_regle":
            return queryset
        return queryset.filter(pk__in=Convention.objects.par_regle().values("pk"))


@admin.register(Convention)
class ConventionAdmin(
    ValidationAdmin, ProposableAdmin, ImportAdmin, ExportAdmin, PorteeAdmin, SourceeAdmin
):
    imports = {
        "ort": ConventionRessource,
        "ort-communes": CouvertureRessource,
        "liste-ort": ListeOrtDAgents,
    }
    exports = {"ort": CONVENTIONS, "ort-communes": COUVERTURES}
    list_display = ["intitule", "etat", "porteur", "departement_reference"]
    list_display += ["signature", "fin", "communes", "vaut_ort"]
    list_filter = [
        StatutDOrtFilter,
        "vaut_ort",
        "origine",
        DepartementFilter.through("couvertures__commune__departement", "departement_reference"),
        SansSourceFilter,
        RegroupementFilter,
        IntercommunaliteFilter.through("couvertures__commune", direct=["porteur"]),
    ]
    list_select_related = ["porteur", "departement_reference"]
    search_fields = ["intitule", "identifiant"]
    search_help_text = "Intitulé, identifiant, commune couverte ou intercommunalité"
    territory_search = ["couvertures__commune", "porteur"]
    date_hierarchy = "date_signature"
    ordering = ["intitule", "identifiant"]
    frozen_fields = ["identifiant"]
    autocomplete_fields = ["porteur", "departement_reference", "ville_principale"]
    inlines = [AvenantInline, CouvertureInline, PartieInline, SecteurInline, DocumentInline]
    ort_fields = ["vaut_ort", "ville_principale", "derogation_l303_3", "origine"]
    fieldsets = [
        (None, {"fields": ["intitule", "identifiant", "porteur", "departement_reference"]}),
        ("Signature", {"fields": SIGNATURE}),
        ("Opération de revitalisation de territoire", {"fields": ort_fields}),
        ("Interne", {"fields": ["note_interne"]}),
    ]
    signature = date_column("date_signature", "precision_signature", "signature")

    def get_readonly_fields(self, request, obj=None):
        """Show, to whoever keeps it not, what only the DDT of reference may change of a convention."""
        shown = super().get_readonly_fields(request, obj)
        if obj is None or obj.tenue:
            return shown
        return [*shown, *sorted(DE_LA_REFERENCE | DE_TOUTES)]

    def get_autocomplete_fields(self, request):
        """Offer the few départements to which the agent who keeps a convention may give it, all at once."""
        fields = super().get_autocomplete_fields(request)
        kept = [name for name in fields if name != "departement_reference"]
        return fields if request.user.is_superuser else kept

    def get_form(self, request, obj=None, change=False, **kwargs):
        request.convention = obj
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Let a convention be given to a département of its communes, besides those of the agent."""
        convention = getattr(request, "convention", None)
        if db_field.name == "departement_reference" and convention is not None:
            touched = Departement.objects.filter(communes__couvertures__convention=convention)
            own = Departement.objects.for_user(request.user)
            offered = Q(pk__in=touched.values("pk")) | Q(pk__in=own.values("pk"))
            kwargs["queryset"] = Departement.objects.filter(offered)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def refuse_whole(self, convention, saisie):
        """The days of several acts may be corrected on one page: none of its forms sees them all."""
        convention.refuse_days_of_communes()

    def list_prefetch(self):
        covered = CommuneCouverte.objects.as_of(timezone.localdate())
        return ["avenants", Prefetch("couvertures", covered, to_attr="couvertures_du_jour")]

    @admin.display(description="communes")
    def communes(self, convention):
        return len(convention.couvertures_du_jour)

    @admin.display(description="état")
    def etat(self, convention):
        today = timezone.localdate()
        if convention.date_signature is None or convention.date_signature > today:
            return badge("non signée", "info")
        return (
            badge("en vigueur", "success") if en_vigueur(convention, today) else badge("terminée")
        )

    @admin.display(description="fin")
    def fin(self, convention):
        jour = date_fin_au(convention, timezone.localdate())
        return jour and date_courte(jour, convention.precision_signature)


class EntreeInline(ReadOnly, PerimetreInline):
    model = CommuneCouverte
    fk_name = "entree"
    verbose_name_plural = "communes entrées par cet avenant"
    fields = ["commune", "sortie"]
    select_related = ["convention", "commune", "sortie__convention"]


class SortieInline(EntreeInline):
    fk_name = "sortie"
    verbose_name_plural = "communes sorties par cet avenant"
    fields = ["commune", "entree"]
    select_related = ["convention", "commune", "entree__convention"]


# What `Avenant.objets` tells, as an agent says it.
OBJETS = {
    "ajout_communes": "ajoute des communes",
    "retrait_communes": "retire des communes",
    "prolongation": "prolonge",
    "secteurs": "crée des secteurs",
    "parties": "ajoute des parties",
}


@admin.register(Avenant)
class AvenantAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    imports = {"avenants": AvenantRessource}
    exports = {"avenants": AVENANTS_INTERNES}
    list_display = ["nom_de_l_acte", "convention", "signature", "effets", "objet"]
    list_filter = [
        DepartementFilter.through(
            "convention__couvertures__commune__departement", "convention__departement_reference"
        ),
        SansSourceFilter,
        IntercommunaliteFilter.through(
            "convention__couvertures__commune", direct=["convention__porteur"]
        ),
    ]
    list_select_related = ["convention"]
    search_fields = ["objet", "identifiant", "convention__intitule", "convention__identifiant"]
    search_help_text = "Objet, identifiant, convention, commune entrée ou sortie, intercommunalité"
    territory_search = ["entrees__commune", "sorties__commune", "convention__porteur"]
    date_hierarchy = "date_signature"
    frozen_fields = ["convention"]
    readonly_fields = ["identifiant"]
    autocomplete_fields = ["convention"]
    inlines = [EntreeInline, SortieInline]
    fieldsets = [
        (None, {"fields": ["convention", "identifiant", "numero", "objet"]}),
        ("Signature", {"fields": SIGNATURE}),
        ("Interne", {"fields": ["note_interne"]}),
    ]
    signature = date_column("date_signature", "precision_signature", "signature")

    def list_prefetch(self):
        return ["entrees", "sorties", "secteurs", "parties"]

    @admin.display(description="avenant", ordering="numero")
    def nom_de_l_acte(self, avenant):
        return avenant.nom

    @admin.display(description="effets")
    def effets(self, avenant):
        return ", ".join(OBJETS[objet] for objet in avenant.objets()) or None


@admin.register(Document)
class DocumentAdmin(DeposeAdmin, PerimetreAdmin):
    """The signed acts of all conventions, and those removed, which come back with their file."""

    list_display = ["titre", "convention", "avenant", "visibilite", "lien"]
    list_filter = ["visibilite"]
    list_select_related = ["convention", "avenant__convention"]
    search_fields = ["titre", "nom", "convention__intitule"]
    search_help_text = "Titre, nom du fichier ou convention"
    autocomplete_fields = ["convention", "avenant"]
    fields = ["convention", "avenant", "titre", "visibilite", "fichier"]


@admin.register(Organisme)
class OrganismeAdmin(PartageeAdmin):
    list_display = ["nom", "nature", "siren"]
    list_filter = ["nature"]
    search_fields = ["nom", "siren"]
    search_help_text = "Nom ou SIREN"
