"""The signed acts themselves, as files: attached to a convention or to one of its avenants."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.liees import LieeQuerySet
from ort.models.publication import refuse_acts_of_another
from socle.documents import DocumentDepose, DocumentDeposeQuerySet


class DocumentQuerySet(DocumentDeposeQuerySet, LieeQuerySet):
    def publics(self, jour):
        """Keep the public documents of the acts signed on `jour` or before."""
        return self.filter(
            Q(avenant__isnull=True) | Q(avenant__date_signature__lte=jour),
            convention__date_signature__lte=jour,
            visibilite=Document.Visibilite.PUBLIC,
        )


class Document(DocumentDepose):
    """The PDF of a signed convention, or of one of its avenants."""

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

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["convention", "pk"]

    def get_absolute_url(self):
        return reverse("ort_document", args=[self.convention.identifiant, self.pk])

    @property
    def acte(self):
        """Return what the file is the act of: the avenant, else the convention."""
        return self.avenant or self.convention

    def clean(self):
        super().clean()
        refuse_acts_of_another(self, "avenant")
