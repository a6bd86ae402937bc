"""The ways out of a list in which nothing is found."""

from dataclasses import dataclass

from django.utils import timezone

from socle.dates import in_french


@dataclass(frozen=True)
class SortiePossible:
    """A way out of an empty list: what to change, the address that does it, and the rows it gives."""

    texte: str
    adresse: str
    nombre: int
    autre_jour: bool


def sorties_possibles(filtres):
    """Return the ways out that give rows: one filter less or another day, else no filter at all."""
    fewer = [
        (f"sans le critère « {label} : {said} »", filtres.jour, {name: others})
        for name, label, said, others in filtres.criteres
    ]
    others = list(other_days(filtres))
    no_filter = dict.fromkeys(filtres.form.fields)
    bare = [("sans aucun critère", filtres.jour, no_filter)]
    bare += [(f"{texte}, sans critère", jour, no_filter | au) for texte, jour, au in others]
    return that_lead(filtres, [*fewer, *others]) or that_lead(filtres, bare)


def that_lead(filtres, ways):
    """Return the ways out that give rows: a query for each."""
    found = [way_out(filtres, *way) for way in ways]
    return [sortie for sortie in found if sortie.nombre]


def other_days(filtres):
    """Yield the days later than the one asked for where there may be something to see."""
    today = timezone.localdate()
    first = filtres.premier_jour()
    if first and filtres.jour < first < today:
        texte = f"au {in_french(first)}, le premier jour enregistré"
        yield texte, first, {"au": first.isoformat()}
    if filtres.jour < today:
        yield "aujourd'hui", today, {"au": None}


def way_out(filtres, texte, jour, changed):
    """Return the `SortiePossible` that another day, or other values of filters, would be."""
    query = filtres.adresses.asked_with(**changed)
    rows = filtres.rows_for(query, jour)
    return SortiePossible(texte, f"?{query.urlencode()}", rows.count(), jour != filtres.jour)
