"""The communes that a post serves, and by them whose the post is."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from communes.models import Commune
from communes.territoire.departements import plusieurs
from communes.territoire.du_jour import DeCommuneQuerySet
from socle.historique import HistoriseeQuerySet
from socle.periodes import Periode, PeriodeQuerySet
from socle.sources import Sourcee


class DuPosteQuerySet(HistoriseeQuerySet):
    """The rows that hang on a post: they are of whoever the post is of."""

    def for_user(self, user):
        """Keep the rows of the posts that serve, at any date, a commune of `user`."""
        return self.filter(poste__in=Desserte.objects.of_user(user).values("poste"))


class DesserteQuerySet(DeCommuneQuerySet, DuPosteQuerySet, PeriodeQuerySet):
    def of_user(self, user):
        """Keep what links a post to a commune of `user`, at any date."""
        return self.filter(commune__in=Commune.objects.for_user(user))

    def serving(self, departement, jour):
        """Keep what links on `jour` a post to a commune of `departement`: see `in_departement`."""
        return self.as_of(jour).in_departement(departement, jour)

    def in_departement(self, departement, jour):
        """Keep the rows of communes of `departement`, one or several; None: France.

        The commune is the one that answers on `jour` for the one that the record names.
        """
        if departement is None:
            return self
        there = Commune.objects.order_by().filter(departement__in=plusieurs(departement))
        return self.des(there.values("pk"), jour)

    def dernieres(self, jour):
        """Keep those that run on `jour`; of a post closed by then, those that ran up to its closing.

        Where none did, those that ended last.
        """
        begun = Q(debut__isnull=True) | Q(debut__lte=jour)
        closed = Q(poste__date_fermeture__lte=jour)
        running = Q(fin__isnull=True) | Q(fin__gt=jour)
        to_the_last = Q(fin__isnull=True) | Q(fin__gte=F("poste__date_fermeture"))
        of_post = type(self)(self.model).filter(begun, poste=OuterRef("poste"))
        later = of_post.filter(Q(fin__isnull=True) | Q(fin__gt=OuterRef("fin")))
        return self.filter(begun, (~closed & running) | (closed & (to_the_last | ~Exists(later))))


class Desserte(Sourcee, Periode):
    """A commune served by a post, which several communes may share."""

    poste = models.ForeignKey("Poste", models.CASCADE, "dessertes", verbose_name="poste")
    commune = models.ForeignKey(Commune, models.PROTECT, "dessertes", verbose_name="commune")

    siblings_by = ("poste", "commune")
    overlap_message = "Ce poste dessert déjà cette commune à ces dates."

    objects = DesserteQuerySet.as_manager()

    feminin = True

    class Meta(Periode.Meta):
        verbose_name = "commune desservie"
        verbose_name_plural = "communes desservies"
        ordering = ["commune__nom_recherche"]

    def __str__(self):
        return f"{self.commune} : {self.poste}"
