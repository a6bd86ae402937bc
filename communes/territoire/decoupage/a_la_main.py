"""What an agent records of the territory by hand, between two vintages: a name, a membership, a merger."""

from communes.territoire.decoupage.etat import (
    FicheCommune,
    ValeurDatee,
    fait_on,
    there_on,
    with_value,
)
from communes.territoire.decoupage.lecture import DecoupageError, FicheCode
from communes.territoire.designations import AncienCode
from socle.dates import in_french
from socle.recherche import search_key


def renommer(state, code, nom, jour):
    """Give a commune another name from `jour` on."""
    fiche = commune_on(state, code, jour)
    refuse_later(fiche, fiche.noms, jour, "son nom")
    if fiche.noms[-1].valeur == nom:
        raise DecoupageError(f"{nom} ({code}) porte déjà ce nom.")
    state.communes[code] = renamed(fiche, nom, jour)


def renamed(fiche, nom, jour):
    noms = with_value(fiche.noms, nom, jour, jour)
    return fiche._replace(noms=noms, type_liaison=liaison(nom, fiche))


def liaison(nom, fiche=None):
    """Return how a name follows « de »: as that of before if they begin alike, « d' » before a vowel."""
    first = search_key(nom)[:1]
    if fiche and fiche.noms and search_key(fiche.noms[-1].valeur)[:1] == first:
        return fiche.type_liaison
    return int(first in "aeiouy")


def rattacher(state, code, siren, jour):
    """Put a commune in another intercommunalité from `jour` on."""
    fiche = commune_on(state, code, jour)
    refuse_later(fiche, fiche.rattachements, jour, "son intercommunalité")
    epci = intercommunalite_on(state, siren, jour)
    current = fait_on(fiche.rattachements, jour)
    if current and current.valeur == siren:
        nom = fiche.noms[-1].valeur
        raise DecoupageError(f"{nom} ({code}) est déjà de {epci.noms[-1].valeur}.")
    faits = with_value(fiche.rattachements, siren, jour, jour)
    state.communes[code] = fiche._replace(rattachements=faits)


def reunir(state, membres, code, nom, siren, jour):
    """Make one commune of `membres` from `jour` on: it bears the code of one of them, or a new one."""
    fiches = [commune_on(state, membre, jour) for membre in membres]
    for fiche in fiches:
        refuse_later(fiche, fiche.noms, jour, "son nom")
        refuse_later(fiche, fiche.rattachements, jour, "son intercommunalité")
    intercommunalite_on(state, siren, jour)
    if code not in membres and code in state.communes:
        nom_pris = state.communes[code].noms[-1].valeur
        raise DecoupageError(f"Le code {code} est celui de {nom_pris} : donnez-en un autre.")
    kept = next((fiche for fiche in fiches if fiche.code == code), None)
    first = kept or fiches[0]
    if kept is None:
        kept = FicheCommune(code, liaison(nom), "", first.departement, jour, None, None, (), ())
    elif kept.noms[-1].valeur != nom:
        kept = renamed(kept, nom, jour)
    noms = kept.noms or (ValeurDatee(nom, jour),)
    state.communes[code] = kept._replace(
        noms=noms,
        rattachements=with_value(kept.rattachements, siren, jour, jour),
        codes_postaux=tuple(sorted({postal for fiche in fiches for postal in fiche.codes_postaux})),
    )
    for fiche in fiches:
        if fiche.code != code:
            state.communes[fiche.code] = ended(fiche, code, jour)
            # Whether it is a commune déléguée is for the councils, then the vintage, to say.
            nature = AncienCode.NatureCode.ANCIENNE.value
            state.codes.setdefault(
                fiche.code, FicheCode(fiche.code, nature, fiche.noms[-1].valeur, code)
            )


def ended(fiche, successeur, jour):
    """Return a commune that is no more from `jour` on, and whose successor is known."""
    faits = with_value(fiche.rattachements, None, jour, jour)
    return fiche._replace(fin=jour, successeur=successeur, rattachements=faits)


def commune_on(state, code, jour):
    """Return a commune that is there on `jour`, and of which no end to come is known."""
    fiche = state.communes.get(code)
    if fiche is None or not there_on(fiche, jour):
        raise DecoupageError(f"{code} n'est pas une commune le {in_french(jour)}.")
    nom = fiche.noms[-1].valeur
    if fiche.fin:
        raise DecoupageError(f"{nom} ({code}) disparaît le {in_french(fiche.fin)}.")
    if fiche.debut == jour:
        raise DecoupageError(f"{nom} ({code}) commence ce jour-là.")
    return fiche


def intercommunalite_on(state, siren, jour):
    epci = state.intercommunalites.get(siren)
    if epci is None or not there_on(epci, jour) or epci.fin:
        nom = f"{epci.noms[-1].valeur} ({siren})" if epci else siren
        raise DecoupageError(f"{nom} n'est pas une intercommunalité le {in_french(jour)}.")
    return epci


def refuse_later(fiche, faits, jour, quoi):
    """Refuse a change on a day from which, or after which, another is known: they would cross."""
    days = [day for fait in faits for day in (fait.debut, fait.fin) if day and day >= jour]
    if days:
        raise DecoupageError(
            f"{fiche.noms[-1].valeur} ({fiche.code}) : {quoi} change déjà le "
            f"{in_french(max(days))}. Annulez d'abord ce changement, ou donnez un jour plus tardif."
        )
