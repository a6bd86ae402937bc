"""The page of an ORT, for agents."""

from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst

from communes.models import Labellisation
from ort.actes import OrtDuJour, with_actes, with_ville
from ort.models import Convention, Secteur
from projects.evaluations.regles import BASE_LEGALE, EtatEcheance
from projects.models import Action, Bilan, Etude
from projects.pieces.models import Piece
from projects.postes.models import Desserte, Poste
from projects.projet.revues import etat_en_mots
from pvd.bureau.bilans import plus_dues
from pvd.bureau.fiches.base import FicheDAgent
from pvd.signalements.models import Signalement
from pvd.suivi.suite import Suite, suite_of_ort


class FicheDeConvention(FicheDAgent):
    tete = "bureau/fiches/tete_convention.html"
    corps = "bureau/fiches/corps_convention.html"
    sujet = "convention"
    modeles_des_gestes = (Labellisation, Convention, Bilan, Poste)

    @cached_property
    def ort(self):
        itself = Convention.objects.filter(pk=self.record.pk)
        (convention,) = with_ville(with_actes(itself, self.jour), self.jour)
        return OrtDuJour(convention, self.jour)

    @property
    def phrase(self):
        return self.ort.phrase

    @property
    def adresse_publique(self):
        return reverse("ort", args=[self.record.identifiant])

    @cached_property
    def communes(self):
        """Return the codes of the communes that the convention covers today."""
        return [couverture.commune_id for couverture in self.ort.couvertes]

    @cached_property
    def laureates(self):
        labels = Labellisation.objects.as_of(self.jour).filter(commune__in=self.communes)
        return set(labels.values_list("commune", flat=True))

    @cached_property
    def secteurs(self):
        return list(Secteur.objects.filter(convention=self.record).select_related("commune"))

    @cached_property
    def documents(self):
        """Return the files of its reviews, then its acts, which the agent reads."""
        pieces = Piece.objects.for_user(self.user).filter(bilan__convention=self.record)
        return [*pieces.avec_objet().order_by("-pk"), *super().documents]

    def cles(self):
        pk = self.record.pk
        served = Desserte.objects.as_of(self.jour).filter(commune__in=self.communes)
        return {
            **self.cles_des_conventions([pk]),
            Poste: list(served.order_by().values_list("poste", flat=True).distinct()),
            Signalement: Signalement.objects.filter(convention=pk).values("pk"),
            Action: Action.objects.filter(convention=pk).order_by().values("pk"),
            Etude: Etude.objects.filter(convention=pk).order_by().values("pk"),
        }

    def suites(self):
        running = self.ort.signee and not self.ort.terminee
        end = [suite_of_ort(self.ort.convention, self.jour)] if running else []
        return [*end, *self.bilans_attendus()]

    def bilans_attendus(self):
        """Return the reviews that the ORT awaits, as what comes next, what is accepted left out."""
        return [
            Suite(
                capfirst(echeance.nature.label),
                f"{capfirst(etat_en_mots(echeance))} ({BASE_LEGALE}).",
                jour=echeance.jour,
                precision=echeance.precision,
                passee=echeance.etat == EtatEcheance.DEPASSEE,
            )
            for echeance in plus_dues(self.record, self.jour)
        ]

    def carnets_voisins(self):
        """Show whom to call at the intercommunalité that carries it, and in its communes."""
        porteur = self.record.porteur_id
        return Q(intercommunalite__in=[porteur] if porteur else []) | Q(commune__in=self.communes)
