"""The time of a commune in the programme Petites villes de demain."""

from typing import Any

from django.db import models
from django.db.models import Q

from communes.programme import regles
from communes.programme.lecture import ouverture
from communes.territoire.codes import of_length, un_id_pvd
from communes.territoire.departements import plusieurs
from communes.territoire.du_jour import DeCommuneQuerySet
from communes.territoire.models import Commune, Rattachement
from socle.dates import PrecisionField, stored_on_first_day
from socle.historique import HistoriseeQuerySet
from socle.periodes import Periode, PeriodeQuerySet, debut_connu
from socle.remarques import Avant, AvantLeDebut, DepuisLaFin
from socle.sources import Sourcee


class LabellisationQuerySet(DeCommuneQuerySet, HistoriseeQuerySet, PeriodeQuerySet):
    def for_user(self, user):
        """Keep the labellisations of the communes of `user`."""
        return self.filter(commune__in=Commune.objects.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of labellisations of the communes of `user`."""
        return self.model.history.removed().filter(commune__in=Commune.objects.for_user(user))

    def of_departement(self, departement: Any) -> Any:
        """Keep those that name a commune of `departement`; all of them when it is None (France)."""
        return self if departement is None else self.filter(commune__departement=departement)

    def counted_in(self, departement: Any, jour: Any) -> Any:
        """Keep those whose commune that answers on `jour` is of `departement`, one or several."""
        if departement is None:
            return self
        there = Commune.objects.order_by().filter(departement__in=plusieurs(departement))
        return self.des(there.values("pk"), jour)

    def laureates(self, jour):
        """Return the codes of the communes in the programme on `jour`, to choose by."""
        return self.as_of(jour).communes_du_jour(jour)

    def communes(self, jour):
        """Return the communes that answer on `jour` for these labellisations, each once."""
        return Commune.objects.filter(pk__in=self.communes_du_jour(jour))

    def rattachements(self, jour):
        """Return the memberships, on `jour`, of the communes that then answer for these."""
        return Rattachement.objects.as_of(jour).filter(commune__in=self.communes_du_jour(jour))


class Labellisation(Sourcee, Periode):
    """A commune is in the programme from `debut`, the day it was chosen, to `fin`.

    A commune that leaves and comes back has two of them.
    """

    commune = models.ForeignKey(Commune, models.PROTECT, "labellisations", verbose_name="commune")
    id_pvd = models.CharField(
        "identifiant PVD",
        max_length=20,
        blank=True,
        validators=[un_id_pvd],
        help_text="Celui de l'ANCT : pvd-76-34-1.",
    )
    debut = debut_connu(
        "premier jour",
        "Premier jour compris.",
        "L'entrée dans le programme a une date, même approchée.",
    )
    precision_debut = PrecisionField("précision de l'entrée", date="debut")
    date_signature_adhesion = models.DateField(
        "signature de la convention d'adhésion", null=True, blank=True
    )
    precision_adhesion = PrecisionField("précision de l'adhésion", date="date_signature_adhesion")
    precision_fin = PrecisionField("précision de la sortie", date="fin")
    motif_sortie = models.CharField("motif de la sortie", max_length=250, blank=True)
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")
    remarques_enquete = models.TextField(
        "remarques pour l'enquête nationale",
        blank=True,
        help_text="Tant qu'aucune ORT, signée ou prévue, n'a la commune : écrites dans la colonne "
        "« Remarques » de la réponse à l'enquête ; jamais publiées.",
    )

    siblings_by = ("commune",)
    overlap_message = "Cette commune est déjà dans le programme à ces dates."
    publie_par = {
        "debut": "Entrer dans le programme",
        "date_signature_adhesion": "Signer la convention d'adhésion",
        "fin": "Quitter le programme",
    }
    remarques_possibles = (
        Avant(
            "debut",
            ouverture,
            "L'entrée dans le programme est avant son lancement.",
        ),
        Avant(
            "date_signature_adhesion",
            ouverture,
            "L'adhésion est signée avant le lancement du programme.",
        ),
        AvantLeDebut(
            "date_signature_adhesion",
            "L'adhésion est signée avant l'entrée de la commune dans le programme.",
        ),
        DepuisLaFin(
            "date_signature_adhesion",
            "L'adhésion est signée alors que la commune est sortie du programme.",
        ),
    )

    objects = LabellisationQuerySet.as_manager()

    feminin = True
    textes_publics = ("motif_sortie",)

    class Meta(Periode.Meta):
        verbose_name = "labellisation"
        verbose_name_plural = "labellisations"
        ordering = ["commune__nom_recherche", "debut"]
        constraints = [
            *Periode.Meta.constraints,
            models.UniqueConstraint(
                fields=["commune"],
                condition=Q(fin__isnull=True),
                name="communes_une_labellisation_en_cours",
                violation_error_message="Cette commune est déjà dans le programme.",
            ),
            of_length("id_pvd", 11, 20, empty=True),
            stored_on_first_day("debut", "precision_debut"),
            stored_on_first_day("date_signature_adhesion", "precision_adhesion"),
            stored_on_first_day("fin", "precision_fin"),
        ]

    def __str__(self):
        return f"{self.commune} dans le programme"

    @property
    def echeance_ort(self):
        """Return the day by which the ORT was to be signed: see `regles.echeance_ort`."""
        return regles.echeance_ort(self)

    @property
    def precision_echeance(self):
        """Return how exactly `echeance_ort` is known."""
        return regles.precision_echeance(self)

    @property
    def dernier_jour_echeance(self):
        """Return the last day that `echeance_ort` may be, or None."""
        return regles.dernier_jour_echeance(self)
