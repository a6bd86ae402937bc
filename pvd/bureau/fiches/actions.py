"""The page of an action, for agents: where it stands, its money line by line, what can be recorded."""

from functools import cached_property

from django.urls import reverse

from ort.models import Document
from projects.actions import regles as action_regles
from projects.actions.models import (
    ANCIENS,
    Action,
    ActionAdhesion,
    ActionPartenaire,
    ActionTheme,
    EffetAvenant,
    FaitAction,
    Prevision,
)
from projects.etudes.models import Etude
from projects.financements.models import Financement
from projects.indicateurs.lecture import mesures_montrees
from projects.pieces.models import Piece
from projects.projet.alertes import alertes_au
from projects.projet.du_jour import ActionsDatees
from projects.projet.ecriture import writes
from projects.projet.publiques import publiques
from pvd.bureau.fiches.argent import FicheAvecArgent
from pvd.bureau.fiches.base import etudes_lues
from socle.francais import depuis, liste


class FicheDAction(FicheAvecArgent):
    tete = "bureau/fiches/tete_action.html"
    corps = "bureau/fiches/corps_action.html"
    lien = "action"
    modeles_des_gestes = (Action, Financement)

    @cached_property
    def datees(self):
        return ActionsDatees([self.record.pk])

    @property
    def phrase(self):
        """Say its state and since when, and what the public is told when it is something else."""
        since = self.du_jour.etat_depuis
        told = f"Action {self.du_jour.etat.label}"
        told += f" {depuis(since.jour, since.precision)}." if since else "."
        if self.en_public.etat != self.du_jour.etat:
            told += f" En public : {self.en_public.etat.label}."
        return told

    @cached_property
    def adresse_publique(self):
        """Return the address of its public page, which an action keeps once it has left its plan."""
        shown = publiques(self.jour).filter(pk=self.record.pk).exists()
        return reverse("action", args=[self.record.identifiant]) if shown else ""

    @cached_property
    def documents(self):
        """Return the decisions on its money, then the signed acts of its plan, that the agent reads."""
        pieces = Piece.objects.for_user(self.user)
        pieces = pieces.filter(accord__financement__action=self.record)
        acts = Document.objects.for_user(self.user).filter(convention=self.record.convention_id)
        return [
            *pieces.avec_objet().order_by("-pk"),
            *acts.select_related("convention", "avenant").order_by("-pk"),
        ]

    @cached_property
    def alertes(self):
        """Return the warnings of the action today, in order."""
        return alertes_au(self.datees, self.jour).get(self.record.pk, [])

    @cached_property
    def accepte_les_alertes(self):
        """Tell whether the agent may accept a warning of this action."""
        allowed = self.user.has_perm("projects.add_alerteacceptee")
        return allowed and writes(self.user, self.record)

    @cached_property
    def mesures(self):
        """Return what is measured of the action today, or aimed at."""
        return mesures_montrees("action", self.record.pk, self.jour)

    # What it is.

    @cached_property
    def acte(self):
        """Name the act that brings it, and its day."""
        action = self.record
        if action.relevee:
            return "Opération relevée dans un document, hors plan connu"
        if action.entree:
            return f"{action.entree.nom} à la convention"
        if action.convention and not self.adhesions:
            return "Convention-cadre"
        return f"Adhésion de {liste(row.labellisation.commune for row in self.adhesions)}"

    @cached_property
    def adhesions(self):
        rows = ActionAdhesion.objects.filter(action=self.record)
        return list(rows.select_related("labellisation__commune"))

    @cached_property
    def themes(self):
        others = ActionTheme.objects.filter(action=self.record).select_related("theme")
        return [t for t in [self.record.theme, *(row.theme for row in others)] if t]

    @cached_property
    def partenaires(self):
        rows = ActionPartenaire.objects.filter(action=self.record).select_related("organisme")
        return [row.organisme for row in rows]

    @cached_property
    def effets(self):
        rows = EffetAvenant.objects.filter(action=self.record)
        return list(rows.select_related("avenant__convention", *ANCIENS))

    @cached_property
    def etudes(self):
        """Return the studies that prepare it, which the agent reads, with their state of today."""
        return etudes_lues(
            Etude.objects.for_user(self.user).filter(actions_liees__action=self.record), self.jour
        )

    # What happened, what is announced.

    @cached_property
    def faits(self):
        return list(FaitAction.objects.filter(action=self.record).order_by("-jour", "-pk"))

    @cached_property
    def previsions(self):
        return list(Prevision.objects.filter(action=self.record).order_by("-etablie_le", "objet"))

    @property
    def glissement(self):
        return action_regles.glissement_jours(self.du_jour.dates, self.jour)
