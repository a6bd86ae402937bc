"""A national list as a source: each list is one, known by the day that it is of."""

from dataclasses import dataclass

from django.db.models import Q

from socle.dates import in_french
from socle.sources import Source


@dataclass(frozen=True)
class DocumentDeListe:
    """Who publishes a list, and where: `cle` begins the key of the source that each of its days is."""

    cle: str
    titre: str
    editeur: str
    url: str

    def sources(self):
        """Return the lists of which the base knows, whoever wrote them: by where they are published."""
        return Source.objects.filter(Q(url=self.url) | Q(cle__startswith=f"{self.cle}-2"))

    def source(self, jour):
        """Return the list of `jour`: the source that the base has already, else one not yet saved."""
        known = self.sources().filter(date_document=jour).order_by("pk").first()
        return known or Source(
            cle=f"{self.cle}-{jour:%Y%m%d}",
            titre=f"{self.titre}, {in_french(jour)}",
            editeur=self.editeur,
            date_document=jour,
            url=self.url,
        )
