"""What is true of a commune on a day: the only thing that pages, files and checks ask."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from communes.models import Commune, Labellisation, Population, Rattachement, Tenue
from ort.models import Avenant, CommuneCouverte
from projects.postes.models import Desserte, Etat, Poste


class Statut(models.TextChoices):
    """How far a commune is in the programme, told by its dates."""

    LAUREATE = "laureate", "lauréate"
    ADHESION_SIGNEE = "adhesion_signee", "convention d'adhésion signée"
    ORT_SIGNEE = "ort_signee", "ORT signée"
    SORTIE = "sortie", "sortie du programme"


class EtatPoste(models.TextChoices):
    """The state of the chef de projet post that serves a commune."""

    POURVU = "pourvu", "pourvu"
    RECRUTEMENT = "recrutement", "en recrutement"
    VACANT = "vacant", "vacant"
    AUCUN = "aucun", "aucun poste"
    INCONNU = "inconnu", "non renseigné"


# Of several posts that serve one commune, the best placed tells.
TELLING_STATES = [Etat.POURVU, Etat.RECRUTEMENT, Etat.VACANT, Etat.INCONNU]


def communes_of(labellisations):
    """Return the communes of `labellisations`, each once, in the order of lists."""
    return Commune.objects.filter(pk__in=labellisations.values("commune"))


def communes_with_statut(statut, departement, jour):
    """Return the communes whose `Statut` on `jour` is `statut`, in `departement` (None: France).

    Without `statut`: the communes lauréates on `jour`. A covered commune is `ort_signee` even
    when the date of its adhésion is unknown.
    """
    of_departement = Labellisation.objects.of_departement(departement)
    if statut == Statut.SORTIE:
        return communes_of(of_departement.ended(jour))
    running = of_departement.as_of(jour)
    # Read once, not once a commune: nothing in it depends on the commune.
    covered = Q(commune__in=CommuneCouverte.objects.en_vigueur(jour).values("commune"))
    if statut == Statut.ORT_SIGNEE:
        running = running.filter(covered)
    elif statut == Statut.ADHESION_SIGNEE:
        running = running.filter(~covered, date_signature_adhesion__lte=jour)
    elif statut == Statut.LAUREATE:
        running = running.filter(~covered).exclude(date_signature_adhesion__lte=jour)
    return communes_of(running)


@dataclass
class Situation:
    """What is true of `commune` on `jour`; nothing that came after that day shows."""

    commune: Commune
    jour: object

    @property
    def nom(self):
        """Return the name of the commune on that day."""
        return self.commune.nom_au(self.jour)

    @property
    def population(self):
        """Return the `Population` in use on that day, or None."""
        return self.commune.population_au(self.jour)

    @property
    def intercommunalite(self):
        """Return the intercommunalité of the commune on that day, or None."""
        rattachements = self.commune.rattachements_du_jour
        return rattachements[0].intercommunalite if rattachements else None

    @property
    def nom_intercommunalite(self):
        """Return its name on that day, or an empty text."""
        return self.intercommunalite.nom_au(self.jour) if self.intercommunalite else ""

    @property
    def labellisation(self):
        """Return the time in the programme that runs on that day, else the last one over, or None."""
        known = self.commune.labellisations_connues
        running = [label for label in known if label.holds_on(self.jour)]
        return (running or known or [None])[-1]

    @property
    def laureate(self):
        """Tell whether the commune is in the programme on that day."""
        return bool(self.labellisation and self.labellisation.holds_on(self.jour))

    @property
    def date_adhesion(self):
        """Return the day of the convention d'adhésion, if it was signed by then, or None."""
        signed = self.labellisation and self.labellisation.date_signature_adhesion
        return signed if signed and signed <= self.jour else None

    @property
    def date_sortie(self):
        """Return the day of the exit from the programme, if it had come by then, or None."""
        exit_day = self.labellisation and self.labellisation.fin
        return exit_day if exit_day and exit_day <= self.jour else None

    @property
    def couvertures(self):
        """Return the coverages by an ORT in force on that day, the oldest entry first."""
        return self.commune.couvertures_du_jour

    @property
    def couverture(self):
        """Return the coverage that counts, the latest entry, or None."""
        return self.couvertures[-1] if self.couvertures else None

    @property
    def convention(self):
        """Return the ORT that covers the commune on that day, or None."""
        return self.couverture.convention if self.couverture else None

    @property
    def statut(self):
        """Return the `Statut`, by the rule of `communes_with_statut`; None outside the programme."""
        if self.labellisation is None:
            return None
        if not self.laureate:
            return Statut.SORTIE
        if self.couverture:
            return Statut.ORT_SIGNEE
        return Statut.ADHESION_SIGNEE if self.date_adhesion else Statut.LAUREATE

    @property
    def echeance_ort(self):
        """Return the day by which the ORT was to be signed, while none has been, or None."""
        if self.statut != Statut.ADHESION_SIGNEE or self.commune.deja_dans_une_ort:
            return None
        return self.labellisation.echeance_ort

    @property
    def en_retard(self):
        """Tell whether the 18 months have passed without an ORT: a delay, without legal effect known."""
        return bool(self.echeance_ort and self.labellisation.dernier_jour_echeance < self.jour)

    @property
    def postes(self):
        """Return the posts that serve the commune on that day, each with its `etat`."""
        return [desserte.poste for desserte in self.commune.dessertes_du_jour]

    @property
    def etat_poste(self):
        """Return the `EtatPoste`, by the rule of `with_etat_poste`."""
        return EtatPoste(self.commune.etat_poste)


def with_etat_poste(communes, jour):
    """Add `etat_poste`: of the posts that serve the commune on `jour`, the best placed tells.

    Nothing recorded, or nothing dated, is `inconnu`; it is `aucun` only where the département
    keeps the posts in full.
    """
    served = Desserte.objects.as_of(jour).filter(commune=OuterRef(OuterRef("pk")))
    postes = (
        Poste.objects.with_etat(jour)
        .known_on(jour)
        .filter(pk__in=served.values("poste"), etat__in=TELLING_STATES)
        .alias(rang=Case(*(When(etat=etat, then=rang) for rang, etat in enumerate(TELLING_STATES))))
    )
    return communes.annotate(
        etat_poste=Coalesce(
            Subquery(postes.order_by("rang").values("etat")[:1]),
            Case(
                When(departement__tenue_postes=Tenue.COMPLETE, then=Value(EtatPoste.AUCUN)),
                default=Value(EtatPoste.INCONNU),
            ),
            output_field=models.CharField(),
        )
    )


def with_situation(communes, jour):
    """Prefetch on `communes`, a queryset, all that a `Situation` reads: a constant number of queries."""
    communes = with_etat_poste(communes, jour).select_related("departement__region", "successeur")
    entered = CommuneCouverte.objects.entrees_au(jour).filter(commune=OuterRef("pk"))
    return communes.annotate(deja_dans_une_ort=Exists(entered)).prefetch_related(
        "anciens_noms",
        Prefetch("populations", Population.objects.en_usage(jour)),
        Prefetch(
            "labellisations",
            Labellisation.objects.filter(debut__lte=jour).order_by("debut"),
            to_attr="labellisations_connues",
        ),
        Prefetch(
            "rattachements",
            Rattachement.objects.as_of(jour)
            .select_related("intercommunalite")
            .prefetch_related("intercommunalite__anciens_noms"),
            to_attr="rattachements_du_jour",
        ),
        Prefetch(
            "couvertures",
            CommuneCouverte.objects.en_vigueur(jour)
            .select_related("convention", "entree")
            .prefetch_related(Prefetch("convention__avenants", Avenant.objects.signes(jour)))
            .order_by("date_entree", "pk"),
            to_attr="couvertures_du_jour",
        ),
        Prefetch(
            "dessertes",
            Desserte.objects.as_of(jour)
            .filter(poste__in=Poste.objects.known_on(jour))
            .prefetch_related(Prefetch("poste", Poste.objects.with_etat(jour))),
            to_attr="dessertes_du_jour",
        ),
    )


def situations(communes, jour, chunk_size=2000):
    """Yield the `Situation` on `jour` of each of `communes`, a queryset, reading them by chunks."""
    for commune in with_situation(communes, jour).iterator(chunk_size=chunk_size):
        yield Situation(commune, jour)
