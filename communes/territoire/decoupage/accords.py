"""Where a vintage says otherwise than what was recorded by hand: each difference is for a person to decide.

What was recorded by hand waits for the first vintage that says the same, and is then « repris »: from
then on the vintages alone tell what follows.
"""

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from communes.territoire.decoupage.ecarts import take_back, touches_par
from communes.territoire.decoupage.etat import fait_on, value_on
from communes.territoire.decoupage.lecture import CommuneLue, DecoupageError, FicheCode
from communes.territoire.designations import AncienCode
from socle.dates import in_french
from socle.periodes import holds_on


class Choix(StrEnum):
    """What becomes of what was recorded by hand, where a vintage says otherwise."""

    GARDER = "garder"
    MILLESIME = "millesime"
    LES_DEUX = "les-deux"


LABELS = {
    Choix.GARDER: "Garder ce qui est enregistré à la main",
    Choix.MILLESIME: "Prendre ce que dit le millésime : l'enregistrement à la main est annulé",
    Choix.LES_DEUX: "Les deux sont vrais : le millésime dit un autre changement, au 1er janvier",
}


class FaitALaMain(NamedTuple):
    """A `Mouvement` that an agent recorded, as a state of the territory holds it."""

    cle: int
    titre: str
    jour: date
    repris_par: int | None
    ecart: dict[str, Any]


class Difference(NamedTuple):
    """What a vintage says otherwise than one fact recorded by hand, in sentences; and what may be chosen."""

    fait: FaitALaMain
    dits: list[str]
    possibles: tuple[Choix, ...]

    @property
    def choix(self):
        return [(choix.value, LABELS[choix]) for choix in self.possibles]

    def __str__(self):
        return f"{self.fait.titre} : {' ; '.join(self.dits)}"


def differences(state, decoupage):
    """Return the facts recorded by hand, that no vintage says yet, of which this one says otherwise."""
    jour = date(decoupage.annee, 1, 1)
    found = []
    for fait in state.a_la_main.values():
        if fait.repris_par is not None:
            continue
        dits, fatal = [], False
        for touchee in communes_touchees(state, fait):
            told = presence_said(touchee, decoupage, jour)
            fatal |= bool(told)
            dits += told or values_said(touchee, state, decoupage, jour)
        if dits:
            both = () if fatal or fait.jour >= jour else (Choix.LES_DEUX,)
            found.append(Difference(fait, dits, (Choix.GARDER, Choix.MILLESIME, *both)))
    return found


class Touchee(NamedTuple):
    """A commune as a fact recorded by hand left it, and what of it still holds now."""

    fiche: Any
    presence: bool
    nom: bool
    rattachement: bool


def communes_touchees(state, fait):
    """Yield the communes that a fact touched, but for what something else has changed since."""
    for code, former, left in touches_par(fait.ecart, "communes"):
        now = state.communes.get(code)
        if now is None:
            continue
        ends = former is None or former.fin != left.fin
        yield Touchee(
            now,
            presence=ends and (now.debut, now.fin) == (left.debut, left.fin),
            nom=now.noms == left.noms and (former is None or former.noms != left.noms),
            rattachement=now.rattachements == left.rattachements
            and (former is None or former.rattachements != left.rattachements),
        )


def presence_said(touchee, decoupage, jour):
    """Return what a vintage says otherwise of whether a commune is there, and of what it became."""
    fiche = touchee.fiche
    if not touchee.presence:
        return []
    label = f"{fiche.code} {fiche.noms[-1].valeur}"
    there, said = holds_on(fiche, jour), fiche.code in decoupage.communes
    if there != said:
        return [f"{label} {'est' if said else 'n’est pas'} une commune au {in_french(jour)}"]
    code = decoupage.codes.get(fiche.code)
    if not there and code and fiche.fin and code.commune != fiche.successeur:
        return [f"{label} fait partie de {code.commune}, et non de {fiche.successeur}"]
    return []


def values_said(touchee, state, decoupage, jour):
    """Return what a vintage says otherwise of the name and of the intercommunalité of a commune."""
    fiche = touchee.fiche
    lue, dits = decoupage.communes.get(fiche.code), []
    if lue is None or not holds_on(fiche, jour):
        return []
    if touchee.nom and value_on(fiche.noms, jour) != lue.nom:
        dits.append(f"{fiche.code} se nomme « {lue.nom} » au {in_french(jour)}")
    if touchee.rattachement and value_on(fiche.rattachements, jour) != lue.intercommunalite:
        epci = decoupage.intercommunalites.get(lue.intercommunalite)
        nom = epci.nom if epci else "aucune intercommunalité"
        dits.append(f"{fiche.code} {lue.nom} est de {nom} au {in_french(jour)}")
    return dits


def apply_vintage(state, decoupage, decisions=None):
    """Apply a vintage to a state where facts were recorded by hand: see `settle`."""
    state.apply(settle(state, decoupage, decisions or {}))


def settle(state, decoupage, decisions):
    """Follow what was decided of each difference; return the vintage to apply to `state`.

    Refuses a vintage of which a difference is not decided: nothing is overwritten unseen.
    """
    found = differences(state, decoupage)
    undecided = [d for d in found if decisions.get(d.fait.cle) not in d.possibles]
    if undecided:
        raise DecoupageError(
            "Le millésime dit autre chose que ce qui est enregistré à la main, à décider d'abord sur "
            f"la page « Référentiel » de l'espace agents : {' | '.join(map(str, undecided))}."
        )
    # The last recorded is the first taken back: it may rest on the others.
    for difference in sorted(found, key=lambda d: d.fait.cle, reverse=True):
        if decisions[difference.fait.cle] == Choix.MILLESIME:
            give_up(state, difference.fait)
    for difference in found:
        if decisions[difference.fait.cle] == Choix.GARDER:
            decoupage = keeping(state, difference.fait, decoupage)
    jour = date(decoupage.annee, 1, 1)
    kept = {d.fait.cle for d in found if decisions[d.fait.cle] == Choix.GARDER}
    for cle, fait in state.a_la_main.items():
        if fait.repris_par is None and fait.jour <= jour and cle not in kept:
            state.a_la_main[cle] = fait._replace(repris_par=decoupage.annee)
    return decoupage


def give_up(state, fait):
    """Take back what was recorded by hand, for what the vintage says instead."""
    moved = take_back(state, fait.ecart)
    if moved:
        codes = ", ".join(dict.fromkeys(d.code for d in moved))
        raise DecoupageError(
            f"{fait.titre} : autre chose a été enregistré depuis ({codes}). Annulez-le d'abord."
        )
    del state.a_la_main[fait.cle]


def keeping(state, fait, decoupage):
    """Return the vintage, saying of the communes that a fact touched what was recorded by hand."""
    jour = date(decoupage.annee, 1, 1)
    communes, codes = dict(decoupage.communes), dict(decoupage.codes)
    for touchee in communes_touchees(state, fait):
        fiche = touchee.fiche
        lue = communes.get(fiche.code)
        if not holds_on(fiche, jour):
            communes.pop(fiche.code, None)
            if fiche.fin and fiche.successeur:
                codes[fiche.code] = code_of(fiche, decoupage)
        elif lue is None:
            communes[fiche.code] = told_anew(fiche, jour)
            codes.pop(fiche.code, None)
        else:
            if touchee.nom:
                lue = lue._replace(nom=value_on(fiche.noms, jour))
            if touchee.rattachement:
                lue = lue._replace(intercommunalite=value_on(fiche.rattachements, jour))
            communes[fiche.code] = lue
    return decoupage._replace(communes=communes, codes=codes)


def code_of(fiche, decoupage):
    """Return the code by which a vanished commune leads to its successor."""
    known = decoupage.codes.get(fiche.code)
    nature = known.nature if known else AncienCode.NatureCode.ANCIENNE.value
    return FicheCode(fiche.code, nature, fiche.noms[-1].valeur, fiche.successeur)


def told_anew(fiche, jour):
    """Return what a vintage would say of a commune that is there on `jour`; its population, nobody knows."""
    return CommuneLue(
        code=fiche.code,
        nom=value_on(fiche.noms, jour),
        type_liaison=fiche.type_liaison,
        siren=fiche.siren,
        departement=fiche.departement,
        population=None,
        intercommunalite=(f.valeur if (f := fait_on(fiche.rattachements, jour)) else None),
        codes_postaux=fiche.codes_postaux,
    )
