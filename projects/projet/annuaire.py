"""Who has actions done and who pays for them, by their keys, with the names that they bore on a day."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from communes.models import Commune, Intercommunalite
from communes.territoire.colonnes import moins_tenue
from ort.models import Organisme
from projects.projet.du_jour import ActionDuJour
from socle.recherche import search_key


class Tiers(NamedTuple):
    """An owner or a funder: its `sorte`, its INSEE code or its SIREN, empty if unknown, and its name."""

    sorte: str
    code: str
    nom: str

    def __str__(self) -> str:
        return self.nom

    @property
    def cle(self) -> str:
        """Return what an address asks for it by: its code, or its name when it has none."""
        return self.code or self.nom


class NomsDuJour:
    """The communes, the intercommunalités and the organismes of the keys that it has read.

    The keys are those of owners and of funders: a commune, an intercommunalité, an organisme; one at most.
    """

    def __init__(self, jour: datetime.date) -> None:
        self.jour = jour
        self.communes: dict[Any, Any] = {}
        self.intercommunalites: dict[Any, Any] = {}
        self.organismes: dict[Any, Any] = {}

    @classmethod
    def des(cls, actions: Iterable[ActionDuJour], jour: datetime.date) -> "NomsDuJour":
        """Return the names that some actions need: see `cles_des`."""
        return cls(jour).lire(cles_des(actions))

    def lire(self, cles: Iterable[tuple[Any, Any, Any]]) -> "NomsDuJour":
        """Read who the keys name, and is not there yet: five queries at most."""
        communes, intercommunalites, organismes = map(
            set, zip((None, None, None), *cles, strict=True)
        )
        former = "anciens_noms"
        named = Commune.objects.select_related("departement").prefetch_related(former)
        add(self.communes, named, communes)
        add(
            self.intercommunalites,
            Intercommunalite.objects.prefetch_related(former),
            intercommunalites,
        )
        add(self.organismes, Organisme.objects.all(), organismes)
        return self

    def tiers(self, cles: tuple[Any, Any, Any]) -> Tiers | None:
        """Return who the keys name: a commune, an intercommunalité or an organisme; None if unknown."""
        commune, intercommunalite, organisme = cles
        if commune:
            return Tiers("commune", commune, self.communes[commune].nom_au(self.jour))
        if intercommunalite:
            name = self.intercommunalites[intercommunalite].nom_au(self.jour)
            return Tiers("intercommunalite", intercommunalite, name)
        if organisme:
            found = self.organismes[organisme]
            return Tiers(found.nature, found.siren, found.nom)
        return None

    def par_nom(self, cles: Iterable[tuple[Any, Any, Any]]) -> list[Tiers]:
        """Return who each of the keys names, by name."""
        found = (tiers for one in cles if (tiers := self.tiers(one)))
        return sorted(found, key=lambda tiers: search_key(tiers.nom))

    def maitre_ouvrage(self, action: ActionDuJour) -> Tiers | None:
        """Return who has the action done on the day."""
        return self.tiers(action.maitre_ouvrage)

    def financeur(self, ligne: Any) -> Tiers | None:
        """Return who pays a line of money."""
        return self.tiers(payeur(ligne))

    def siren(self, ligne: Any) -> str:
        """Return the SIREN of who pays a line, if it is known."""
        if ligne.financeur_commune:
            return self.communes[ligne.financeur_commune].siren
        found = self.financeur(ligne)
        return found.code if found else ""

    def lieux(self, action: ActionDuJour) -> list[Any]:
        """Return the communes of the action, by name."""
        found = [self.communes[code] for code in action.communes]
        return sorted(found, key=lambda commune: commune.nom_recherche)

    def departements(self, action: ActionDuJour) -> list[str]:
        """Return the codes of the départements of the communes of the action."""
        return sorted({self.communes[code].departement_id for code in action.communes})

    def tenue(self, action: ActionDuJour) -> str | None:
        """Return how far the plans of the least kept of these départements are; None without commune."""
        return moins_tenue(self.communes[code].departement.tenue_plans for code in action.communes)


def add(known: dict[Any, Any], rows: Any, cles: set[Any]) -> None:
    """Add to `known` the rows of these keys, by key; those that are there are not read again."""
    if missing := cles - known.keys() - {None}:
        known |= {row.pk: row for row in rows.filter(pk__dans=missing)}


def cles_des(actions: Iterable[ActionDuJour]) -> list[tuple[Any, Any, Any]]:
    """Return the keys of whom some actions name: their communes, their owners, who pays for them."""
    cles = []
    for action in actions:
        cles += [(code, None, None) for code in action.communes]
        cles += [action.maitre_ouvrage, *map(payeur, action.lignes)]
    return cles


def payeur(ligne: Any) -> tuple[Any, Any, Any]:
    """Return the keys of who pays a line of money, in the order of those of an owner."""
    return (ligne.financeur_commune, ligne.financeur_intercommunalite, ligne.financeur_organisme)
