"""What differs between two states of the territory, in French, for the person who decides."""

from types import MappingProxyType
from typing import NamedTuple

from communes.territoire.decoupage.etat import value_on

MILLESIMES = "millésimes nouveaux"
CORRECTIONS = "communes corrigées (SIREN, article du nom, département, codes postaux)"
POPULATIONS = "populations nouvelles ou corrigées"
EMPTY = (None, "")


class ChangementDuTerritoire(NamedTuple):
    """One change, as a line says it, and the territories of which the records are touched by it.

    A correction or a population touches none: what is recorded stays of the same commune, by the same
    name.
    """

    texte: str
    communes: tuple[str, ...] = ()
    intercommunalites: tuple[str, ...] = ()

    def __str__(self):
        return self.texte


# The kinds of changes, in the order in which they are read.
TITRES = (
    MILLESIMES,
    "régions nouvelles",
    "régions modifiées",
    "départements nouveaux",
    "départements modifiés",
    "intercommunalités nouvelles",
    "intercommunalités disparues",
    "intercommunalités rétablies",
    "intercommunalités renommées",
    "intercommunalités changeant de nature",
    "communes nouvelles",
    "communes disparues",
    "communes rétablies",
    "communes renommées",
    "communes changeant d'intercommunalité",
    CORRECTIONS,
    POPULATIONS,
    "anciens codes nouveaux",
    "anciens codes modifiés",
)


def compare(before, after, jour, ailleurs=MappingProxyType({})):
    """Return the changes from `before` to `after`, as they stand on `jour`, by kind.

    Both are states of the same territory, before and after the vintage of 1 January `jour`; of the
    communes that it tells `ailleurs`, they hold the populations alone. Kinds without a change are
    left out.
    """
    changes = {titre: [] for titre in TITRES}
    changes[MILLESIMES] = [
        ChangementDuTerritoire(str(annee)) for annee in after.annees - before.annees
    ]
    for table, added, changed in (
        ("regions", "régions nouvelles", "régions modifiées"),
        ("departements", "départements nouveaux", "départements modifiés"),
        ("codes", "anciens codes nouveaux", "anciens codes modifiés"),
    ):
        for code, former, fiche in differing(before, after, table):
            ligne = ChangementDuTerritoire(describe_fiche(code, former, fiche))
            changes[changed if former else added].append(ligne)
    for siren, former, fiche in differing(before, after, "intercommunalites"):
        for titre, ligne in intercommunalite_changes(siren, former, fiche, jour):
            changes[titre].append(ChangementDuTerritoire(ligne, intercommunalites=(siren,)))
    for code, former, fiche in differing(before, after, "communes"):
        for titre, ligne, touched in commune_changes(code, former, fiche, jour, (before, after)):
            changes[titre].append(ChangementDuTerritoire(ligne, tuple(filter(None, touched))))
    for (code, _), former, fiche in differing(before, after, "populations"):
        # A new commune is one change, with all that it comes with.
        if code in before.communes or code in ailleurs:
            nom = (
                ailleurs[code].nom
                if code in ailleurs
                else value_on(after.communes[code].noms, jour)
            )
            change = arrow(describe_population(former), describe_population(fiche))
            changes[POPULATIONS].append(ChangementDuTerritoire(f"{code} {nom} : {change}"))
    return {titre: lignes for titre, lignes in changes.items() if lignes}


def describe_total(changes):
    """Return « 0 changement », « 1 changement », « 12 changements »."""
    total = sum(map(len, changes.values()))
    return f"{group_digits(total)} changement" + ("s" if total > 1 else "")


def describe_counts(changes):
    """Return « communes nouvelles : 3 », a line for each kind."""
    return [f"{titre} : {group_digits(len(lignes))}" for titre, lignes in changes.items()]


def group_digits(number):
    return f"{number:_}".replace("_", " ")


def differing(before, after, table):
    """Yield code, former record or None, and record, for each record that is not what it was."""
    formers = getattr(before, table)
    for code, fiche in getattr(after, table).items():
        former = formers.get(code)
        if former is not fiche and former != fiche:
            yield code, former, fiche


def describe_fiche(code, former, fiche):
    """Return « 34 Hérault », or « 34 Hérault (region : 91 → 76) » when it existed."""
    label = f"{code} {fiche.nom}".strip()
    if former is None:
        return label
    pairs = [(name, getattr(former, name), getattr(fiche, name)) for name in fiche._fields]
    fields = [f"{name} : {arrow(old, new)}" for name, old, new in pairs if old != new]
    return f"{label} ({', '.join(fields)})"


def arrow(old, new):
    return f"{'(vide)' if old in EMPTY else old} → {'(vide)' if new in EMPTY else new}"


def intercommunalite_changes(siren, former, fiche, jour):
    """Yield the kind and the line of each change of one intercommunalité."""
    nom = value_on(fiche.noms, jour)
    if former is None:
        yield "intercommunalités nouvelles", f"{siren} {nom}"
        return
    former_nom = value_on(former.noms, jour)
    if fiche.fin != former.fin:
        kind = "disparues" if fiche.fin else "rétablies"
        yield f"intercommunalités {kind}", f"{siren} {nom}"
    if nom != former_nom:
        yield "intercommunalités renommées", f"{siren} {arrow(former_nom, nom)}"
    if fiche.nature != former.nature:
        change = f"{siren} {nom} : {arrow(former.nature, fiche.nature)}"
        yield "intercommunalités changeant de nature", change


def commune_changes(code, former, fiche, jour, states):
    """Yield the kind and the line of each change of one commune, with the communes that it touches."""
    nom = value_on(fiche.noms, jour) or fiche.noms[-1].valeur
    if former is None:
        yield new_commune(code, nom, states, jour)
        return
    former_nom = value_on(former.noms, jour) or former.noms[-1].valeur
    if fiche.fin is None and former.fin is not None:
        ligne = f"{code} {nom}{left(former, states[0], jour)}"
        yield "communes rétablies", ligne, (code, former.successeur)
    elif (fiche.fin, fiche.successeur) != (former.fin, former.successeur):
        ligne = f"{code} {nom} → {describe_successor(fiche, states[1], jour)}"
        yield "communes disparues", ligne, (code,)
    if nom != former_nom:
        yield "communes renommées", f"{code} {arrow(former_nom, nom)}", (code,)
    if fiche.fin == former.fin and fiche.rattachements != former.rattachements:
        faits = (former.rattachements, fiche.rattachements)
        names = [
            describe_epci(value_on(f, jour), s, jour) for f, s in zip(faits, states, strict=True)
        ]
        ligne = f"{code} {nom} : {arrow(*names)}"
        yield "communes changeant d'intercommunalité", ligne, (code,)
    for name in ("siren", "type_liaison", "departement"):
        old, new = getattr(former, name), getattr(fiche, name)
        if old != new:
            yield CORRECTIONS, f"{code} {nom}, {name} : {arrow(old, new)}", ()
    if former.codes_postaux != fiche.codes_postaux:
        change = arrow(", ".join(former.codes_postaux), ", ".join(fiche.codes_postaux))
        yield CORRECTIONS, f"{code} {nom}, codes postaux : {change}", ()


def new_commune(code, nom, states, jour):
    """Return the change that a new commune is; one that was a part of another is told to leave it."""
    known = states[0].codes.get(code)
    mother = states[0].communes.get(known.commune) if known else None
    ligne = f"{code} {nom}"
    if mother and mother.code != code:
        ligne += told_within(mother, jour)
        return "communes nouvelles", ligne, (code, mother.code)
    return "communes nouvelles", ligne, (code,)


def left(former, state, jour):
    """Return the commune that one that comes back leaves; nothing of one that had not ended before `jour`."""
    mother = state.communes.get(former.successeur)
    return told_within(mother, jour) if mother and former.fin < jour else ""


def told_within(mother, jour):
    return f" (auparavant dans {mother.code} {value_on(mother.noms, jour)})"


def describe_population(fiche):
    """Return « 7251 en 2023 », « 7251 » where the year is not proven, or nothing."""
    if fiche is None:
        return ""
    return f"{fiche.valeur} en {fiche.annee}" if fiche.annee else str(fiche.valeur)


def describe_successor(fiche, state, jour):
    successeur = state.communes.get(fiche.successeur)
    if successeur is None:
        return "successeur inconnu"
    return f"{successeur.code} {value_on(successeur.noms, jour)}"


def describe_epci(siren, state, jour):
    return value_on(state.intercommunalites[siren].noms, jour) if siren else "aucune"
