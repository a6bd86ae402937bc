"""What is announced of an action: its days, its cost. What was announced before is kept."""

from django import forms

from ort.avertissements import Avertissement
from projects.actions.models import BaseMontant, Cout, NatureCout, Prevision
from projects.actions.regles import previsions_au
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import GesteForm, SansPrecisionForm
from pvd.bureau.gestes.projet.champs import MontantField
from pvd.bureau.gestes.projet.commun import (
    DuProjet,
    GesteDAction,
    GesteDEtude,
    dire_cout,
    du_jour,
)
from socle.admin.champs import DayField
from socle.dates import Precision, first_day, in_words
from socle.francais import euros

PREVUES = {"debut": "Début de l'opération", "fin": "Fin de l'opération"}
# A planned day is never « au plus tard ».
PRECISIONS = [(p.value, p.label) for p in Precision if p != Precision.AU_PLUS_TARD]


class CalendrierForm(SansPrecisionForm):
    debut = DayField(label="Début prévu", required=False, help_text="Peut être à venir.")
    precision_debut = forms.ChoiceField(
        label="connu", choices=PRECISIONS, initial=Precision.JOUR, required=False
    )
    fin = DayField(label="Fin prévue", required=False, help_text="Peut être à venir.")
    precision_fin = forms.ChoiceField(
        label="connue", choices=PRECISIONS, initial=Precision.JOUR, required=False
    )
    field_order = ["date", "debut", "precision_debut", "fin", "precision_fin"]

    def prepare(self):
        self.fields["date"].label = "Annoncé le"
        self.fields["date"].help_text = "Le jour du document, de la réunion qui le dit."

    def clean(self):
        data = super().clean()
        for objet in PREVUES:
            if data.get(objet):
                precision = data.get(f"precision_{objet}") or Precision.JOUR.value
                data[f"precision_{objet}"] = precision
                data[objet] = first_day(data[objet], precision)
        if not self.errors and not any(data.get(objet) for objet in PREVUES):
            self.add_error("fin", "Dites le début prévu, la fin prévue, ou les deux.")
        if data.get("debut") and data.get("fin") and data["fin"] < data["debut"]:
            self.add_error("fin", "La fin prévue vient après le début prévu : vérifiez les deux.")
        return data


class ReviserCalendrier(GesteDAction):
    slug = "action-reviser-le-calendrier"
    titre = "Réviser le calendrier"
    fait = "Calendrier révisé"
    form = CalendrierForm
    adds = (Prevision,)
    impossible = "Cette action est achevée ou abandonnée : elle n'a plus de calendrier à venir."
    annonce = True

    def phrases(self, record, data):
        known = du_jour(record, data["date"]).dates
        told = []
        for objet, label in PREVUES.items():
            if data[objet]:
                before = previsions_au(known, data["date"], objet)
                instead = (
                    f", au lieu de : {in_words(before[-1].date_prevue, before[-1].precision)}"
                    if before
                    else ""
                )
                told.append(
                    f"{label} : {in_words(data[objet], data[f'precision_{objet}'])}{instead}."
                )
        return [*told, "Ce qui était annoncé avant est gardé : le glissement se compte de là."]

    def write(self, record, form, reason):
        data, said = form.cleaned_data, []
        for objet in PREVUES:
            if data[objet]:
                prevision = Prevision(
                    action=record,
                    objet=objet,
                    date_prevue=data[objet],
                    precision=data[f"precision_{objet}"],
                    etablie_le=data["date"],
                )
                save(prevision, reason)
                said.append((prevision, "etablie_le", data["date"], Precision.JOUR))
        return record, said


class CoutAnnonceForm(GesteForm):
    montant = MontantField(label="Coût, en €", zero=True, help_text="« 1 234,56 € »")
    base = forms.ChoiceField(label="Base", choices=BaseMontant, required=False)
    nature = forms.ChoiceField(label="Nature", choices=NatureCout, initial=NatureCout.ESTIME)
    field_order = ["montant", "base", "nature", "date", "precision"]

    def prepare(self):
        self.fields["date"].label = "Annoncé le"
        self.fields["date"].help_text = "Le jour du document qui le dit."


def stays(before, data):
    """Tell whether a definitive cost is still the one shown once that of `data` is recorded."""
    return before.nature == NatureCout.DEFINITIF and data["nature"] != NatureCout.DEFINITIF


class CoutAnnonce(DuProjet):
    """A cost of an action, or of a study."""

    titre = "Réviser le coût"
    fait = "Coût révisé"
    form = CoutAnnonceForm
    adds = (Cout,)

    def candidates(self, records, jour):
        """Keep them all: a cost is known for good once all is over."""
        return records

    def phrases(self, record, data):
        before = du_jour(record, data["date"]).cout
        replaced = before and not stays(before, data)
        instead = f", au lieu de {dire_cout(before)}" if replaced else ""
        told = f"{euros(data['montant'])} {data['base']}".strip()
        nature = NatureCout(data["nature"]).label
        return [f"Coût {nature} {in_words(data['date'], data['precision'])} : {told}{instead}."]

    def warnings(self, record, data):
        """Tell that two costs of two bases do not compare, and that a definitive one stays."""
        found = []
        others = record.couts.exclude(base=data["base"]).exclude(base="")
        if data["base"] and others.exists():
            found.append(
                Avertissement(
                    f"Cette {record._meta.verbose_name} a déjà un coût d'une autre base.",
                    "Hors taxes et toutes taxes ne s'additionnent ni ne se comparent : vérifiez la base.",
                )
            )
        before = du_jour(record, data["date"]).cout
        if before and stays(before, data):
            found.append(
                Avertissement(
                    f"Un coût définitif est déjà connu : {dire_cout(before)}.",
                    "C'est lui que disent les pages et les fichiers. S'il change, dites-le définitif.",
                )
            )
        return found

    def write(self, record, form, reason):
        data = form.cleaned_data
        told = Cout(
            **{record._meta.model_name: record},
            jour=data["date"],
            precision=data["precision"],
            nature=data["nature"],
            montant=data["montant"],
            base=data["base"],
        )
        save(told, reason)
        return record, [(told, "jour", told.jour, told.precision)]


class ReviserCout(CoutAnnonce, GesteDAction):
    slug = "action-reviser-le-cout"


class ReviserCoutDEtude(CoutAnnonce, GesteDEtude):
    slug = "etude-reviser-le-cout"
