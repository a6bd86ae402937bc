"""A funder decides to pay a part of a post for a year."""

from django import forms

from projects.postes.models import CofinancementPoste, Financeur
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import SansPrecisionForm
from pvd.bureau.gestes.postes.commun import GesteDePoste, last_day, said_of
from socle.admin.champs import DayField, LastDayField, NumberField
from socle.dates import in_words
from socle.francais import nombre

FIELDS = [
    "financeur",
    "precision_financeur",
    "annee",
    "taux",
    "plafond",
    "montant",
    "reference_decision",
    "debut",
    "fin",
]
AMOUNT = {"max_digits": 10, "decimal_places": 2, "min_value": 0, "required": False}


class NouveauCofinancementForm(SansPrecisionForm):
    date = None
    financeur = forms.ChoiceField(label="Financeur", choices=Financeur)
    precision_financeur = forms.CharField(
        label="Lequel, s'il est autre",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    annee = forms.IntegerField(
        label="Année",
        min_value=2020,
        max_value=2100,
        help_text="Une décision sur trois ans s'enregistre en trois fois, une par année.",
    )
    taux = NumberField(
        label="Taux, en %",
        max_digits=5,
        decimal_places=2,
        max_value=100,
        required=False,
        help_text="Part du coût annuel chargé.",
    )
    plafond = NumberField(label="Plafond de l'année, en €", **AMOUNT)
    montant = NumberField(label="Montant de l'année, en €", **AMOUNT)
    reference_decision = forms.CharField(
        label="Référence de la décision",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    debut = DayField(label="Premier jour financé", help_text="Peut être à venir.")
    fin = LastDayField(
        label="Dernier jour financé",
        required=False,
        help_text="Peut être à venir. Vide : non précisé.",
    )
    field_order = FIELDS

    def cofinancement(self):
        """Return the co-funding, as a record."""
        return CofinancementPoste(
            poste=self.record, **{name: self.cleaned_data[name] for name in FIELDS}
        )


class AjouterCofinancement(GesteDePoste):
    slug = "ajouter-un-cofinancement"
    titre = "Ajouter un cofinancement"
    fait = "Cofinancement ajouté"
    form = NouveauCofinancementForm
    adds = [CofinancementPoste]
    annonce = True

    def phrases(self, record, data):
        funder = data["precision_financeur"] or Financeur(data["financeur"]).label
        amounts = [
            f"{name} {nombre(data[champ])} {unit}"
            for champ, name, unit in (
                ("taux", "taux", "%"),
                ("plafond", "plafond", "€"),
                ("montant", "montant", "€"),
            )
            if data[champ] is not None
        ]
        phrases = [
            f"Un cofinancement est ajouté pour l'année {data['annee']}. Financeur : {funder}."
        ]
        if amounts:
            phrases.append(f"Part du financeur : {', '.join(amounts)}.")
        last = f", dernier jour {last_day(data['fin'])}" if data["fin"] else ""
        return [*phrases, f"Premier jour financé : {in_words(data['debut'])}{last}."]

    def warnings(self, record, data):
        """Tell what, once this is written, goes beyond what the programme pays in that year."""
        of_year = CofinancementPoste.objects.filter(poste=record, annee=data["annee"])
        return [alerte for annee in of_year.annees() for alerte in annee.alertes]

    def write(self, record, form, reason):
        added = save(form.cofinancement(), reason)
        return record, [
            said_of(added, champ) for champ in ("debut", "fin") if getattr(added, champ)
        ]
