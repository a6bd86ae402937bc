"""The days of a département, or of a commune, worth going to."""

from collections import defaultdict
from dataclasses import dataclass, replace

from communes.models import Labellisation
from communes.programme.regles import with_retours
from ort.models import CommuneCouverte
from ort.regles import date_fin_au
from pvd.suivi.chronologie import Fait
from pvd.suivi.phrases import PROGRAMME, named
from socle.francais import liste


@dataclass
class Jalons:
    """The milestones known on the day of a page, oldest first, and those next to that day."""

    liste: list
    precedent: Fait | None
    suivant: Fait | None


def jalons(milestones, jour, today):
    """Return the `Jalons` of `jour`; `milestones` gives those known on a day.

    What came after `jour`, by `today`, is only a day to go to: the list tells nothing of it.
    """
    known = sorted(milestones(jour), key=lambda mark: mark.jour)
    later = [mark for mark in milestones(today) if jour < mark.jour]
    return Jalons(
        known,
        next((mark for mark in reversed(known) if mark.jour < jour), None),
        min(later, key=lambda mark: mark.jour, default=None),
    )


def jalons_du_departement(departement, jour, today):
    """Return the `Jalons` of a département: its first and last acts, and who left and came back."""
    facts = facts_of_departement(departement)
    return jalons(lambda day: milestones(facts, day), jour, today)


def jalons_de_la_commune(situation, today):
    """Return the `Jalons` of a commune: the days of its own history, read in the facts of its page."""
    facts = list(facts_of_commune(situation, today))
    return jalons(lambda day: known_by(facts, day), situation.jour, today)


def facts_of_departement(departement):
    """Return what is dated in a département, in groups: two queries."""
    labels = Labellisation.objects.of_departement(departement).select_related("commune")
    entered = CommuneCouverte.objects.with_dates().filter(
        commune__in=labels.values("commune"), convention__vaut_ort=True
    )
    acts = [
        (couverture.acte_entree, couverture.commune)
        for couverture in entered.select_related("commune", "convention", "entree")
    ]
    facts = defaultdict(list)
    for label, comes_back in with_retours(labels.order_by("debut", "pk")):
        town = label.commune
        text = f"retour {town.avec_de}" if comes_back else str(town)
        group = "retours" if comes_back else "entrees"
        facts[group].append(Fait(label.debut, text, label.precision_debut))
        signed = label.date_signature_adhesion
        facts["adhesions"].append(Fait(signed, str(town), label.precision_adhesion))
        facts["sorties"].append(Fait(label.fin, f"sortie {town.avec_de}", label.precision_fin))
    facts["ort"] = [
        Fait(acte.date_signature, str(town), acte.precision_signature) for acte, town in acts
    ]
    return facts


def milestones(facts, jour):
    """Return the milestones of a département, of its facts, as `jour` knows them."""
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
        yield Fait(couverture.date_entree, f"entrée dans {name}", couverture.precision_entree)
        yield Fait(couverture.date_sortie, f"sortie de {name}", couverture.precision_sortie)
        end = date_fin_au(convention, today)
        if end and not (couverture.date_sortie and couverture.date_sortie <= end):
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
