"""The life of an action: it begins, stops, resumes, ends, or is dropped and taken up again."""

from django import forms
from django.db.models import Q

from projects.actions.coherence import LA_PHASE
from projects.actions.models import FaitAction, Phase
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import GesteForm
from pvd.bureau.gestes.projet.commun import (
    DROPPED,
    FINISHED,
    GesteDAction,
    texte_long,
    vivantes,
    with_etats,
)
from socle.dates import in_words


class FaitForm(GesteForm):
    """A fact without a phase."""


class AvecMotifForm(GesteForm):
    texte = texte_long("Motif ou condition")
    field_order = ["date", "precision", "texte"]


class MotifExigeForm(AvecMotifForm):
    def prepare(self):
        self.fields["texte"].required = True
        self.fields["texte"].label = "Motif"


class PhaseForm(GesteForm):
    phase = forms.ChoiceField(label="Phase", choices=Phase)
    field_order = ["phase", "date", "precision"]

    def prepare(self):
        self.fields["phase"].initial = self.record.aboutissement


class GesteDeFait(GesteDAction):
    """One fact of an action, of the nature that the geste is of."""

    nature = ""
    adds = (FaitAction,)
    # What happens, before its day: « L'action est bloquée ».
    phrase = ""

    def phrases(self, record, data):
        told = [f"{self.dit(data)} {in_words(data['date'], data['precision'])}."]
        if data.get("texte"):
            told.append("Le motif est gardé pour les services, et n'est pas publié.")
        return told

    def dit(self, data):
        """Say what happens, before its day."""
        return self.phrase

    def write(self, record, form, reason):
        data = form.cleaned_data
        fait = FaitAction(
            action=record,
            nature=self.nature,
            phase=data.get("phase", ""),
            jour=data["date"],
            precision=data["precision"],
            texte=data.get("texte", ""),
        )
        save(fait, reason)
        return record, [(fait, "jour", fait.jour, fait.precision)]


class Demarrer(GesteDeFait):
    slug = "action-demarrer"
    titre = "Démarrer"
    fait = "Action démarrée"
    nature = "debut"
    form = PhaseForm
    impossible = "Cette action est achevée ou abandonnée : relancez-la d'abord."

    def dit(self, data):
        return f"{LA_PHASE[data['phase']]} commence"


class Achever(GesteDeFait):
    slug = "action-achever"
    titre = "Achever"
    fait = "Phase achevée"
    nature = "fin"
    form = PhaseForm
    impossible = "Cette action est déjà achevée, ou elle est abandonnée."

    def dit(self, data):
        return f"{LA_PHASE[data['phase']]} s'achève"

    def phrases(self, record, data):
        told = super().phrases(record, data)
        if data["phase"] != record.aboutissement:
            told.append("L'action n'est pas achevée pour autant : l'opération reste à faire.")
        return told


class Bloquer(GesteDeFait):
    slug = "action-signaler-un-blocage"
    titre = "Signaler un blocage"
    fait = "Blocage signalé"
    nature = "blocage"
    form = AvecMotifForm
    phrase = "L'action est bloquée"
    impossible = "Cette action est déjà bloquée, ou elle est achevée ou abandonnée."

    def candidates(self, records, jour):
        return without(vivantes(records, jour), jour, Q(obstacle="blocage"))


class Lever(GesteDeFait):
    slug = "action-lever-le-blocage"
    titre = "Lever le blocage"
    fait = "Blocage levé"
    nature = "levee"
    form = AvecMotifForm
    phrase = "Le blocage est levé"
    impossible = "Cette action n'est pas bloquée."

    def candidates(self, records, jour):
        return vivantes(records, jour).filter(obstacle="blocage")


class MettreEnPause(GesteDeFait):
    slug = "action-mettre-en-pause"
    titre = "Mettre en pause"
    fait = "Action mise en pause"
    nature = "pause"
    form = AvecMotifForm
    phrase = "L'action est mise en pause"
    impossible = "Cette action est déjà en pause, ou elle est achevée ou abandonnée."

    def candidates(self, records, jour):
        return without(vivantes(records, jour), jour, Q(rythme="pause"))


class Reprendre(GesteDeFait):
    slug = "action-reprendre"
    titre = "Reprendre"
    fait = "Action reprise"
    nature = "reprise"
    form = FaitForm
    phrase = "L'action reprend"
    impossible = "Cette action n'est pas en pause."

    def candidates(self, records, jour):
        return vivantes(records, jour).filter(rythme="pause")


class Abandonner(GesteDeFait):
    slug = "action-abandonner"
    titre = "Abandonner"
    fait = "Action abandonnée"
    nature = "abandon"
    form = MotifExigeForm
    phrase = "L'action est abandonnée"
    impossible = "Cette action est déjà achevée ou abandonnée."


class Relancer(GesteDeFait):
    slug = "action-relancer"
    titre = "Relancer"
    fait = "Action relancée"
    nature = "relance"
    form = AvecMotifForm
    phrase = "L'action est relancée"
    impossible = "Cette action n'est ni achevée ni abandonnée."

    def candidates(self, records, jour):
        return with_etats(records, jour).filter(DROPPED | FINISHED)


def without(records, jour, condition):
    """Leave out of `records` those that `condition` keeps, nothing being no fact."""
    out = with_etats(records, jour).filter(condition).order_by().values("pk")
    return records.exclude(pk__in=out)
