"""The projet de territoire of a place, whole, in the order of the programme: from diagnosis to results.

Each part is told of the same day; of one that nothing is recorded of, the page says so.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from projects.club.faits import evenements_des
from projects.club.lecture import DERNIERS, EvenementDuJour
from projects.club.models import EvenementClub
from projects.etudes.models import NatureEtude, NiveauEtude
from projects.indicateurs.lecture import MesureMontree
from projects.indicateurs.publics import cibles_publiques, releves_publics
from projects.postes.du_jour import situer as situer_postes
from projects.postes.models import Desserte, Poste
from projects.postes.vues import with_details
from projects.projet.resultats import Resultats
from projects.projet.resume import Projet
from projects.projet.revues import revues_de


class MesureDe(NamedTuple):
    """What was measured of something of the place: a commune, an ORT, an action."""

    objet: Any
    mesure: MesureMontree


class ProjetEntier(Projet):
    """The projet of a place on `jour`: what it rests on, what it plans, who works at it, what it gives."""

    @cached_property
    def communes(self):
        """The codes of the communes of the place."""
        return self.territoire.communes(self.jour)

    @cached_property
    def ort(self):
        """The ORT of the place, the first signed first."""
        found = self.territoire.ort(self.jour).select_related("porteur")
        return list(found.order_by("date_signature", "identifiant"))

    @property
    def axes(self):
        """Return the axes of the plans, each with how many of its actions are recorded."""
        counted = {axe: len(actions) for _, axe, actions in self.par_axe if axe}
        told = [axe for plan in self.axes_des_ort for axe in plan.axes]
        return [*((axe, counted.pop(axe, 0)) for axe in told), *counted.items()]

    @property
    def diagnostics(self):
        """Return the studies that say how things are."""
        return [etude for etude in self.etudes if etude.nature == NatureEtude.DIAGNOSTIC]

    @property
    def strategies(self):
        """Return the other studies that serve the whole project."""
        return [etude for etude in self.etudes if strategic(etude)]

    @property
    def preparatoires(self):
        """Return the studies that serve actions: all the others."""
        told = {etude.pk for etude in [*self.diagnostics, *self.strategies]}
        return [etude for etude in self.etudes if etude.pk not in told]

    @cached_property
    def postes(self):
        """The chef de projet posts that serve the place, closed ones left out; nobody is named."""
        if self.territoire.critere == "departement":
            served = Desserte.objects.serving(self.territoire.valeur, self.jour)
        else:
            served = Desserte.objects.as_of(self.jour).des(self.communes, self.jour)
        postes = Poste.objects.known_on(self.jour).exclude(date_fermeture__lte=self.jour)
        postes = postes.filter(pk__in=served.order_by().values("poste")).order_by("intitule", "pk")
        return situer_postes(list(with_details(postes, self.jour)), self.jour)

    @property
    def postes_par_etat(self):
        """Return how many posts are in each state, the most common first."""
        return Counter(poste.du_jour.etat for poste in self.postes).most_common()

    @cached_property
    def postes_complets(self):
        """Tell whether the posts of the place are kept in full: one that is not recorded is none."""
        return self.territoire.tenu_en_entier("tenue_postes", self.jour)

    @cached_property
    def evenements(self):
        """The events of the Club that a commune of the place came to, and which communes, by key."""
        return evenements_des(self.communes, self.jour)

    @property
    def derniers_evenements(self):
        """Return the last of them, each with how many communes of the place came."""
        found = EvenementClub.objects.filter(pk__dans=list(self.evenements))
        last = found.order_by("-debut", "identifiant")[:DERNIERS] if self.evenements else []
        return [(EvenementDuJour(e, self.jour), len(self.evenements[e.pk])) for e in last]

    @cached_property
    def mesures_du_lieu(self):
        """What is measured of the communes and of the ORT of the place."""
        return [
            *mesures_de("convention", [convention.pk for convention in self.ort], self.jour),
            *mesures_de("commune", self.communes, self.jour),
        ]

    @cached_property
    def mesures_des_actions(self):
        """What is measured of the actions in the plan."""
        return mesures_de("action", self.resultats.cles, self.jour)

    @cached_property
    def resultats(self):
        return Resultats(self)

    @cached_property
    def revues(self):
        """The reviews of the ORT of the place."""
        return revues_de(self.territoire, self.jour)


def strategic(etude):
    """Tell whether a study serves the whole project, and is no diagnosis."""
    return etude.niveau == NiveauEtude.STRATEGIQUE and etude.nature != NatureEtude.DIAGNOSTIC


def mesures_de(objet: str, cles: Iterable[Any], jour: datetime.date) -> list[MesureDe]:
    """Return what anybody reads of what is measured of these records, by name: two queries, or four."""
    there = {f"{objet}__dans": list(cles)}
    links = ("indicateur", "secteur", objet)
    names = ["commune__anciens_noms"] if objet == "commune" else []
    found: dict[tuple[Any, ...], MesureDe] = {}

    def of_row(row):
        cle = getattr(row, f"{objet}_id"), row.indicateur_id, row.secteur_id
        if cle not in found:
            measured = MesureMontree(row.indicateur, row.secteur, [], [], jour)
            found[cle] = MesureDe(getattr(row, objet), measured)
        return found[cle].mesure

    for rows, name, order in (
        (releves_publics(jour), "releves", ("jour", "pk")),
        (cibles_publiques(jour), "cibles", ("fixee_le", "pk")),
    ):
        read = rows.filter(**there).select_related(*links).prefetch_related(*names)
        for row in read.order_by(*order):
            getattr(of_row(row), name).append(row)
    return sorted(found.values(), key=lambda told: (told.mesure.nom, str(told.objet)))
