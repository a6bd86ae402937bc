"""The filters of the file of reviews: those of the ORT, and the state of the due dates."""

from typing import Any, NamedTuple

from ort.filtres import OrtFiltres
from projects.evaluations.regles import EtatEcheance
from socle.web.choix import ChoixFilter


class BilansDemandes(NamedTuple):
    """The conventions whose due dates are told, a queryset, and the states asked for; none: all."""

    conventions: Any
    etats: list[str]


class BilanFiltres(OrtFiltres):
    """The due dates of the ORT chosen, of any state unless `etat` chooses."""

    etat = ChoixFilter(label="État de l'échéance", choices=EtatEcheance)

    @property
    def rows(self):
        return BilansDemandes(super().rows, self.form.cleaned_data["etat"])
