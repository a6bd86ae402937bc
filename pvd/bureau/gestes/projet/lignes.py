"""What each fact of a line of money asks: of one that is there, or with who pays, of a new one."""

from datetime import date

from django import forms

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.actions.models import BaseMontant
from projects.financements import regles
from projects.financements.faits import financements_dates
from projects.financements.models import (
    FINANCEURS,
    Dispositif,
    FaitFinancement,
    Financement,
    Forme,
    SorteRetrait,
    SorteVersement,
)
from pvd.bureau.gestes.acte_joint import ActeForm, JointEnsuite
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import GesteForm, JourField
from pvd.bureau.gestes.projet.champs import MontantField, TauxField
from pvd.bureau.gestes.projet.commun import (
    chercher,
    chercher_qui,
    texte_court,
    texte_long,
)
from socle.admin.champs import DayField
from socle.francais import euros, nombre, pour_cent

# What the amount of a grant may differ by from rate × spending, in euros: arrêtés round.
ECART = 1


def ligne_du_jour(ligne):
    """Return a line of money with its facts, all of them, for the rules."""
    objet = ligne.objet
    lines = financements_dates([objet.pk], objet=objet._meta.model_name)[objet.pk]
    return next(line for line in lines if line.pk == ligne.pk)


def accorde(record):
    """Tell whether a line was granted; an action is no line."""
    return isinstance(record, Financement) and record.faits.filter(nature="accord").exists()


def plafond_accorde(ligne):
    """Return what the last decision grants, whatever was paid of it since."""
    return regles.compte(ligne_du_jour(ligne), date.max).decide


def accord_dit(ligne):
    """Return the decision that grants a line, None while a payment alone supposes one."""
    return ligne.faits.filter(nature="accord", suppose=False).first()


class NouvelleLigne(forms.Form):
    """Who pays, and by which scheme: what a line that is not there yet says besides its fact."""

    dispositif = forms.ModelChoiceField(label="Dispositif", queryset=Dispositif.objects.all())
    financeur_organisme = forms.ModelChoiceField(
        label="Financeur, si le dispositif ne le dit pas : organisme",
        queryset=Organisme.objects.none(),
        required=False,
    )
    financeur_commune = forms.ModelChoiceField(
        label="ou commune", queryset=Commune.objects.none(), required=False
    )
    financeur_intercommunalite = forms.ModelChoiceField(
        label="ou intercommunalité", queryset=Intercommunalite.objects.none(), required=False
    )
    forme = forms.ChoiceField(label="Forme", choices=Forme, initial=Forme.SUBVENTION)
    annee = forms.IntegerField(
        label="Année du programme", min_value=2000, max_value=2100, required=False
    )
    numero_dossier = texte_court("Numéro de dossier", "Interne : jamais publié.", max_length=60)


DE_LA_LIGNE = ["dispositif", *FINANCEURS, "forme", "annee", "numero_dossier"]


class LigneForm(GesteForm):
    """A fact of a line of money that is there, or, for an action or a study, of one yet to be made."""

    @property
    def nouvelle(self):
        return "dispositif" in self.fields

    def prepare(self):
        if not self.nouvelle:
            return
        chercher(self, Financement, "dispositif")
        chercher_qui(self, Financement, FINANCEURS)
        self.order_fields([*DE_LA_LIGNE, *self.field_order])

    def clean(self):
        data = super().clean()
        if self.nouvelle and data.get("dispositif"):
            self.ask_who_pays(data)
        return data

    def ask_who_pays(self, data):
        """Ask for one funder, which the scheme does not always name."""
        named = [name for name in FINANCEURS if data.get(name)]
        own = data["dispositif"].nature == "fonds_propres"
        if len(named) > 1:
            self.add_error(named[1], "Un financement a un seul financeur.")
        elif not (named or own or data["dispositif"].financeur_id or self.errors):
            self.add_error(
                "financeur_organisme",
                "Ce dispositif ne dit pas qui paie : choisissez le financeur.",
            )

    def ligne(self, reason):
        """Return the line that the geste is about; one that is not there yet is written."""
        if not self.nouvelle:
            return Financement.objects.get(pk=self.record.pk)
        data = self.cleaned_data
        scheme = data["dispositif"]
        name = f"{self.record.identifiant}-{scheme.cle}"
        line = Financement(
            identifiant=unused(Financement, "identifiant", name, "financement"),
            rang=self.record.financements.count() + 1,
            **{self.record._meta.model_name: self.record},
            **{name: data[name] for name in DE_LA_LIGNE},
        )
        return save(line, reason)


class DemandeForm(LigneForm):
    montant = MontantField(label="Montant demandé, en €", help_text="« 1 234,56 € »")
    dossier_complet = JourField(
        label="Dossier complet le",
        required=False,
        help_text="L'opération peut commencer de ce jour-là. Vide : pas encore, ou pas connu.",
    )
    field_order = ["montant", "date", "precision", "dossier_complet"]

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Demande déposée le"


class NouvelleDemandeForm(NouvelleLigne, DemandeForm):
    pass


class DecisionForm(ActeForm, LigneForm):
    """A decision that grants a line, and its PDF."""

    def ligne_en_mots(self, data):
        """Name the line: its scheme, and its action."""
        if self.nouvelle:
            return f"{data['dispositif']} : {self.record}"
        return str(self.record)

    def nom_de_l_acte(self, data):
        number = data.get("reference")
        return f"Accord {number or 'de financement'}, {self.ligne_en_mots(data)}"

    def auteur(self, data):
        """Return who pays, named by the line or by its scheme: who grants writes the decision."""
        if not self.nouvelle:
            return str(self.record.financeur or "")
        named = next((data[name] for name in FINANCEURS if data.get(name)), None)
        return str(named or data["dispositif"].financeur or "")


class AccordForm(DecisionForm):
    """The fields of the arrêté, in its order; amount, spending and rate check one another."""

    reference = texte_court("Numéro de l'arrêté ou de la convention", "Public.")
    depense_subventionnable = MontantField(
        label="Dépense subventionnable, en €", required=False, help_text="« 1 234,56 € »"
    )
    base = forms.ChoiceField(label="Base", choices=BaseMontant, initial="HT", required=False)
    taux = TauxField(label="Taux, en %", required=False, help_text="« 37,5 » pour 37,5 %.")
    taux_confirme = forms.BooleanField(label="Le taux est bien de moins de 1 %", required=False)
    montant = MontantField(
        label="Montant accordé, en €",
        required=False,
        help_text="Vide : calculé de la dépense et du taux ; sans eux, accord sans montant connu.",
    )
    motif = texte_court(
        "Si le montant s'écarte du calcul de plus de 1 €, pourquoi",
        "Interne : jamais publié. « Plafonné par la commission ».",
        max_length=300,
    )
    date_notification = JourField(
        label="Notifié le", required=False, help_text="Les délais courent de ce jour-là."
    )
    field_order = [
        *("reference", "date", "precision", "depense_subventionnable", "base", "taux"),
        *("taux_confirme", "montant", "motif", "date_notification"),
    ]

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Signé le"

    @property
    def unasked(self):
        """Leave out the question about a rate under 1 % until one is typed."""
        return () if "taux" in self.errors or self.data.get("taux_confirme") else ("taux_confirme",)

    def clean(self):
        data = super().clean()
        self.ask_about_the_rate(data)
        self.check_the_amount(data)
        return data

    def ask_about_the_rate(self, data):
        """Ask whether 0,8 is 0,8 % or 80 %, unless the amount says it, or the agent."""
        rate, spending, amount = (
            data.get(name) for name in ("taux", "depense_subventionnable", "montant")
        )
        if rate is None or rate >= 1 or data.get("taux_confirme"):
            return
        if spending and amount and abs(share(spending, rate) - amount) <= ECART:
            return
        percent = pour_cent(rate * 100)
        self.add_error(
            "taux",
            f"{pour_cent(rate)} ou {percent} ? Écrivez « {nombre(rate * 100)} » pour {percent}, ou cochez "
            "que le taux est bien de moins de 1 %.",
        )

    def check_the_amount(self, data):
        """Compute the amount if it is left out; else refuse that it differs, unless one says why."""
        rate, spending, amount = (
            data.get(name) for name in ("taux", "depense_subventionnable", "montant")
        )
        if rate is None or spending is None or self.errors:
            return
        due = share(spending, rate)
        if amount is None:
            data["montant"] = due
        elif abs(due - amount) > ECART and not data.get("motif"):
            self.add_error(
                "montant",
                f"{pour_cent(rate)} de {euros(spending)} font {euros(due)}, et non {euros(amount)} : "
                "corrigez l'un des trois, ou dites en dessous pourquoi ils diffèrent.",
            )


def share(spending, rate):
    """Return a rate, in percent, of a spending, to the cent."""
    return regles.au_cent(spending * rate / 100)


class NouvelAccordForm(NouvelleLigne, AccordForm):
    pass


class JoindreForm(JointEnsuite, DecisionForm):
    """The PDF of a decision that is recorded already: its day and its number are known."""

    @property
    def connu(self):
        told = accord_dit(self.record)
        return told, "jour", told.jour, told.precision

    def nom_de_l_acte(self, data):
        return super().nom_de_l_acte(data | {"reference": accord_dit(self.record).reference})


class VersementForm(LigneForm):
    sorte = forms.ChoiceField(label="Versé comme", choices=SorteVersement)
    montant = MontantField(label="Montant versé, en €", help_text="« 1 234,56 € »")
    reference = texte_court("Référence", "Numéro du mandat ou de la demande de paiement.")
    field_order = ["sorte", "montant", "date", "precision", "reference"]

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Versé le"
        if not self.nouvelle:
            left = regles.reste_a_verser(ligne_du_jour(self.record), self.jour)
            self.fields["montant"].initial = left or None
            if left:
                self.fields["montant"].help_text = f"Reste à verser : {euros(left)}."


class NouveauVersementForm(NouvelleLigne, VersementForm):
    pass


class ReponseDuFinanceurForm(LigneForm):
    nature = forms.ChoiceField(
        label="Réponse", choices=[("refus", "refus"), ("sans_suite", "classé sans suite")]
    )
    motif = texte_long("Motif")
    field_order = ["nature", "date", "precision", "motif"]


class ModificationForm(LigneForm):
    montant = MontantField(label="Nouveau montant accordé, en €", zero=True)
    reference = texte_court("Numéro de l'acte", "Public.")
    motif = texte_long("Motif")
    field_order = ["montant", "date", "precision", "reference", "motif"]


class ProrogationForm(LigneForm):
    delai = forms.ChoiceField(label="Délai prorogé", choices=FaitFinancement.Delai)
    date_limite_prevue = DayField(label="Nouvelle date limite", help_text="Peut être à venir.")
    reference = texte_court("Numéro de l'acte")
    field_order = ["delai", "date_limite_prevue", "date", "precision", "reference"]

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Prorogation signée le"

    def clean(self):
        data = super().clean()
        limit, signed = data.get("date_limite_prevue"), data.get("date")
        if limit and signed and limit <= signed:
            self.add_error(
                "date_limite_prevue",
                "Une prorogation reporte la date limite après le jour où elle est signée.",
            )
        return data


class RetraitForm(LigneForm):
    sorte = forms.ChoiceField(label="Retiré par", choices=SorteRetrait)
    montant = MontantField(
        label="Ce qui reste accordé, en €", zero=True, initial=0, help_text="0 : tout est retiré."
    )
    motif = texte_long("Motif")
    field_order = ["sorte", "montant", "date", "precision", "motif"]
