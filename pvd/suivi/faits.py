"""The dated facts of some communes, all days together, as the rules read them."""

import datetime
from collections.abc import Iterable
from functools import cached_property
from typing import Self

from communes.models import Departement, Labellisation
from communes.programme.faits import LabellisationDatee, labellisations_datees
from ort.faits import CouvertureDatee, couvertures_datees
from projects.postes.faits import PosteDate, postes_desservant
from pvd.suivi import regles
from socle.periodes import holds_on


class Faits:
    """The dated facts of the communes of `codes`, or of all France when it is None.

    Each table is read when it is first asked for, in a few short queries, whatever the day.
    """

    def __init__(self, codes: Iterable[str] | None = None) -> None:
        self.codes = codes

    @classmethod
    def du_programme(cls, departement: Departement | None) -> Self:
        """Return the facts of the communes of `departement` that were ever in the programme.

        `departement` None speaks of France: the coverages and the posts of all its communes.
        """
        if departement is None:
            return cls()
        labels = Labellisation.objects.of_departement(departement).order_by()
        return cls(list(labels.values_list("commune", flat=True)))

    @cached_property
    def labellisations(self) -> dict[str, list[LabellisationDatee]]:
        """The times in the programme, by code."""
        return labellisations_datees(self.codes)

    @cached_property
    def couvertures(self) -> dict[str, list[CouvertureDatee]]:
        """The coverages by a convention, by code."""
        return couvertures_datees(self.codes)

    @cached_property
    def postes(self) -> dict[str, list[PosteDate]]:
        """The posts that ever served, by code."""
        return postes_desservant(self.codes)

    def dans_le_programme(self, jour: datetime.date) -> list[str]:
        """Return the codes of the communes in the programme on `jour`."""
        return [
            code
            for code, labels in self.labellisations.items()
            if any(holds_on(label, jour) for label in labels)
        ]

    def statut(self, code: str, jour: datetime.date) -> regles.Statut | None:
        """Return the `Statut` of a commune: see `regles.statut`."""
        labels = self.labellisations.get(code, ())
        return regles.statut(labels, self.couvertures.get(code, ()), jour)

    def echeance_ort(self, code: str, jour: datetime.date) -> datetime.date | None:
        """Return the day by which the ORT of a commune was to be signed: see `regles.echeance_ort`."""
        return regles.echeance_ort(
            self.labellisations.get(code, ()), self.couvertures.get(code, ()), jour
        )

    def en_retard(self, code: str, jour: datetime.date) -> bool:
        """Tell whether the ORT of a commune is late: see `regles.en_retard`."""
        return regles.en_retard(
            self.labellisations.get(code, ()), self.couvertures.get(code, ()), jour
        )

    def etat_poste(self, code: str, complet: bool, jour: datetime.date) -> regles.EtatPoste:
        """Return the `EtatPoste` of a commune: see `regles.etat_poste`."""
        serving = regles.postes_au(self.postes.get(code, ()), code, jour)
        return regles.etat_poste(serving, complet, jour)
