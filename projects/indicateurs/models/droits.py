"""Whose an indicator is, and what is measured by it: an action, a convention or a commune."""

from django.db.models import Exists, Q

from communes.models import Commune, Departement
from ort.models import Convention
from projects.actions.models import Action
from socle.historique import HistoriseeQuerySet


class IndicateurQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep those of all of France, and the local ones of the départements of `user`.

        A stranger, or an agent of no département, gets nothing.
        """
        own = Departement.objects.for_user(user)
        return self.filter(Q(departement__in=own) | Q(Exists(own), departement__isnull=True))

    def a_ecrire(self, user):
        """Keep those that `user` may correct: the local ones of its départements."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(departement__in=Departement.objects.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of the indicators that `user` could correct."""
        own = Departement.objects.for_user(user)
        return self.model.history.removed().filter(departement__in=own)


def de(actions, conventions, communes):
    """Return the condition that a measure is of one of these, each given as a subquery."""
    return Q(action__in=actions) | Q(convention__in=conventions) | Q(commune__in=communes)


class MesureQuerySet(HistoriseeQuerySet):
    """What is measured, or aimed at, of an action, a convention or a commune."""

    def for_user(self, user):
        """Keep the rows of the actions, conventions and communes that `user` reads."""
        return self.filter(de(Action.objects.all().cles_lues(user), *acts_and_places(user)))

    def a_ecrire(self, user):
        """Keep the rows of the actions whose facts `user` writes, and of its conventions and communes."""
        actions = Action.objects.a_ecrire(user).order_by().values("pk")
        return self.filter(de(actions, *acts_and_places(user)))

    def removed_for_user(self, user):
        """Return the removals of rows of what `user` reads, itself still there."""
        actions = Action.objects.all().cles_lues(user)
        return self.model.history.removed().filter(de(actions, *acts_and_places(user)))


def acts_and_places(user):
    """Return the keys of the conventions, and of the communes, of `user`, to choose by."""
    return (
        Convention.objects.for_user(user).order_by().values("pk"),
        Commune.objects.for_user(user).order_by().values("pk"),
    )


class ReleveQuerySet(MesureQuerySet):
    def au(self, jour):
        """Keep the readings known on `jour`: published by then, or, if that is unknown, of a day by then."""
        return self.filter(Q(publie_le__lte=jour) | Q(publie_le__isnull=True), jour__lte=jour)


class CibleQuerySet(MesureQuerySet):
    def au(self, jour):
        """Keep the targets set on `jour` or before."""
        return self.filter(fixee_le__lte=jour)


class AttenteQuerySet(HistoriseeQuerySet):
    """What is accepted of a target: it is reached through it."""

    def for_user(self, user):
        """Keep the rows of the targets that `user` reads."""
        return self.filter(cible__in=self.cibles.for_user(user).order_by().values("pk"))

    def removed_for_user(self, user):
        """Return the removals of rows of the targets that `user` reads, themselves still there."""
        kept = self.cibles.for_user(user).order_by().values("pk")
        return self.model.history.removed().filter(cible__in=kept)

    @property
    def cibles(self):
        """Return all the targets, whose model is told below."""
        return self.model._meta.get_field("cible").related_model.objects
