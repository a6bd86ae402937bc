"""The days worth going to, of a département, a commune, an intercommunalité, an ORT or an action."""

from collections import defaultdict
from dataclasses import dataclass, replace

from communes.models import Labellisation, Rattachement
from communes.programme.regles import with_retours
from ort.actes import OrtDuJour, with_actes
from ort.models import CommuneCouverte, Convention
from ort.regles import signe, temps_couverts
from projects.projet.fiche import FicheAction
from pvd.suivi.chronologie import Fait
from pvd.suivi.phrases import PROGRAMME, named
from socle.francais import liste

DATES_DES_ACTES = (
    "convention__date_signature",
    "convention__precision_signature",
    "entree__date_signature",
    "entree__precision_signature",
)


@dataclass
class Jalons:
    """The milestones known on the day of a page, oldest first, and those next to that day."""

    titre: str
    liste: list
    precedent: Fait | None
    suivant: Fait | None


def jalons(titre, milestones, jour, today):
    """Return the `Jalons` of `jour`, called `titre`; `milestones` gives those known on a day.

    What came after `jour`, by `today`, is only a day to go to: the list tells nothing of it.
    """
    known = sorted(milestones(jour), key=lambda mark: mark.jour)
    later = [mark for mark in milestones(today) if jour < mark.jour]
    return Jalons(
        titre,
        known,
        next((mark for mark in reversed(known) if mark.jour < jour), None),
        min(later, key=lambda mark: mark.jour, default=None),
    )


def jalons_du_departement(departement, jour, today):
    """Return the `Jalons` of a département: its first and last acts, and who left and came back."""
    facts = facts_of_labels(Labellisation.objects.of_departement(departement))
    titre = f"Dates du programme {departement.avec_de}"
    return jalons(titre, lambda day: milestones(facts, day), jour, today)


def jalons_de_l_intercommunalite(intercommunalite, jour, today):
    """Return the `Jalons` of an intercommunalité: those of the communes that are its members on `jour`."""
    members = Rattachement.objects.communes_de(intercommunalite, jour)
    facts = facts_of_labels(Labellisation.objects.des(members, jour))
    titre = "Dates du programme dans cette intercommunalité"
    return jalons(titre, lambda day: milestones(facts, day), jour, today)


def jalons_de_la_commune(situation, today):
    """Return the `Jalons` of a commune: the days of its own history, read in the facts of its page."""
    facts = list(facts_of_commune(situation, today))
    titre = f"Dates du programme {situation.commune.avec_de}"
    return jalons(titre, lambda day: known_by(facts, day), situation.jour, today)


def jalons_de_l_ort(convention, jour, today):
    """Return the `Jalons` of a convention, read by `with_actes` for `jour`: its own acts, and its end."""
    if jour < today:
        convention = with_actes(Convention.objects.filter(pk=convention.pk), today).get()
    titre = "Dates de cette ORT" if convention.vaut_ort else "Dates de cette convention"
    return jalons(titre, lambda day: facts_of_ort(OrtDuJour(convention, day)), jour, today)


def jalons_de_l_action(action, jour, today):
    """Return the `Jalons` of an action: what has happened to it, as its page tells it."""
    happened = [
        Fait(moment.jour, moment.texte[0].lower() + moment.texte[1:], moment.precision)
        for moment in FicheAction(action, today).arrive
    ]
    return jalons("Dates de cette action", lambda day: known_by(happened, day), jour, today)


def facts_of_ort(ort):
    """Return what is dated of an ORT by its day: its acts, with who came in and went out, and its end."""
    facts = [Fait(acte.date, f"{acte.nom} : {acte.texte}", acte.precision) for acte in ort.actes]
    how = ort.convention.precision_signature
    ends = [fin for _, fin in ort.temps if fin]
    facts += [Fait(end, "fin, à l'issue de sa durée", how) for end in ends if end <= ort.jour]
    return facts


def facts_of_labels(labels):
    """Return what is dated of communes, of their labellisations and their ORT, in groups: two queries."""
    labels = labels.select_related("commune")
    entered = CommuneCouverte.objects.filter(
        commune__in=labels.values("commune"),
        convention__vaut_ort=True,
        convention__date_signature__isnull=False,
    )
    facts = defaultdict(list)
    for label, comes_back in with_retours(labels.order_by("debut", "pk")):
        town = label.commune
        text = f"retour {town.avec_de}" if comes_back else str(town)
        group = "retours" if comes_back else "entrees"
        facts[group].append(Fait(label.debut, text, label.precision_debut))
        signed = label.date_signature_adhesion
        facts["adhesions"].append(Fait(signed, str(town), label.precision_adhesion))
        facts["sorties"].append(Fait(label.fin, f"sortie {town.avec_de}", label.precision_fin))
    # Conventions are long records, of which two fields are told here.
    for town, avenant, *acts in entered.values_list("commune__nom", "entree", *DATES_DES_ACTES):
        jour, precision = acts[2:] if avenant else acts[:2]
        facts["ort"].append(Fait(jour, town, precision))
    return facts


def milestones(facts, jour):
    """Return the milestones of a few communes, of their facts, as `jour` knows them."""
    known = {group: known_by(of_group, jour) for group, of_group in facts.items()}
    entries, adhesions, ort = (known.get(group, []) for group in ("entrees", "adhesions", "ort"))
    marks = [
        first_of(entries, "premières communes du programme"),
        first_of(adhesions, "première convention d'adhésion"),
        last_of(adhesions, "dernière convention d'adhésion"),
        first_of(ort, "première entrée dans une ORT"),
        last_of(ort, "dernière entrée dans une ORT"),
        *known.get("sorties", []),
        *known.get("retours", []),
    ]
    return [mark for mark in marks if mark]


def facts_of_commune(situation, today):
    """Yield what is dated of a commune in the programme and in the ORT, by `today`."""
    labels = situation.faits.labellisations_de(situation.commune.pk, today)
    for label, comes_back in with_retours(labels):
        text = f"{'retour' if comes_back else 'entrée'} dans {PROGRAMME}"
        yield Fait(label.debut, text, label.precision_debut)
        adhesion = label.date_signature_adhesion
        yield Fait(adhesion, "convention d'adhésion", label.precision_adhesion)
        yield Fait(label.fin, "sortie du programme", label.precision_fin)
    for couverture in situation.faits.couvertures_de(situation.commune.pk, today):
        convention, name = couverture.convention, named(couverture.convention)
        if not signe(convention, today):
            continue
        yield Fait(couverture.date_entree, f"entrée dans {name}", couverture.precision_entree)
        yield Fait(couverture.date_sortie, f"sortie de {name}", couverture.precision_sortie)
        for rank, (begun, end) in enumerate(temps_couverts(couverture, today)):
            if rank:
                yield Fait(begun.jour, f"prolongation de {name}", begun.precision)
            if end and end != couverture.date_sortie:
                yield Fait(end, f"fin de {name}", convention.precision_signature)


def known_by(facts, jour):
    """Keep the facts that had come on `jour`."""
    return [fact for fact in facts if fact.jour and fact.jour <= jour]


def first_of(facts, text):
    """Return the earliest day of the facts, under the name `text`, or None."""
    return marked(facts, min(fact.jour for fact in facts), text) if facts else None


def last_of(facts, text):
    """Return the latest day of the facts, under the name `text`, or None if there is but one day."""
    days = {fact.jour for fact in facts}
    return marked(facts, max(days), text) if len(days) > 1 else None


def marked(facts, jour, text):
    """Return one mark for the facts of a day, which names the communes while they are few."""
    found = [fact for fact in facts if fact.jour == jour]
    told = f"{text} : {liste(f.texte for f in found)}"
    return replace(found[0], texte=told if len(found) <= 2 else text)
