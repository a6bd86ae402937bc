"""The page of an intercommunalité, for agents."""

from dataclasses import replace
from functools import cached_property

from django.db.models import Q
from django.urls import reverse

from communes.models import Commune, Labellisation, Rattachement
from ort.actes import OrtDuJour, with_actes
from ort.models import CommuneCouverte, Convention
from projects.models import Action, Etude
from projects.postes.models import Desserte, Poste
from pvd.bureau.fiches.base import FicheDAgent, actions_de, etudes_de
from pvd.bureau.perimetre import Perimetre
from pvd.signalements.models import Signalement
from pvd.suivi.situation import situations
from pvd.suivi.suite import suite_of_ort, suites
from socle.francais import pluriel


class FicheDIntercommunalite(FicheDAgent):
    tete = "bureau/fiches/tete_intercommunalite.html"
    corps = "bureau/fiches/corps_intercommunalite.html"
    sujet = "intercommunalite"

    @property
    def phrase(self):
        members = pluriel(len(self.membres), "commune membre,communes membres")
        laureates = pluriel(len(self.situations), "lauréate,lauréates")
        return f"{members} aujourd'hui, dont {laureates}."

    @property
    def adresse_publique(self):
        return reverse("intercommunalite", args=[self.record.pk])

    @cached_property
    def membres(self):
        """Return the codes of the communes that are members today."""
        members = Rattachement.objects.communes_de(self.record, self.jour)
        return list(members.values_list("commune", flat=True))

    @cached_property
    def situations(self):
        """Return where each of its communes of the programme stands."""
        labels = Labellisation.objects.as_of(self.jour).des(self.membres, self.jour)
        return list(situations(labels.communes(self.jour), self.jour))

    @cached_property
    def conventions(self):
        """Return the conventions that it carries, or that cover one of its communes."""
        covering = CommuneCouverte.objects.as_of(self.jour).des(self.membres, self.jour)
        theirs = Q(porteur=self.record) | Q(pk__in=covering.values("convention"))
        named = Perimetre(self.user).of(Convention).filter(theirs)
        return list(with_actes(named, self.jour).order_by("date_signature", "pk"))

    @cached_property
    def ort(self):
        return [OrtDuJour(convention, self.jour) for convention in self.conventions]

    def cles(self):
        conventions = [convention.pk for convention in self.conventions]
        labels = Labellisation.objects.des(self.membres, self.jour).order_by()
        served = Desserte.objects.as_of(self.jour).des(self.membres, self.jour)
        theirs = Q(employeur_intercommunalite=self.record) | Q(pk__in=served.values("poste"))
        postes = Poste.objects.filter(theirs).order_by()
        of_records = Q(commune__in=self.membres) | Q(convention__in=conventions)
        return {
            Commune: self.membres,
            Labellisation: list(labels.values_list("pk", flat=True)),
            **self.cles_des_conventions(conventions),
            Poste: list(postes.values_list("pk", flat=True)),
            Signalement: Signalement.objects.filter(of_records).values("pk"),
            Action: actions_de(self.membres, self.jour),
            Etude: etudes_de(self.membres, self.jour),
        }

    def suites(self):
        """Return what is expected of each commune without ORT, and the end of each ORT."""
        expected = [
            replace(suite, titre=f"{situation.nom} : {suite.titre}")
            for situation in self.situations
            if not situation.couvertures
            for suite in suites(situation)
        ]
        running = [ort for ort in self.ort if ort.signee and not ort.terminee]
        return [*expected, *(suite_of_ort(ort.convention, self.jour) for ort in running)]

    def carnets_voisins(self):
        """Show whom to call in its communes of the programme."""
        return Q(commune__in=[situation.commune.pk for situation in self.situations])
