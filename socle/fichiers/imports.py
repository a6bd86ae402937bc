"""The imports that were confirmed: who, when, which file, what it did, and whether it was taken back."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from socle.actes import ActeFait
from socle.annulation import undo
from socle.dates import in_french
from socle.fichiers.lignes import Sort
from socle.francais import liste, pluriel

ALREADY = "Cet import est déjà annulé."
# How the reason of what takes an import back begins.
ANNULATION = "Annulation de l'import"
LONGEST_HEADER = 100


class ImportQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the imports that `user` has confirmed; national: all."""
        return self if user.is_active and user.is_superuser else self.filter(auteur=user)

    def of(self, acte):
        """Return the import that an act was, or took back; None of any other act."""
        was = Q(moment=acte.moment, auteur=acte.auteur, motif=acte.motif)
        return self.filter(was | Q(annule_le=acte.moment, annule_par=acte.auteur)).first()

    def a_relire(self, jour):
        """Keep the imports whose columns left unread still wait on `jour`, the oldest first.

        The same file sent again closes the one before, whatever it leaves unread itself.
        """
        again = self.model.objects.filter(
            *(Q(**{name: OuterRef(name)}) for name in ("auteur", "titre", "nom")),
            moment__gt=OuterRef("moment"),
            annule_le__isnull=True,
        )
        accepted = Q(accepte_jusqu_au__isnull=True) | Q(accepte_jusqu_au__gte=jour)
        waiting = self.filter(annule_le__isnull=True).exclude(non_lues=[])
        waiting = waiting.exclude(accepted, accepte_le__isnull=False)
        return waiting.filter(~Exists(again)).order_by("moment", "pk")

    def keep(self, acte, user, titre, nom, apercu, non_lues=()):
        """Write down the import that the ongoing `acte` is of; one that wrote nothing is none."""
        if not apercu.a_ecrire:
            return None
        return self.create(
            auteur=user,
            moment=acte.moment,
            titre=titre,
            nom=nom,
            motif=acte.motif,
            nouvelles=apercu.comptes[Sort.NOUVELLE],
            modifiees=apercu.comptes[Sort.MODIFIEE],
            refusees=apercu.comptes[Sort.REFUSEE],
            non_lues=[header[:LONGEST_HEADER] for header in non_lues],
        )


class Import(models.Model):
    """A file that an agent has imported. What it wrote is one act, known by its moment and author.

    Nothing of the cells of the file is kept: of a file that may be read better another day, the headers
    of the columns that nobody read, until it is sent again or someone accepts them.
    """

    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, "imports", null=True, verbose_name="par"
    )
    moment = models.DateTimeField("importé le")
    titre = models.CharField("sorte de fichier", max_length=100)
    nom = models.CharField("fichier", max_length=255)
    motif = models.CharField("motif", max_length=250)
    nouvelles = models.PositiveIntegerField("lignes nouvelles")
    modifiees = models.PositiveIntegerField("lignes modifiées")
    refusees = models.PositiveIntegerField("lignes refusées")
    annule_le = models.DateTimeField("annulé le", null=True)
    annule_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, "+", null=True, verbose_name="annulé par"
    )

    non_lues = models.JSONField("colonnes non lues", default=list, blank=True)
    accepte_parce_que = models.CharField("accepté parce que", max_length=400, blank=True)
    accepte_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        "+",
        null=True,
        blank=True,
        verbose_name="accepté par",
    )
    accepte_le = models.DateField("accepté le", null=True, blank=True)
    accepte_jusqu_au = models.DateField("jusqu'au", null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ["-moment", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annule_le__isnull=True, annule_par__isnull=True)
                | Q(annule_le__isnull=False, annule_le__gte=models.F("moment")),
                name="socle_import_annule_apres",
                violation_error_message="Un import est annulé après avoir été fait.",
            ),
            models.CheckConstraint(
                condition=Q(accepte_le__isnull=True, accepte_jusqu_au__isnull=True)
                | (
                    Q(accepte_le__isnull=False)
                    & ~Q(accepte_parce_que="")
                    & (Q(accepte_jusqu_au__isnull=True) | Q(accepte_jusqu_au__gte=F("accepte_le")))
                ),
                name="socle_import_accepte_parce_que",
                violation_error_message=(
                    "Des colonnes non lues s'acceptent avec un motif, et pas jusqu'à un jour déjà passé."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.nom}, {in_french(timezone.localdate(self.moment))}"

    @property
    def acte(self):
        return ActeFait(self.moment, self.auteur_id, self.motif)

    @property
    def bilan(self):
        """Return what became of the rows: « 2 nouvelles, 1 modifiée et 1 refusée »."""
        counts = [
            (self.nouvelles, "nouvelle,nouvelles"),
            (self.modifiees, "modifiée,modifiées"),
            (self.refusees, "refusée,refusées"),
        ]
        return liste(pluriel(count, words) for count, words in counts if count)

    def accept(self, par, jour, motif, jusqu_au=None):
        """Have the columns left unread wait no more, until a day, for the reason `motif`."""
        self.accepte_par, self.accepte_le = par, jour
        self.accepte_parce_que, self.accepte_jusqu_au = motif, jusqu_au
        self.clean_fields(exclude=["annule_le", "annule_par"])
        self.validate_constraints()
        self.save()

    @property
    def motif_annulation(self):
        jour = in_french(timezone.localdate(self.moment))
        return f"{ANNULATION} {self.nom} du {jour}"

    def undo(self, par):
        """Take the import back, whole, once: see `socle.annulation.undo`."""
        with transaction.atomic():
            held = Import.objects.select_for_update(of=["self"]).get(pk=self.pk)
            if held.annule_le:
                raise ValidationError(ALREADY)
            annulation = undo(held.acte, held.motif_annulation, par)
            held.annule_le, held.annule_par = annulation.moment, par
            held.save()
