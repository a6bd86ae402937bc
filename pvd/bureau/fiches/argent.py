"""What the page of an action, and that of a study, tell of their money: stage by stage, line by line."""

from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Prefetch

from communes.models import Commune
from projects.actions.models import Cout
from projects.financements import regles
from projects.financements.models import FINANCEURS, FaitFinancement, Financement
from pvd.bureau.fiches.base import FicheDAgent

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


class FicheAvecArgent(FicheDAgent):
    """The page of what may be funded; `datees` reads it, `lien` is how a line of money names it."""

    lien = ""
    modeles_faits = ()
    # Nobody writes a contact nor a note about an action, nor about a study.
    lit_le_carnet = tient_le_carnet = False
    notes = contacts = ()

    @cached_property
    def datees(self):
        raise NotImplementedError

    @cached_property
    def du_jour(self):
        """Return the record as agents know it today."""
        return self.datees.du_jour(self.jour, interne=True)[self.record.pk]

    @cached_property
    def en_public(self):
        """Return the record as anybody reads it today."""
        return self.datees.du_jour(self.jour)[self.record.pk]

    def cles(self):
        lines = Financement.objects.filter(**{self.lien: self.record})
        return {
            type(self.record): [self.record.pk],
            Financement: lines.order_by().values("pk"),
        }

    @property
    def echeances(self):
        return []

    @cached_property
    def communes(self):
        """Return the communes where it is done today."""
        return list(Commune.objects.filter(pk__in=self.du_jour.communes).order_by("nom_recherche"))

    @cached_property
    def couts(self):
        return list(Cout.objects.filter(**{self.lien: self.record}).order_by("-jour"))

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
        rows = Financement.objects.filter(**{self.lien: self.record}).order_by("rang", "pk")
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
