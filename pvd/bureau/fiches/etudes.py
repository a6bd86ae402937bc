"""The page of a study, for agents: where it stands, whom it is for, its money, what can be recorded."""

from functools import cached_property

from projects.actions.models import Action
from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import Etude, FaitEtude
from projects.financements.models import Financement
from projects.pieces.models import Piece
from pvd.bureau.fiches.argent import FicheAvecArgent
from pvd.bureau.fiches.base import actions_lues
from socle.francais import depuis


class FicheDEtude(FicheAvecArgent):
    tete = "bureau/fiches/tete_etude.html"
    corps = "bureau/fiches/corps_etude.html"
    lien = "etude"
    modeles_des_gestes = (Etude, Financement)
    # It has no public page of its own: the file of the studies tells it.
    adresse_publique = ""

    @cached_property
    def datees(self):
        return EtudesDatees([self.record.pk])

    @property
    def phrase(self):
        """Say its state and since when, and whether the public knows of it."""
        since = self.du_jour.etat_depuis
        told = f"Étude {self.du_jour.etat.label}"
        told += f" {depuis(since.jour, since.precision)}." if since else "."
        return told if self.en_public.connue else f"{told} Rien n'en est encore public."

    @cached_property
    def documents(self):
        """Return what it delivers, and the decisions on its money, which the agent reads."""
        pieces = Piece.objects.for_user(self.user).des_etudes([self.record])
        return list(pieces.avec_objet().order_by("-pk"))

    @cached_property
    def faits(self):
        return list(FaitEtude.objects.filter(etude=self.record).order_by("-jour", "-pk"))

    @cached_property
    def actions(self):
        """Return the actions that it prepares, which the agent reads, with their state of today."""
        rows = Action.objects.for_user(self.user).filter(etudes_liees__etude=self.record)
        return actions_lues(rows, self.jour)
