"""The page of an action, for agents: where it stands, its money line by line, what can be recorded."""

from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.urls import reverse

from communes.models import Commune
from ort.models import Document
from projects.actions import regles as action_regles
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionPartenaire,
    ActionTheme,
    Cout,
    EffetAvenant,
    FaitAction,
    Prevision,
)
from projects.financements import regles
from projects.financements.models import FINANCEURS, FaitFinancement, Financement
from projects.indicateurs.lecture import mesures_montrees
from projects.projet.alertes import alertes_au
from projects.projet.du_jour import ActionsDatees
from projects.projet.ecriture import writes
from pvd.bureau.fiches.base import FicheDAgent
from socle.francais import depuis, liste

# The stages of money, each with its name, and whether anybody reads it.
ETAPES = [
    ("prevu", "prévu", False),
    ("demande", "demandé", False),
    ("en_attente", "en attente de réponse", False),
    ("accorde", "accordé", True),
    ("verse", "versé", True),
    ("refuse", "refusé", False),
    ("retire", "retiré", True),
]


class EtapeDArgent(NamedTuple):
    """The sums of one stage: what agents know, and what anybody reads; None: nothing of it is public."""

    nom: str
    interne: Any
    public: Any


class LigneDeLaFiche(NamedTuple):
    """A line of money with its amounts of today and all its facts."""

    financement: Financement
    etat: regles.EtatFinancement
    montants: list
    propre: bool


class FicheDAction(FicheDAgent):
    tete = "bureau/fiches/tete_action.html"
    corps = "bureau/fiches/corps_action.html"
    modeles_des_gestes = (Action, Financement)
    modeles_faits = ()
    # Nobody writes a contact nor a note about an action.
    lit_le_carnet = tient_le_carnet = False
    notes = contacts = ()

    @cached_property
    def datees(self):
        return ActionsDatees([self.record.pk])

    @cached_property
    def du_jour(self):
        """Return the action as agents know it today."""
        return self.datees.du_jour(self.jour, interne=True)[self.record.pk]

    @cached_property
    def en_public(self):
        """Return the action as anybody reads it today."""
        return self.datees.du_jour(self.jour)[self.record.pk]

    @property
    def phrase(self):
        """Say its state and since when, and what the public is told when it is something else."""
        since = self.du_jour.etat_depuis
        told = f"Action {self.du_jour.etat.label}"
        told += f" {depuis(since.jour, since.precision)}." if since else "."
        if self.en_public.etat != self.du_jour.etat:
            told += f" En public : {self.en_public.etat.label}."
        return told

    @property
    def adresse_publique(self):
        """Return the address of its public page, once an act signed, or a fact, shows it to anybody."""
        shown = self.en_public.au_plan or self.en_public.relevee
        return reverse("action", args=[self.record.identifiant]) if shown else ""

    def cles(self):
        lines = Financement.objects.filter(action=self.record)
        return {Action: [self.record.pk], Financement: lines.order_by().values("pk")}

    @property
    def echeances(self):
        return []

    @cached_property
    def documents(self):
        """Return the signed acts of its plan that the agent reads."""
        rows = Document.objects.for_user(self.user).filter(convention=self.record.convention_id)
        return list(rows.select_related("convention", "avenant").order_by("-pk"))

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
    def communes(self):
        """Return the communes where it is done today."""
        return list(Commune.objects.filter(pk__in=self.du_jour.communes).order_by("nom_recherche"))

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

    # What happened, what is announced.

    @cached_property
    def faits(self):
        return list(FaitAction.objects.filter(action=self.record).order_by("-jour", "-pk"))

    @cached_property
    def previsions(self):
        return list(Prevision.objects.filter(action=self.record).order_by("-etablie_le", "objet"))

    @cached_property
    def couts(self):
        return list(Cout.objects.filter(action=self.record).order_by("-jour"))

    @property
    def glissement(self):
        return action_regles.glissement_jours(self.du_jour.dates, self.jour)

    # Its money.

    @cached_property
    def etapes(self):
        """Return the sums of each stage of which something is known, what agents know and what is public."""
        own, public = self.du_jour.sommes, self.en_public.sommes
        found = [
            EtapeDArgent(label, getattr(own, name), getattr(public, name) if published else None)
            for name, label, published in ETAPES
        ]
        return [etape for etape in found if etape.interne.lignes]

    @cached_property
    def lignes(self):
        """Return its lines of money, the share of the owner last."""
        facts = FaitFinancement.objects.order_by("-jour", "-pk")
        rows = Financement.objects.filter(action=self.record).order_by("rang", "pk")
        rows = rows.select_related("dispositif__financeur", *FINANCEURS)
        rows = rows.prefetch_related(Prefetch("faits", facts, to_attr="faits_lus"))
        dates = {line.pk: line for line in self.du_jour.lignes}
        own = {line.pk for line in self.du_jour.parts_propres}
        found = [self.ligne(row, dates[row.pk], row.pk in own) for row in rows]
        return sorted(found, key=lambda ligne: ligne.propre)

    def ligne(self, row, line, own):
        """Return a line of money with what its facts of today tell."""
        granted = regles.est_accorde(line, self.jour)
        amounts = [
            ("prévu", regles.prevu(line, self.jour), False),
            ("demandé", regles.demande(line, self.jour), False),
            ("accordé", regles.accorde(line, self.jour), granted),
            ("versé", regles.montant_verse(line, self.jour) if granted else None, False),
            ("reste à verser", regles.reste_a_verser(line, self.jour), granted),
        ]
        told = [(label, amount) for label, amount, asked in amounts if asked or amount is not None]
        return LigneDeLaFiche(row, regles.etat(line, self.jour), told, own)


ANCIENS = [name.replace("maitre_ouvrage", "ancien") for name in MAITRES_D_OUVRAGE]
