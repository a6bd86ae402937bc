"""The signed acts themselves, as files: attached to a convention or to one of its avenants."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ort.documents import (
    documents_storage,
    download_name,
    folder_fault,
    in_megabytes,
    refuse_what_is_lost,
    refuse_what_is_no_pdf,
    stored_name,
)
from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.liees import LieeQuerySet
from socle.historique import Historisee


class DocumentQuerySet(LieeQuerySet):
    def publics(self, jour):
        """Keep the public documents of the acts signed on `jour` or before."""
        return self.filter(
            Q(avenant__isnull=True) | Q(avenant__date_signature__lte=jour),
            convention__date_signature__lte=jour,
            visibilite=Document.Visibilite.PUBLIC,
        )

    def readable(self, user, jour):
        """Keep the public documents of the acts signed by `jour`, and all those of the agent's conventions.

        A visitor, an account that is closed or kept out of the back office reads the public ones only.
        """
        publics = self.publics(jour)
        if not (user.is_staff and user.has_perm("ort.view_document")):
            return publics
        return self.filter(
            Q(pk__in=publics.values("pk")) | Q(pk__in=self.for_user(user).values("pk"))
        )

    def stored_names(self):
        """Return the names of all the files, the oldest first: a document removed may come back."""
        named = self.order_by("pk").values_list("fichier", flat=True)
        removed = self.model.history.order_by("pk").values_list("fichier", flat=True)
        return list(dict.fromkeys([*named, *removed]))


class Document(Historisee):
    """The PDF of a signed convention, or of one of its avenants.

    Its file is never replaced: a better copy is another document. Removing a document keeps its
    file, because its history may bring the document back, and would then bring back nothing; a
    file that must go for good is erased from the folder of documents by hand.
    """

    class Visibilite(models.TextChoices):
        INTERNE = "interne", "interne"
        PUBLIC = "public", "public"

    convention = models.ForeignKey(
        Convention, models.CASCADE, "documents", verbose_name="convention"
    )
    avenant = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "documents",
        null=True,
        blank=True,
        verbose_name="avenant",
        help_text="Vide : c'est la convention elle-même.",
    )
    titre = models.CharField("titre", max_length=200)
    fichier = models.FileField(
        "fichier PDF", storage=documents_storage, upload_to=stored_name, max_length=255
    )
    nom = models.CharField("nom du fichier", max_length=120, editable=False)
    taille = models.PositiveIntegerField("taille, en octets", editable=False)
    visibilite = models.CharField(
        "visibilité",
        max_length=7,
        choices=Visibilite,
        default=Visibilite.INTERNE,
        help_text="Public : tout le monde le télécharge, dès que l'acte est signé.",
    )

    objects = DocumentQuerySet.as_manager()

    textes_publics = ("titre",)

    class Meta:
        verbose_name = "document"
        ordering = ["convention", "pk"]

    def __str__(self):
        return self.titre

    def get_absolute_url(self):
        return reverse("ort_document", args=[self.convention.identifiant, self.pk])

    @classmethod
    def folder(cls):
        return cls._meta.get_field("fichier").storage

    @classmethod
    def folder_fault(cls):
        """Say why no file may be written in the folder of documents, or return ""."""
        return folder_fault(cls.folder(), cls.objects.stored_names())

    def open_folder(self):
        """Have the folder ready for one more file, or raise."""
        if fault := self.folder_fault():
            raise ValidationError({"fichier": fault})
        self.fichier.storage.mark()

    def clean(self):
        if self._state.adding and self.fichier:
            if self.fichier._committed:
                refuse_what_is_lost(self.fichier)
            else:
                refuse_what_is_no_pdf(self.fichier)
                self.open_folder()
        if self.avenant and self.avenant.convention_id != self.convention_id:
            raise ValidationError({"avenant": "Cet avenant est celui d'une autre convention."})

    def save(self, *args, **kwargs):
        """Keep the name and the size of the file, which is then stored under a name of ours."""
        if not self.nom:
            self.nom, self.taille = download_name(self.fichier.name), self.fichier.size
        if not self.fichier._committed:
            self.open_folder()
        super().save(*args, **kwargs)

    @property
    def poids(self):
        """Return the size as a visitor reads it: « 1,2 Mo »."""
        return in_megabytes(self.taille)
