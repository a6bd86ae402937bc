"""The page of a commune, for agents."""

from functools import cached_property

from django.db.models import Q
from django.urls import reverse

from communes.models import Commune, Labellisation, Relecture
from ort.actes import OrtDuJour, with_actes
from ort.models import Convention
from projects.indicateurs.lecture import mesures_montrees
from projects.models import Action, Etude
from projects.postes.models import Poste
from pvd.bureau.fiches.base import FicheDAgent, actions_de, etudes_de
from pvd.signalements.models import Signalement
from pvd.suivi.chronologie import labellisations_connues
from pvd.suivi.completude import completude
from pvd.suivi.dates_cles import couvertes_par, dates_cles
from pvd.suivi.phrases import sentence, statut_in_words
from pvd.suivi.situation import lisibles, situer
from pvd.suivi.suite import suites
from socle.adresses_admin import admin_url, undo_url
from socle.historique import author


class FicheDeCommune(FicheDAgent):
    tete = "bureau/fiches/tete_commune.html"
    corps = "bureau/fiches/corps_commune.html"
    sujet = "commune"

    @cached_property
    def situation(self):
        return situer(list(lisibles(Commune.objects.filter(pk=self.record.pk))), self.jour)[0]

    @property
    def titre(self):
        return self.situation.nom

    @property
    def phrase(self):
        return sentence(self.situation) if self.record.holds_on(self.jour) else ""

    @property
    def statut(self):
        return statut_in_words(self.situation)

    @property
    def completude(self):
        return completude(self.situation.commune.departement)

    @cached_property
    def relecture(self):
        """Return the last time that an agent said the page read again, with what takes it back, or None."""
        last = Relecture.objects.filter(commune__in=self.situation.fiches).first()
        if last and (version := last.history.first()):
            last.par, last.annuler = author(version), undo_url(Relecture, version.pk)
        return last

    @property
    def relire(self):
        """Return the address at which an agent says that it has read the page again."""
        return f"{admin_url(Relecture, 'add')}?commune={self.record.pk}"

    @property
    def relit(self):
        return self.user.has_perm("communes.add_relecture")

    @property
    def adresse_publique(self):
        return reverse("commune", args=[self.record.pk])

    def cles(self):
        code = self.record.pk
        conventions = [convention.pk for convention in self.conventions]
        labels = Labellisation.objects.filter(commune=code).order_by()
        postes = Poste.objects.filter(dessertes__commune=code).order_by()
        return {
            Commune: [code],
            Labellisation: list(labels.values_list("pk", flat=True)),
            **self.cles_des_conventions(conventions),
            Poste: list(postes.values_list("pk", flat=True).distinct()),
            Signalement: Signalement.objects.filter(commune=code).values("pk"),
            Action: actions_de([code], self.jour),
            Etude: etudes_de([code], self.jour),
        }

    @cached_property
    def conventions(self):
        """Return the conventions of the commune, those that it left or that are not signed yet too."""
        named = Convention.objects.filter(couvertures__commune=self.record).distinct()
        return list(with_actes(named, self.jour).order_by("date_signature", "pk"))

    @cached_property
    def ort(self):
        """Return its conventions as they are today, each told if it covers the commune."""
        covering = {ort.convention.pk for _, ort in self.couvertes_par}
        found = [OrtDuJour(convention, self.jour) for convention in self.conventions]
        for ort in found:
            ort.couvre = ort.convention.pk in covering
        return sorted(found, key=lambda ort: not ort.couvre)

    @cached_property
    def couvertes_par(self):
        return couvertes_par(self.situation, self.conventions)

    @cached_property
    def dates_cles(self):
        labels = labellisations_connues([self.record.pk], self.jour)
        return dates_cles(self.situation, labels, self.couvertes_par)

    @cached_property
    def mesures(self):
        """Return what is measured of the commune today, or aimed at."""
        return mesures_montrees("commune", self.record.pk, self.jour)

    def suites(self):
        return suites(self.situation)

    def carnets_voisins(self):
        """Show whom to call at the intercommunalité, and for the ORT."""
        epci = self.situation.intercommunalite
        return Q(intercommunalite__in=[epci] if epci else []) | Q(convention__in=self.conventions)
