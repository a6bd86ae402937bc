"""What a page tells, in French: where a commune stands, what happened to it, the dates to go to."""

import datetime
from dataclasses import dataclass, field, replace

from django.db.models import prefetch_related_objects

from communes.models import Labellisation, Tenue
from communes.models.programme import LANCEMENT
from ort.actes import OrtDuJour, sourced, with_actes
from ort.models import CommuneCouverte, Convention
from pvd.socle.dates import Precision, bare, in_french, in_words
from pvd.socle.templatetags.francais import depuis, liste
from pvd.suivi.situation import Statut

ORT = "opération de revitalisation de territoire (ORT)"
PROGRAMME = "le programme Petites villes de demain"
# What must be added when a commune is absent from the records of its département.
RESERVES = {
    Tenue.COMPLETE: "",
    Tenue.PARTIELLE: " ; les données de ce département sont tenues en partie",
    Tenue.AUCUNE: (
        " : les données de ce département ne sont pas tenues, et sa situation n'est pas renseignée"
    ),
}


def subject(situation):
    """Return the name of the commune as the subject of a sentence: « Lodève », « la commune du Vigan ».

    A name with a masculine or plural article would not agree with « couverte » and « entrée ».
    """
    if situation.nom.startswith(("Le ", "Les ")):
        return f"la commune {situation.commune.avec_de}"
    return situation.nom


def sentence(situation):
    """Say in one sentence where the commune stands on the day, and since when."""
    tell = {
        None: tell_outsider,
        Statut.SORTIE: tell_sortie,
        Statut.ORT_SIGNEE: tell_couverte,
        Statut.ADHESION_SIGNEE: tell_adherente,
        Statut.LAUREATE: tell_laureate,
    }[situation.statut]
    return f"Au {in_french(situation.jour)}, {subject(situation)} {tell(situation)}."


def named(convention):
    """Write the name of a convention inside a sentence: « l'ORT d'Agde »."""
    intitule = convention.intitule
    return f"l'{intitule}" if intitule.startswith("ORT ") else f"« {intitule} »"


def tell_couverte(situation):
    """Tell since when an ORT covers the commune, and which one if it joined it by avenant."""
    entree, convention = situation.couverture.acte_entree, situation.convention
    told = f"est couverte par une {ORT} {depuis(entree.date_signature, entree.precision_signature)}"
    if not situation.couverture.entree_id:
        return told
    signature = in_words(convention.date_signature, convention.precision_signature)
    return f"{told} : un avenant l'a fait entrer dans {named(convention)}, signée {signature}"


def tell_adherente(situation):
    """Tell by which day the ORT is, or was, to be signed."""
    label = situation.labellisation
    adhesion = in_words(label.date_signature_adhesion, label.precision_adhesion)
    told = f"a signé {adhesion} sa convention d'adhésion"
    if situation.echeance_ort is None:
        return f"{told} et n'est plus couverte par une {ORT}"
    due = "devait" if situation.en_retard else "doit"
    day = bare(situation.echeance_ort, label.precision_echeance)
    le = "le " if label.precision_echeance == Precision.JOUR else "en "
    latest = day if day.startswith("au plus tard") else f"au plus tard {le}{day}"
    told += f" ; son {ORT} {due} être signée {latest}, 18 mois après"
    return f"{told}, et ne l'est pas encore" if situation.en_retard else told


def tell_laureate(situation):
    """Tell since when a commune without act is in the programme."""
    label = situation.labellisation
    told = f"est dans {PROGRAMME} {depuis(label.debut, label.precision_debut)}"
    if label.date_signature_adhesion:
        return f"{told} ; elle n'a pas encore signé sa convention d'adhésion"
    return f"{told} ; la date de sa convention d'adhésion n'est pas renseignée"


def tell_sortie(situation):
    """Tell when the commune left, and the ORT that may still cover it."""
    label = situation.labellisation
    told = (
        f"n'est plus dans {PROGRAMME}, qu'elle a quitté {in_words(label.fin, label.precision_fin)}"
    )
    return f"{told} ; elle {tell_couverte(situation)}" if situation.couverture else told


def tell_outsider(situation):
    """Tell what can be told of a commune that no record places in the programme by that day."""
    if entree := uncertain_entry(situation):
        return (
            f"n'est pas encore enregistrée dans {PROGRAMME} : elle y est entrée "
            f"{in_words(entree.debut, entree.precision_debut)}, la date exacte n'est pas renseignée"
        )
    if situation.jour < LANCEMENT and not situation.couverture:
        return f"n'est pas dans {PROGRAMME}, qui n'est pas encore lancé"
    tenue = situation.commune.departement.tenue
    recorded = "" if tenue == Tenue.COMPLETE else "enregistrée "
    absent = f"n'est pas {recorded}dans {PROGRAMME}"
    if situation.couverture:
        return f"{absent}, mais elle {tell_couverte(situation)}"
    return absent + RESERVES[tenue]


def uncertain_entry(situation):
    """Return the entry after the day that may in truth precede it, or None."""
    return situation.commune.labellisations.perhaps_begun(situation.jour).first()


def statut_in_words(situation):
    """Return the status of the commune, or whether it is known to be outside the programme."""
    if situation.statut:
        return situation.statut.label
    known = situation.commune.departement.tenue == Tenue.COMPLETE and not uncertain_entry(situation)
    return "hors programme" if known or situation.jour < LANCEMENT else "statut non renseigné"


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


def conventions_of(situation):
    """Return the conventions that the commune has entered by the day, with their acts."""
    entered = CommuneCouverte.objects.with_dates().filter(
        commune=situation.commune, date_entree__lte=situation.jour
    )
    found = Convention.objects.filter(pk__in=entered.values("convention"))
    return list(with_actes(found, situation.jour).order_by("date_signature", "pk"))


def timeline(situation, conventions):
    """Return what happened to the commune by the day, the oldest first."""
    labels = situation.commune.labellisations_connues
    prefetch_related_objects(labels, sourced())
    entries = [
        couverture.date_entree
        for convention in conventions
        for couverture in coverages_of(situation, convention)
        if convention.vaut_ort
    ]
    facts = [fact for label in labels for fact in facts_of_label(label, entries, situation.jour)]
    for convention in conventions:
        facts += facts_of_convention(situation, convention)
    return sorted((f for f in facts if f.jour <= situation.jour), key=lambda fact: fact.jour)


def coverages_of(situation, convention):
    """Return the coverages of the commune by a convention, known on the day."""
    return [c for c in convention.entrees_connues if c.commune_id == situation.commune.pk]


def facts_of_label(label, entries, jour):
    """Yield the facts of a time in the programme; `entries` are the days of entry in an ORT."""

    def said(name):
        return [dit for dit in label.dits if dit.champ == name]

    text = f"Entrée dans {PROGRAMME}"
    yield Fait(label.debut, text, label.precision_debut, None, said("debut"), label, "debut")
    if adhesion := label.date_signature_adhesion:
        text = "Signature de la convention d'adhésion"
        dits = said("date_signature_adhesion")
        yield Fait(adhesion, text, label.precision_adhesion, None, dits, label, "adhesion")
        due = label.echeance_ort
        last = label.dernier_jour_echeance
        if label.holds_on(last) and last <= jour and not any(entry <= last for entry in entries):
            text = "Fin du délai de 18 mois après l'adhésion, sans ORT signée"
            yield Fait(due, text, label.precision_echeance, fiche=label, champ="echeance_ort")
    if label.fin:
        reason = f" ({label.motif_sortie})" if label.motif_sortie else ""
        text = f"Sortie du programme{reason}"
        yield Fait(label.fin, text, label.precision_fin, None, said("fin"), label, "fin")


def facts_of_convention(situation, convention):
    """Yield what a convention did to the commune: entry, later avenants, exit, end."""
    what = "l'ORT" if convention.vaut_ort else "une convention-cadre qui ne vaut pas ORT"
    for couverture in coverages_of(situation, convention):
        for acte in OrtDuJour(convention, situation.jour).actes:
            if acte.record == couverture.acte_entree:
                how = "par avenant" if acte.is_avenant else "par la convention elle-même"
                text, champ = f"Entrée dans {what} {how}", "entree"
            elif acte.record == couverture.sortie:
                text, champ = f"Sortie de {what} par avenant", "sortie"
            elif holds_after_entry(couverture, acte.date):
                text, champ = f"{acte.nom.capitalize()} : {acte.texte}", "acte"
            else:
                continue
            yield Fait(acte.date, text, acte.precision, convention, acte.dits, acte.record, champ)
        end = convention.date_fin_au(situation.jour)
        if end and holds_after_entry(couverture, end):
            text = f"Fin de {what}, à l'issue de sa durée"
            how = convention.precision_signature
            yield Fait(end, text, how, convention, fiche=convention, champ="fin")


def holds_after_entry(couverture, jour):
    """Tell whether the commune was in by `jour`, entered before that day."""
    out = couverture.date_sortie
    return couverture.date_entree <= jour and (out is None or jour < out)


def documents(facts):
    """Return the documents that the facts rest on, each once, in the order of the facts."""
    return list(dict.fromkeys(dit.source for fact in facts for dit in fact.dits))


def milestones(departement, today):
    """Return the days worth going to in a département, oldest first, computed from its records."""
    labels = Labellisation.objects.of_departement(departement).select_related("commune")
    entered = CommuneCouverte.objects.with_dates().filter(
        commune__in=labels.values("commune"), convention__vaut_ort=True
    )
    entries = [Fait(label.debut, str(label.commune), label.precision_debut) for label in labels]
    adhesions = [
        Fait(label.date_signature_adhesion, str(label.commune), label.precision_adhesion)
        for label in labels
    ]
    ort = [
        Fait(acte.date_signature, str(couverture.commune), acte.precision_signature)
        for couverture in entered.select_related("commune", "convention", "entree")
        for acte in [couverture.acte_entree]
    ]
    exits = [
        Fait(label.fin, f"sortie {label.commune.avec_de}", label.precision_fin) for label in labels
    ]
    marks = [
        first_of(entries, "premières communes du programme"),
        first_of(adhesions, "première convention d'adhésion"),
        last_of(adhesions, "dernière convention d'adhésion"),
        first_of(ort, "première entrée dans une ORT"),
        last_of(ort, "dernière entrée dans une ORT"),
        *exits,
    ]
    past = [mark for mark in marks if mark and mark.jour and mark.jour <= today]
    return sorted(past, key=lambda mark: mark.jour)


@dataclass
class Jalons:
    """The milestones of a département, seen from the day of a page."""

    liste: list
    jour: datetime.date

    @property
    def precedent(self):
        """Return the last milestone before the day, or None."""
        return next((mark for mark in reversed(self.liste) if mark.jour < self.jour), None)

    @property
    def suivant(self):
        """Return the first milestone after the day, or None."""
        return next((mark for mark in self.liste if mark.jour > self.jour), None)


def first_of(facts, text):
    """Return the earliest day of the facts, under the name `text`, or None."""
    days = [fact.jour for fact in facts if fact.jour]
    return marked(facts, min(days), text) if days else None


def last_of(facts, text):
    """Return the latest day of the facts, under the name `text`, or None if there is but one day."""
    days = {fact.jour for fact in facts if fact.jour}
    return marked(facts, max(days), text) if len(days) > 1 else None


def marked(facts, jour, text):
    """Return one mark for the facts of a day, which names the communes while they are few."""
    found = [fact for fact in facts if fact.jour == jour]
    named = f"{text} : {liste(f.texte for f in found)}"
    return replace(found[0], texte=named if len(found) <= 2 else text)
