"""Whose a study is: what hangs on it is reached, and written, through it."""

from django.db.models import Exists, OuterRef, Q

from communes.models import Commune, Departement
from ort.models import Convention
from projects.actions.models.droits import DES_COMMUNES, DU_DEPARTEMENT, lisible
from socle.cles import par_une_voie
from socle.historique import HistoriseeQuerySet


class EtudeQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep the studies that `user` reads: of its communes, or of the conventions that it sees."""
        return self.filter(pk__in=self.cles_lues(user))

    def cles_lues(self, user):
        """Return the keys of the studies that `user` reads, of all, as a subquery: see `ActionQuerySet`."""
        return self.model.objects.filter(lisible(self.model, user)).order_by().values("pk")

    def a_ecrire(self, user):
        """Keep the studies that `user` writes: of its communes, or whose convention it keeps."""
        ways = (DES_COMMUNES, DU_DEPARTEMENT)
        theirs = par_une_voie(self.model, ways, Departement.objects.for_user(user))
        return self.filter(pk__in=self.model.objects.filter(theirs).order_by().values("pk"))

    def connues(self, jour):
        """Keep the studies of which something public is known on `jour`: a fact, a cost, a grant.

        No act brings a study: it is from its first dated fact on.
        """
        of_study = {"etude": OuterRef("pk"), "jour__lte": jour}
        money = self.linked("financements")._meta.get_field("faits").related_model.objects
        return self.filter(
            Exists(self.linked("faits").objects.filter(**of_study))
            | Exists(self.linked("couts").objects.filter(**of_study))
            | Exists(money.publics(jour).filter(financement__etude=OuterRef("pk")))
        )

    def linked(self, name):
        """Return the model of the rows that hang on a study by that name."""
        return self.model._meta.get_field(name).related_model

    def concernant(self, communes, jour):
        """Keep the studies of one of `communes`: the one that answers that day for the one recorded."""
        named = self.linked("communes_liees").objects.des(communes, jour)
        return self.filter(pk__in=named.order_by().values("etude"))

    def removed_for_user(self, user):
        """Return the removals of studies of the conventions that `user` sees, or that named its communes."""
        named = self.linked("communes_liees").history
        named = named.filter(commune__in=Commune.objects.for_user(user))
        return self.model.history.removed().filter(
            Q(convention__in=Convention.objects.for_user(user)) | Q(id__in=named.values("etude"))
        )


class DeLEtudeQuerySet(HistoriseeQuerySet):
    """The rows that name an `etude`."""

    @property
    def etudes(self):
        """Return all the studies, which the link of the rows leads to."""
        return self.model._meta.get_field("etude").related_model.objects

    def for_user(self, user):
        """Keep the rows of the studies that `user` reads."""
        return self.filter(etude__in=self.etudes.all().cles_lues(user))

    def removed_for_user(self, user):
        """Return the removals of rows of the studies of `user`, themselves still there."""
        return self.model.history.removed().filter(etude__in=self.etudes.for_user(user))
