"""The territory in memory, with its history, and how a vintage changes it.

Records are immutable: a state is copied by copying its dicts, and two states are compared record
by record.
"""

from datetime import date
from itertools import chain
from typing import NamedTuple

from communes.territoire.decoupage.annees import (
    COMPTEES_A_PART,
    annee_etablie,
    populations_publiees,
)
from communes.territoire.decoupage.lecture import DecoupageError
from socle.periodes import holds_on


class ValeurDatee(NamedTuple):
    """A value, name or SIREN, that holds from `debut`, included, to `fin`, excluded."""

    valeur: str
    debut: date | None = None
    fin: date | None = None


class FicheIntercommunalite(NamedTuple):
    """An intercommunalité; the last of its `noms` is the present one, and has no end."""

    siren: str
    nature: str
    debut: date | None
    fin: date | None
    noms: tuple[ValeurDatee, ...]
    # When it was no more, and came back; the value is its own SIREN, as no other answers for it.
    interruptions: tuple[ValeurDatee, ...] = ()


class FicheCommune(NamedTuple):
    """A commune; the last of its `noms` is the present one, and has no end."""

    code: str
    type_liaison: int
    siren: str
    departement: str
    debut: date | None
    fin: date | None
    successeur: str | None
    noms: tuple[ValeurDatee, ...]
    rattachements: tuple[ValeurDatee, ...]
    # Those of its last vintage: of a commune that is no more, those that it had.
    codes_postaux: tuple[str, ...] = ()
    # When it was no more, and came back: the code of the commune that answered for it, or None.
    interruptions: tuple[ValeurDatee, ...] = ()


class FichePopulation(NamedTuple):
    """What a vintage says of the population of a commune: `Population` in the database."""

    commune: str
    millesime: int
    annee: int | None
    valeur: int


def fait_on(faits, jour):
    """Return the fact that holds on `jour`, or None."""
    for fait in reversed(faits):
        if holds_on(fait, jour):
            return fait
    return None


def value_on(faits, jour):
    """Return the value that holds on `jour`, or None."""
    fait = fait_on(faits, jour)
    return fait.valeur if fait else None


def there_on(fiche, jour):
    """Tell whether a territory is there on `jour`: begun, not over, and not interrupted then."""
    return holds_on(fiche, jour) and fait_on(fiche.interruptions, jour) is None


def with_value(faits, valeur, jour, debut):
    """Return `faits` changed so that `valeur` holds on `jour`, None meaning that nothing holds.

    The fact that held ends on `jour` and the new one begins on `debut`, which is `jour`, or None
    for the earliest vintage. What is known to have begun after `jour` is left. A fact that had
    itself begun on `debut` was an error of the same vintage: the new one takes its place, and if
    it is the one that held the day before, that one simply goes on.
    """
    current = fait_on(faits, jour)
    if (current.valeur if current else None) == valeur:
        return faits
    after = [fait for fait in faits if fait.debut and fait.debut > jour]
    before = [fait for fait in faits if fait not in after and fait != current]
    if current:
        fin = current.fin
        if current.debut != debut:
            before.append(current._replace(fin=jour))
            debut = jour
    else:
        fin = after[0].debut if after else None
    if valeur is None:
        return (*before, *after)
    last = before[-1] if before else None
    if last and last.valeur == valeur and last.fin == jour:
        return (*before[:-1], last._replace(fin=fin), *after)
    return (*before, ValeurDatee(valeur, debut, fin), *after)


class Territoire:
    """All that is known of the territory, past and present, once some vintages are applied."""

    def __init__(self):
        self.annees = set()
        self.regions = {}
        self.departements = {}
        self.intercommunalites = {}
        self.communes = {}
        # By code of commune and vintage.
        self.populations = {}
        self.codes = {}
        # What agents recorded by hand, by key: see `accords`.
        self.a_la_main = {}

    def copy(self):
        """Return a state that changes apart from this one; records, being immutable, are shared."""
        other = Territoire()
        for name, value in vars(self).items():
            setattr(other, name, value.copy())
        return other

    def apply(self, decoupage):
        """Make this territory the one that the vintage describes, from 1 January of its year.

        The earliest vintage says what was true since always. Vintages come in order; the latest
        may come again, corrected or not.
        """
        latest = max(self.annees, default=decoupage.annee)
        if decoupage.annee < latest:
            raise DecoupageError(
                f"Le millésime {decoupage.annee} est antérieur au dernier chargé, {latest} : "
                "les millésimes se chargent dans l'ordre des années."
            )
        jour = date(decoupage.annee, 1, 1)
        debut = jour if self.annees - {decoupage.annee} else None
        self.regions.update(decoupage.regions)
        self.departements.update(decoupage.departements)
        for lue in decoupage.intercommunalites.values():
            self._apply_intercommunalite(lue, jour, debut)
        for lue in decoupage.communes.values():
            self._apply_commune(lue, jour, debut)
        self._apply_populations(decoupage)
        self._end_missing_intercommunalites(decoupage, jour, debut)
        self._end_missing_communes(decoupage, jour, debut)
        self._apply_codes(decoupage)
        self.annees.add(decoupage.annee)

    def _apply_intercommunalite(self, lue, jour, debut):
        fiche = self.intercommunalites.get(lue.siren)
        if fiche is None:
            fiche = FicheIntercommunalite(lue.siren, lue.nature, debut, None, ())
        self.intercommunalites[lue.siren] = back_on(fiche, lue.siren, jour)._replace(
            nature=lue.nature, noms=with_value(fiche.noms, lue.nom, jour, debut)
        )

    def _apply_commune(self, lue, jour, debut):
        fiche = self.communes.get(lue.code)
        if fiche is None:
            fiche = FicheCommune(lue.code, 0, "", lue.departement, debut, None, None, (), ())
        fiche = back_on(fiche, fiche.successeur, jour)
        self.communes[lue.code] = fiche._replace(
            type_liaison=lue.type_liaison,
            siren=lue.siren or fiche.siren,
            departement=lue.departement,
            successeur=fiche.successeur if fiche.fin else None,
            noms=with_value(fiche.noms, lue.nom, jour, debut),
            rattachements=with_value(fiche.rattachements, lue.intercommunalite, jour, debut),
            codes_postaux=lue.codes_postaux or fiche.codes_postaux,
        )

    def complete(self, decoupage, before):
        """Add what a vintage already loaded in the state `before` says, and that was not read of it then.

        Its postcodes, and the names of the communes déléguées that have the code of their commune.
        """
        for code, lue in decoupage.communes.items():
            fiche = self.communes.get(code)
            if fiche and lue.codes_postaux:
                self.communes[code] = fiche._replace(codes_postaux=lue.codes_postaux)
        self.codes |= {c: fiche for c, fiche in decoupage.codes.items() if c not in before.codes}

    def _apply_populations(self, decoupage):
        """Keep what the vintage says, beside what the others said, with the year that it counts."""
        millesime = decoupage.annee
        lues = chain(decoupage.communes.values(), decoupage.ailleurs.values())
        valeurs = dict(
            sorted((lue.code, lue.population) for lue in lues if lue.population is not None)
        )
        etablie = annee_etablie(valeurs, populations_publiees())
        for code, valeur in valeurs.items():
            annee = None if code.startswith(COMPTEES_A_PART) else etablie
            fiche = FichePopulation(code, millesime, annee, valeur)
            self.populations[code, millesime] = fiche

    def _end_missing_intercommunalites(self, decoupage, jour, debut):
        """End on `jour` the intercommunalités that the vintage no longer has."""
        for siren, fiche in self.intercommunalites.items():
            if siren not in decoupage.intercommunalites and holds_on(fiche, jour):
                refuse_removal(fiche, debut)
                self.intercommunalites[siren] = gone_from(fiche, jour)

    def _end_missing_communes(self, decoupage, jour, debut):
        """End on `jour` the communes that the vintage no longer has, each with its successor."""
        for code, fiche in self.communes.items():
            if code in decoupage.communes:
                continue
            if holds_on(fiche, jour):
                refuse_removal(fiche, debut)
            elif fiche.fin != jour:
                continue
            told = decoupage.codes.get(code)
            successeur = told.commune if told else successor_before(fiche, jour)
            self.communes[code] = gone_from(fiche, jour)._replace(
                successeur=successeur,
                rattachements=with_value(fiche.rattachements, None, jour, debut),
            )

    def _apply_codes(self, decoupage):
        """Keep the latest knowledge of each code; one that a vintage drops is kept, with its name."""
        for code, fiche in decoupage.codes.items():
            former = self.codes.get(code)
            nom = fiche.nom or (former.nom if former else "")
            if not nom and code in self.communes:
                nom = self.communes[code].noms[-1].valeur
            self.codes[code] = fiche._replace(nom=nom)


def back_on(fiche, successeur, jour):
    """Return a territory that is there on `jour`: one that had ended before comes back.

    One that had ended on `jour` goes on: that was an error of the same vintage.
    """
    if fiche.fin is None or fiche.fin > jour:
        return fiche
    if fiche.fin < jour:
        gone = ValeurDatee(successeur, fiche.fin, jour)
        fiche = fiche._replace(interruptions=(*fiche.interruptions, gone))
    return fiche._replace(fin=None)


def gone_from(fiche, jour):
    """Return a territory that is no more on `jour`: one that had come back that day did not."""
    *others, last = fiche.interruptions or (None,)
    if last and last.fin == jour:
        return fiche._replace(fin=last.debut, interruptions=tuple(others))
    return fiche._replace(fin=jour)


def successor_before(fiche, jour):
    """Return the successor that is known of a commune that is no more on `jour`, and did not come back."""
    return next((i.valeur for i in fiche.interruptions if i.fin == jour), fiche.successeur)


def refuse_removal(fiche, debut):
    """Refuse that the correction of a vintage removes what this vintage had itself created."""
    if fiche.debut == debut:
        raise DecoupageError(
            f"{fiche[0]} ({fiche.noms[-1].valeur}) a été créé par ce même millésime et n'y figure "
            "plus : rien n'est supprimé d'office. À régler à la main."
        )
