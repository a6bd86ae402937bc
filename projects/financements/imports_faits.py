"""The files of what happens to the lines of money: requests, grants, payments, and what is paid back."""

from collections import defaultdict
from itertools import chain

from projects.actions.models import BaseMontant
from projects.financements.imports import DuFinancementRessource
from projects.financements.models import (
    FaitFinancement,
    Financement,
    NatureFinancement,
    SorteRetrait,
    SorteVersement,
)
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    ChoiceWidget,
    NamedChoiceWidget,
    RecordWidget,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import (
    PercentWidget,
    champ_montant,
)
from socle.fichiers.cle import cle_interne
from socle.fichiers.ressource import Ressource

# What people write « payé comme » beside the sorts of payment: what comes back.
REVERSEMENT = NatureFinancement.REVERSEMENT.value
# What has a table of its own, in which two equal rows of a day are told by their reference.
PAIEMENTS = (NatureFinancement.VERSEMENT.value, REVERSEMENT)


class NatureWidget(NamedChoiceWidget):
    """What happened to a line; what is paid of it, and paid back, has another table."""

    def __init__(self):
        super().__init__(NatureFinancement, facultatif=False)

    def clean(self, value, row=None, **kwargs):
        nature = super().clean(value, row, **kwargs)
        if nature in PAIEMENTS:
            raise ValueError("un versement, ou un reversement, va dans le tableau des versements")
        return nature


class RateWidget(PercentWidget):
    """A rate as an arrêté writes it, with four decimals: it, not the amount, rules the balance."""

    places = 4

    def number_in(self, text):
        # « 33.333 » is never in thousands.
        return super().number_in(text.replace(".", ","))

    def put_right(self, text):
        return text


class FaitFinancementRessource(DuFinancementRessource):
    """One row per fact but the payments: the line, the nature and the day tell which."""

    titre = "Faits des financements : demandes, accords… (interne)"
    cle = cle_interne("fait_financement", "financement")
    loose_keys = ("delai",)
    autres_noms = {
        "identifiant": "financement_identifiant",
        "date": "jour",
        "fait": "nature",
        "numero_arrete": "reference",
        "assiette": "depense_subventionnable",
    }
    exemple = {
        "financement_identifiant": "action-exemple-detr",
        "jour": "15/04/2025",
        "nature": "accord",
        "montant": "248000",
        "reference": "2025-34-001",
        "date_notification": "20/04/2025",
        "depense_subventionnable": "1240000",
        "base": "HT",
        "taux": "20 %",
    }

    financement = champ_fiche("financement_identifiant", "financement", Financement, "identifiant")
    jour = champ_date("jour")
    precision = champ_precision("precision")
    nature = Champ(column_name="nature", attribute="nature", widget=NatureWidget())
    montant = champ_montant("montant")
    reference = champ_texte("reference")
    date_notification = champ_date("date_notification")
    depense_subventionnable = champ_montant("depense_subventionnable")
    base = champ_choix_nomme("base", BaseMontant)
    taux = Champ(column_name="taux", attribute="taux", widget=RateWidget())
    delai = champ_choix_nomme("delai", FaitFinancement.Delai)
    date_limite_prevue = champ_date("date_limite_prevue")
    sorte_retrait = champ_choix_nomme("sorte_retrait", SorteRetrait)
    suppose = champ_oui_non("suppose")
    motif = champ_texte("motif")

    dated_sources = {
        "source": ("jour", "jour", "precision"),
        "source_notification": ("date_notification", "date_notification", ""),
    }

    class Meta(Ressource.Meta):
        model = FaitFinancement
        import_id_fields = ["financement", "nature", "jour", "delai"]
        fields = [
            "financement",
            "jour",
            "precision",
            "nature",
            "montant",
            "reference",
            "date_notification",
            "depense_subventionnable",
            "base",
            "taux",
            "delai",
            "date_limite_prevue",
            "sorte_retrait",
            "suppose",
            "motif",
        ]


class VersementWidget(RecordWidget):
    """The line that a payment is of: by its identifier, or, without it, by the number of its dossier."""

    def __init__(self):
        super().__init__(Financement, "identifiant")

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        numbers = {row["numero_dossier"] for row in rows if row.get("numero_dossier")}
        self.of_number = defaultdict(list)
        for line in Financement.objects.filter(numero_dossier__dans=numbers).order_by("pk"):
            self.of_number[line.numero_dossier].append(line)

    def records(self):
        return chain(super().records(), *self.of_number.values())

    def clean(self, value, row=None, **kwargs):
        number = (row or {}).get("numero_dossier")
        if value or not number:
            return super().clean(value, row, **kwargs)
        found = self.of_number[number]
        if len(found) > 1:
            names = ", ".join(line.identifiant for line in found)
            told = f"plusieurs financements ont ce numéro : écrivez l'identifiant de l'un ({names})"
            raise CelluleRefusee("numero_dossier", number, told)
        if not found:
            raise CelluleRefusee("numero_dossier", number, "aucun financement n'a ce numéro")
        return found[0]


class ChampFinancement(Champ):
    """The line that a payment is of, by one of two columns: see `VersementWidget`."""

    aussi = ("numero_dossier",)


class SorteWidget(ChoiceWidget):
    """What a payment is paid as; « reversement » is none of them, and another fact."""

    def __init__(self):
        super().__init__(SorteVersement)
        self.by_name = {label.casefold(): value for value, label in SorteVersement.choices}

    def clean(self, value, row=None, **kwargs):
        named = (value or "").strip().casefold()
        if named == REVERSEMENT:
            return ""
        try:
            return super().clean(self.by_name.get(named, named), row, **kwargs)
        except ValueError as refusal:
            raise ValueError(f"{refusal}, {REVERSEMENT}") from None


class PaiementWidget(SorteWidget):
    """Whether a payment is one, or is paid back."""

    def clean(self, value, row=None, **kwargs):
        paid = super().clean(value, row, **kwargs)
        return NatureFinancement.VERSEMENT.value if paid else REVERSEMENT


class VersementRessource(DuFinancementRessource):
    """One row per payment, known by its key; failing that, by all that it says.

    Two payments of a line, equal and of one day, are told apart by their reference.
    """

    titre = "Versements des financements"
    informatives = (*DuFinancementRessource.informatives, "rang")
    cle = cle_interne("versement", "financement")
    loose_keys = ("financement", "reference")
    autres_noms = {
        "identifiant": "financement_identifiant",
        "jour": "date_versement",
        "versement": "montant",
    }
    exemple = {
        "financement_identifiant": "action-exemple-detr",
        "date_versement": "01/06/2025",
        "nature": "avance",
        "montant": "74400",
        "reference": "DP 1000123",
    }

    financement = ChampFinancement(
        column_name="financement_identifiant", attribute="financement", widget=VersementWidget()
    )
    jour = champ_date("date_versement", "jour")
    precision = champ_precision("precision_versement", "precision")
    paiement = Champ(column_name="nature", attribute="nature", widget=PaiementWidget())
    sorte_versement = Champ(column_name="nature", attribute="sorte_versement", widget=SorteWidget())
    montant = champ_montant("montant")
    reference = champ_texte("reference")
    motif = champ_texte("motif")

    dated_sources = {"source": ("jour", "date_versement", "precision_versement")}

    class Meta(Ressource.Meta):
        model = FaitFinancement
        import_id_fields = [
            "financement",
            "jour",
            "paiement",
            "sorte_versement",
            "montant",
            "reference",
        ]
        fields = [
            "financement",
            "jour",
            "precision",
            "paiement",
            "sorte_versement",
            "montant",
            "reference",
            "motif",
        ]

    def precedents(self, instance):
        """Return the grant that a payment supposes, while none of its line is known."""
        granted = FaitFinancement.objects.filter(
            financement=instance.financement_id, nature=NatureFinancement.ACCORD
        )
        paid = instance.nature == NatureFinancement.VERSEMENT
        return [instance.accord_suppose()] if paid and not granted.exists() else []

    def told_before(self, record):
        return "aucun accord n'est connu : il est supposé, au plus tard ce jour-là, sans montant"

    @property
    def columns(self):
        # One column tells two fields.
        return list(dict.fromkeys(super().columns))
