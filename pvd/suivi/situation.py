"""What is true of a commune on a day: the only thing that pages, files and checks ask."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from communes.models import Commune, Intercommunalite, Labellisation, Population, Tenue
from communes.programme import regles as programme
from communes.territoire.departements import plusieurs
from communes.territoire.faits import intercommunalites_au, populations_au
from ort.regles import couvertures_en_vigueur, debut_couverture
from pvd.suivi import regles
from pvd.suivi.faits import Faits
from socle.periodes import holds_on

CHUNK = 2000


@dataclass
class Situation:
    """What is true of `commune` on `jour`; nothing that came after that day shows."""

    commune: Commune
    jour: datetime.date
    faits: Faits
    intercommunalite: Intercommunalite | None
    population: Population | None

    @property
    def nom(self):
        """Return the name of the commune on that day."""
        return self.commune.nom_au(self.jour)

    @cached_property
    def fiches(self):
        """Return the codes of the communes whose records are its own on that day."""
        return self.faits.successions.fiches(self.commune.pk, self.jour)

    @property
    def nom_intercommunalite(self):
        """Return its name on that day, or an empty text."""
        return self.intercommunalite.nom_au(self.jour) if self.intercommunalite else ""

    @property
    def labellisations(self):
        """Return the times in the programme begun by that day, the oldest first."""
        labels = self.faits.labellisations_de(self.commune.pk, self.jour)
        return [label for label in labels if label.debut <= self.jour]

    @cached_property
    def labellisation(self):
        """Return the time in the programme that runs on that day, else the last one over, or None."""
        return programme.labellisation_au(self.labellisations, self.jour)

    @property
    def laureate(self):
        """Tell whether the commune is in the programme on that day."""
        return self.labellisation is not None and holds_on(self.labellisation, self.jour)

    @property
    def date_adhesion(self):
        """Return the day of the convention d'adhésion, if it was signed by then, or None."""
        return self.labellisation and programme.adhesion_au(self.labellisation, self.jour)

    @property
    def date_sortie(self):
        """Return the day of the exit from the programme, if it had come by then, or None."""
        exit_day = self.labellisation and self.labellisation.fin
        return exit_day if exit_day and exit_day <= self.jour else None

    @cached_property
    def toutes_couvertures(self):
        """Return all the coverages recorded of the commune, whatever their days."""
        return self.faits.couvertures_de(self.commune.pk, self.jour)

    @cached_property
    def couvertures(self):
        """Return the coverages by an ORT in force on that day, the oldest entry first."""
        return couvertures_en_vigueur(self.toutes_couvertures, self.jour)

    @property
    def couverture(self):
        """Return the coverage that counts, or None: by the ORT asked for, else the latest entry."""
        asked = getattr(self.commune, "ort_demandees", "").split()
        of_asked = [c for c in self.couvertures if str(c.convention.pk) in asked]
        return next(reversed(of_asked or self.couvertures), None)

    @property
    def debut_couverture(self):
        """Return the first day of the cover that holds on that day, unbroken, or None."""
        return debut_couverture(self.toutes_couvertures, self.jour)

    @property
    def plus_couverte(self):
        """Tell whether it entered an ORT by that day, and none covers it any more."""
        entered = regles.deja_couverte(self.toutes_couvertures, self.jour)
        return entered and not self.couvertures

    @property
    def convention(self):
        """Return the ORT that covers the commune on that day, or None."""
        return self.couverture.convention if self.couverture else None

    @cached_property
    def statut(self):
        """Return the `Statut`; None outside the programme."""
        return regles.statut(self.labellisations, self.toutes_couvertures, self.jour)

    @cached_property
    def echeance_ort(self):
        """Return the day by which the ORT was to be signed, while none has been, or None."""
        return regles.echeance_ort(self.labellisations, self.toutes_couvertures, self.jour)

    @property
    def precision_echeance(self):
        """Return how exactly `echeance_ort` is known."""
        return programme.precision_echeance(self.labellisation)

    @property
    def ort_non_connue(self):
        """Tell whether no ORT is recorded where the national lists alone tell: one may be signed."""
        listed = self.commune.departement.tenue == Tenue.LISTES
        return listed and not regles.deja_couverte(self.toutes_couvertures, self.jour)

    @cached_property
    def en_retard(self):
        """Tell whether the 18 months have passed without an ORT: a delay, without legal effect known.

        Nobody is known to be late where an ORT may be signed that is not recorded.
        """
        if self.ort_non_connue:
            return False
        return regles.en_retard(self.labellisations, self.toutes_couvertures, self.jour)

    @cached_property
    def postes(self):
        """Return the posts that serve the commune on that day, as their dates."""
        served = self.faits.postes.get(self.commune.pk, ())
        return regles.postes_au(served, self.commune.pk, self.jour)

    @property
    def etat_poste(self):
        """Return the `EtatPoste` of the commune."""
        complete = self.commune.departement.tenue_postes == Tenue.COMPLETE
        return regles.etat_poste(self.postes, complete, self.jour)


def lisibles(communes):
    """Return `communes`, a queryset, with what names them and places them."""
    return communes.select_related("departement__region", "successeur").prefetch_related(
        "anciens_noms"
    )


def situer(communes, jour, lus=Faits):
    """Return the `Situation` on `jour` of each of `communes`, a list that `lisibles` has read.

    Eleven queries at most, whatever their number; `lus` is how their facts are.
    """
    codes = [commune.pk for commune in communes]
    faits = lus(codes)
    intercommunalites, populations = intercommunalites_au(codes, jour), populations_au(codes, jour)
    return [
        Situation(
            commune, jour, faits, intercommunalites.get(commune.pk), populations.get(commune.pk)
        )
        for commune in communes
    ]


def situations(communes, jour):
    """Yield the `Situation` on `jour` of each of `communes`, a queryset, reading them by chunks."""
    chunk = []
    for commune in lisibles(communes).iterator(CHUNK):
        chunk.append(commune)
        if len(chunk) == CHUNK:
            yield from situer(chunk, jour)
            chunk = []
    if chunk:
        yield from situer(chunk, jour)


def communes_de_statut(statut, departement, jour):
    """Return the communes whose `Statut` on `jour` is `statut`, in `departement` (None: France).

    Each may be several. Without `statut`: the communes lauréates on `jour`.
    """
    if not statut:
        return Labellisation.objects.as_of(jour).counted_in(departement, jour).communes(jour)
    faits = Faits.du_programme(departement)
    labelled = {faits.successions.commune_du_jour(code, jour) for code in faits.labellisations}
    there = [code for code in labelled if faits.asked_for(code)]
    asked = plusieurs(statut)
    codes = [code for code in there if faits.statut(code, jour) in asked]
    return Commune.objects.filter(pk__dans=codes)


def etats_postes(communes, jour):
    """Return the `EtatPoste` on `jour` of each of `communes`, a queryset, by its code."""
    rows = dict(communes.order_by().values_list("pk", "departement__tenue_postes"))
    faits = Faits(list(rows))
    return {
        code: faits.etat_poste(code, tenue == Tenue.COMPLETE, jour) for code, tenue in rows.items()
    }
