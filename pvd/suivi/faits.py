"""The dated facts of some communes, all days together, as the rules read them."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from operator import attrgetter
from typing import Any, Self

from django.db.models import Q

from communes.models import Commune, Departement, Labellisation
from communes.programme import regles as programme
from communes.programme.faits import LabellisationDatee, labellisations_datees
from communes.territoire.departements import plusieurs
from communes.territoire.faits import successions_lues
from communes.territoire.successions import Successions
from ort.faits import CouvertureDatee, couvertures_datees
from projects.postes.faits import PosteDate, postes_desservant
from pvd.suivi import regles
from socle.periodes import holds_on


def codes_du_programme(
    departement: Departement | Collection[Departement] | None = None,
) -> list[str]:
    """Return the codes of the communes ever in the programme, of `departement`, one or several.

    None speaks of France, an empty list of nowhere. Those that answer, on some day, for one that was, are
    of them.
    """
    labelled = Q(labellisations__isnull=False) | Q(heritages__commune__labellisations__isnull=False)
    there = Commune.objects.order_by().filter(labelled)
    if departement is not None:
        there = there.filter(departement__in=plusieurs(departement))
    return list(there.values_list("pk", flat=True).distinct())


class Faits:
    """The dated facts of the communes of `codes`, or of all France when it is None.

    Each table is read when it is first asked for, in a few short queries, whatever the day. The
    facts of a commune on a day are all those for which it then answers: see `Successions`.
    """

    def __init__(self, codes: Iterable[str] | None = None) -> None:
        self.codes = codes

    @classmethod
    def du_programme(cls, departement: Departement | list[Departement] | None) -> Self:
        """Return the facts of the communes of `departement`, one or several, ever in the programme.

        `departement` None speaks of France: the coverages and the posts of all its communes; an empty
        list speaks of nowhere.
        """
        if departement is None:
            return cls()
        return cls(codes_du_programme(departement))

    def parmi(self, codes: Iterable[str]) -> Self:
        """Return the facts in the programme and in the ORT of some of these communes, read here: no query."""
        part = type(self)(list(codes))
        part.successions = self.successions
        own = part.fiches or set()
        part.labellisations = {c: self.labellisations[c] for c in own & self.labellisations.keys()}
        part.couvertures = {c: self.couvertures[c] for c in own & self.couvertures.keys()}
        return part

    @cached_property
    def successions(self) -> Successions:
        """Who answers for whom, day by day."""
        return successions_lues()

    @cached_property
    def fiches(self) -> set[str] | None:
        """The codes of all the records that are, on some day, those of a commune of `codes`."""
        return None if self.codes is None else self.successions.avec_liees(self.codes)

    @cached_property
    def labellisations(self) -> dict[str, list[LabellisationDatee]]:
        """The times in the programme, by the code that they are recorded of."""
        return labellisations_datees(self.fiches)

    @cached_property
    def couvertures(self) -> dict[str, list[CouvertureDatee]]:
        """The coverages by a convention, by the code that they are recorded of."""
        return couvertures_datees(self.fiches)

    @cached_property
    def postes(self) -> dict[str, list[PosteDate]]:
        """The posts that ever served, by code: of the communes that answer for those recorded."""
        return postes_desservant(self.codes, self.successions)

    def labellisations_de(self, code: str, jour: datetime.date) -> list[LabellisationDatee]:
        """Return the times in the programme of a commune, as `jour` knows it, the oldest first."""
        found = self.gathered(self.labellisations, code, jour)
        return sorted(found, key=attrgetter("debut"))

    def couvertures_de(self, code: str, jour: datetime.date) -> list[CouvertureDatee]:
        """Return the coverages of a commune, as `jour` knows it."""
        return self.gathered(self.couvertures, code, jour)

    def gathered(self, table: dict[str, list[Any]], code: str, jour: datetime.date) -> list[Any]:
        """Return the rows of a table for which a commune answers on `jour`."""
        return [row for own in self.successions.fiches(code, jour) for row in table.get(own, ())]

    def dans_le_programme(self, jour: datetime.date) -> list[str]:
        """Return the codes of the communes in the programme on `jour`."""
        running = {
            self.successions.commune_du_jour(code, jour): None
            for code, labels in self.labellisations.items()
            if any(holds_on(label, jour) for label in labels)
        }
        return [code for code in running if self.asked_for(code)]

    def asked_for(self, code: str) -> bool:
        """Tell whether a commune is one of `codes`."""
        return self.codes is None or code in self.asked

    @cached_property
    def asked(self) -> set[str]:
        """The codes asked for, to look up in."""
        return set(self.codes or ())

    def statut(self, code: str, jour: datetime.date) -> regles.Statut | None:
        """Return the `Statut` of a commune: see `regles.statut`."""
        return regles.statut(*self.dates_de(code, jour), jour)

    def echeance_ort(self, code: str, jour: datetime.date) -> datetime.date | None:
        """Return the day by which the ORT of a commune was to be signed: see `regles.echeance_ort`."""
        return regles.echeance_ort(*self.dates_de(code, jour), jour)

    def en_retard(self, code: str, jour: datetime.date) -> bool:
        """Tell whether the ORT of a commune is late: see `regles.en_retard`."""
        return regles.en_retard(*self.dates_de(code, jour), jour)

    def delai_ort(self, code: str, jour: datetime.date) -> regles.DelaiOrt | None:
        """Return what became of the 18 months of a commune: see `regles.delai_ort`."""
        return regles.delai_ort(*self.dates_de(code, jour), jour)

    def adhesion(self, code: str, jour: datetime.date) -> datetime.date | None:
        """Return the day of the convention d'adhésion of a commune, if it was signed by `jour`, or None."""
        label = programme.labellisation_au(self.labellisations_de(code, jour), jour)
        return label and programme.adhesion_au(label, jour)

    def dates_de(self, code: str, jour: datetime.date) -> tuple[list[Any], list[Any]]:
        """Return the times in the programme and the coverages of a commune, as `jour` knows it."""
        return self.labellisations_de(code, jour), self.couvertures_de(code, jour)

    def etat_poste(self, code: str, complet: bool, jour: datetime.date) -> regles.EtatPoste:
        """Return the `EtatPoste` of a commune: see `regles.etat_poste`."""
        serving = regles.postes_au(self.postes.get(code, ()), code, jour)
        return regles.etat_poste(serving, complet, jour)


class FaitsDeFiches(Faits):
    """The facts of a commune whose page tells who says them: its times in the programme are records."""

    @cached_property
    def labellisations(self) -> dict[str, list[Any]]:
        """The times in the programme, as records, by the code that they are recorded of."""
        known = Labellisation.objects.filter(commune__dans=self.fiches).order_by("debut", "pk")
        by_commune = defaultdict(list)
        for label in known.select_related("commune__departement"):
            by_commune[label.commune_id].append(label)
        return by_commune
