"""A PDF that an agent deposits: one rule, one folder, whatever the record that it is the act of."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from socle.fichiers.documents import (
    documents_storage,
    download_name,
    folder_fault,
    in_megabytes,
    refuse_what_is_lost,
    refuse_what_is_no_pdf,
    stored_name,
)
from socle.historique import Historisee, HistoriseeQuerySet


class Visibilite(models.TextChoices):
    INTERNE = "interne", "interne"
    PUBLIC = "public", "public"


class DocumentDeposeQuerySet(HistoriseeQuerySet):
    def publics(self, jour):
        """Keep the public documents of what is signed, and public, on `jour`."""
        raise NotImplementedError

    def readable(self, user, jour):
        """Keep the public documents of what is signed by `jour`, and all those of the agent's records.

        A visitor, an account that is closed or kept out of the back office reads the public ones only.
        """
        publics = self.publics(jour)
        named = self.model._meta
        if not (user.is_staff and user.has_perm(f"{named.app_label}.view_{named.model_name}")):
            return publics
        return self.filter(
            Q(pk__in=publics.values("pk")) | Q(pk__in=self.for_user(user).values("pk"))
        )

    def stored_names(self):
        """Return the names of the files, the oldest first: a document removed may come back."""
        named = self.order_by("pk").values_list("fichier", flat=True)
        removed = self.model.history.order_by("pk").values_list("fichier", flat=True)
        return list(dict.fromkeys([*named, *removed]))


class DocumentDepose(Historisee):
    """The PDF of something signed; which, the room that keeps it tells.

    Its file is never replaced: a better copy is another document. Removing a document keeps its
    file, because its history may bring the document back, and would then bring back nothing; a
    file that must go for good is erased from the folder of documents by hand.
    """

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

    Visibilite = Visibilite
    textes_publics = ("titre",)

    class Meta(Historisee.Meta):
        abstract = True

    def __str__(self):
        return self.titre

    @classmethod
    def folder(cls):
        return cls._meta.get_field("fichier").storage

    @classmethod
    def folder_fault(cls):
        """Say why no file may be written in the folder of documents, or return ""."""
        return folder_fault(cls.folder(), stored_names())

    def open_folder(self):
        """Have the folder ready for one more file, or raise."""
        if fault := self.folder_fault():
            raise ValidationError({"fichier": fault})
        self.fichier.storage.mark()

    def clean(self):
        super().clean()
        if self._state.adding and self.fichier:
            if self.fichier._committed:
                refuse_what_is_lost(self.fichier)
            else:
                refuse_what_is_no_pdf(self.fichier)
                self.open_folder()

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


def modeles():
    """Return the sorts of documents that are deposited: their files share one folder."""
    return [model for model in apps.get_models() if issubclass(model, DocumentDepose)]


def stored_names():
    """Return the names of all the files that are due in the folder, of the documents removed too."""
    return list(dict.fromkeys(name for m in modeles() for name in m.objects.stored_names()))
