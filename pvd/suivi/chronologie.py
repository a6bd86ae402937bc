"""What happened to a commune by a day, fact by fact."""

import datetime
from dataclasses import dataclass, field

from communes.models import Labellisation, Tenue
from communes.programme.regles import REGLE_ECHEANCE, with_retours
from ort.actes import OrtDuJour, sourced, with_actes
from ort.models import CommuneCouverte, Convention
from ort.regles import REGLE_FIN, couverte, signe, temps_en_vigueur
from pvd.suivi.phrases import PROGRAMME
from socle.dates import Precision


@dataclass
class Fait:
    """A fact of a timeline: its day, what happened, and what the sources say of it."""

    jour: datetime.date
    texte: str
    precision: str = Precision.JOUR
    convention: Convention | None = None
    dits: list = field(default_factory=list)
    # The record that tells it, and what of it: a fact keeps them when its day is corrected.
    fiche: object = None
    champ: str = ""
    # The commune that it happened to, where it is not that of the page but one that it regroups.
    commune: object = None
    # By what rule its day is computed, from the dates that `dits` tell; empty: the documents tell it.
    regle: str = ""


def read_conventions(situation):
    """Return the conventions that the commune has entered by the day, with their acts."""
    return list(with_actes(conventions_de(situation), situation.jour))


def conventions_de(situation):
    """Return the conventions that the commune has entered by the day, a queryset, in order."""
    entered = CommuneCouverte.objects.with_dates().filter(
        commune__dans=situation.fiches, date_entree__lte=situation.jour
    )
    found = Convention.objects.filter(pk__in=entered.values("convention"))
    return found.order_by("date_signature", "pk")


def labellisations_connues(codes, jour):
    """Return the labellisations begun by `jour` of the communes of `codes`, with what sources say.

    The oldest first: two queries.
    """
    known = Labellisation.objects.filter(commune__dans=codes, debut__lte=jour)
    known = known.select_related("commune__departement").prefetch_related(sourced())
    return list(known.order_by("debut", "pk"))


def timeline(situation, labels, conventions):
    """Return what happened to the commune by the day, the oldest first.

    `labels` are its `labellisations_connues`, `conventions` its `read_conventions`.
    """
    entries = [
        couverture.date_entree
        for convention in conventions
        for couverture in coverages_of(situation, convention)
        if convention.vaut_ort and signe(convention, situation.jour)
    ]
    facts = []
    for label, comes_back in with_retours(labels):
        own = list(facts_of_label(label, comes_back, entries, situation.jour))
        facts += happened_to(label.commune, own, situation)
    for convention in conventions:
        for couverture in coverages_of(situation, convention):
            own = list(facts_of_couverture(couverture, situation, convention))
            facts += happened_to(couverture.commune, own, situation)
    told = {}
    for fact in facts:
        if fact.jour <= situation.jour:
            told.setdefault((fact.fiche, fact.champ, fact.commune), fact)
    return sorted(told.values(), key=lambda fact: fact.jour)


# What is of a convention, and not of one of its communes.
COMMON = ("acte", "fin")


def happened_to(commune, facts, situation):
    """Return `facts`, each with the commune that it happened to if it is another one than the page's."""
    for fact in facts:
        if commune.pk != situation.commune.pk and not (fact.convention and fact.champ in COMMON):
            fact.commune = commune
    return facts


def coverages_of(situation, convention):
    """Return the coverages of the commune by a convention, known on the day."""
    return [c for c in convention.entrees_connues if c.commune_id in situation.fiches]


def ort_de(situation, conventions):
    """Return, of its `read_conventions`, the ORT that the commune is in on the day, those over included."""
    return [
        convention
        for convention in conventions
        if convention.vaut_ort
        and any(couverte(c, situation.jour) for c in coverages_of(situation, convention))
    ]


def facts_of_label(label, comes_back, entries, jour):
    """Yield the facts of a time in the programme; `entries` are the days of entry in an ORT.

    `comes_back`, the commune had left before.
    """

    def said(name):
        return [dit for dit in label.dits if dit.champ == name]

    text = f"{'Retour' if comes_back else 'Entrée'} dans {PROGRAMME}"
    yield Fait(label.debut, text, label.precision_debut, None, said("debut"), label, "debut")
    if adhesion := label.date_signature_adhesion:
        text = "Signature de la convention d'adhésion"
        dits = said("date_signature_adhesion")
        yield Fait(adhesion, text, label.precision_adhesion, None, dits, label, "adhesion")
        due = label.echeance_ort
        last = label.dernier_jour_echeance
        if label.holds_on(last) and last <= jour and not any(entry <= last for entry in entries):
            text = f"Fin du délai de 18 mois après l'adhésion, {sans_ort(label)}"
            fact = Fait(due, text, label.precision_echeance, None, dits, label, "echeance_ort")
            fact.regle = REGLE_ECHEANCE
            yield fact
    if label.fin:
        reason = f" ({label.motif_sortie})" if label.motif_sortie else ""
        text = f"Sortie du programme{reason}"
        yield Fait(label.fin, text, label.precision_fin, None, said("fin"), label, "fin")


def sans_ort(label):
    """Say that a commune entered no ORT: none signed, or none known where the national lists alone tell."""
    listed = label.commune.departement.tenue == Tenue.LISTES
    return "sans ORT connue" if listed else "sans ORT signée"


def facts_of_couverture(couverture, situation, convention):
    """Yield what a convention did to a commune: entry, later avenants, exit, end."""
    what = "l'ORT" if convention.vaut_ort else "une convention-cadre qui ne vaut pas ORT"
    actes = OrtDuJour(convention, situation.jour).actes
    for acte in actes:
        if acte.record == couverture.acte_entree:
            how = "par avenant" if acte.is_avenant else "par la convention elle-même"
            text, champ = f"Entrée dans {what} {how}", "entree"
        elif acte.record == couverture.sortie:
            text, champ = f"Sortie de {what} par avenant", "sortie"
        elif couverte(couverture, acte.date):
            text, champ = f"{acte.nom.capitalize()} : {acte.texte}", "acte"
        else:
            continue
        yield Fait(acte.date, text, acte.precision, convention, acte.dits, acte.record, champ)
    for acte, end in temps_en_vigueur(convention, situation.jour):
        if end and couverte(couverture, end):
            text = f"Fin de {what}, à l'issue de sa durée"
            how = convention.precision_signature
            fact = Fait(end, text, how, convention, actes[0].dits, acte, "fin")
            fact.regle = REGLE_FIN
            yield fact


def documents(facts):
    """Return the documents that the facts rest on, each once, in the order of the facts."""
    return list(dict.fromkeys(dit.source for fact in facts for dit in fact.dits))
