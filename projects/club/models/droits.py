"""Whose an event of the Club is: all read it, its départements write it; who came is noted by its own too."""

from django.db.models import Exists, OuterRef, Q

from communes.models import Departement, Intercommunalite
from projects.postes.models import Poste
from socle.historique import HistoriseeQuerySet


class EvenementClubQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep all of them for whoever has a département: the Club is one network; none for a stranger."""
        return self.filter(Exists(Departement.objects.for_user(user)))

    def a_ecrire(self, user):
        """Keep the events of the départements of `user`; those of none are the national level's."""
        if user.is_superuser:
            return self.for_user(user)
        return self.filter(pk__in=self.cles_tenues(user))

    def cles_tenues(self, user):
        """Return the keys of the events of the départements of `user`, of all, as a subquery."""
        own = Departement.objects.for_user(user)
        kept = self.model.objects.filter(departements_lies__departement__in=own)
        return kept.order_by().values("pk")

    def removed_for_user(self, user):
        """Return the removals of events that were of a département of `user`."""
        link = self.model._meta.get_field("departements_lies").related_model
        named = link.history.filter(departement__in=Departement.objects.for_user(user))
        return self.model.history.removed().filter(id__in=named.values("evenement"))

    def connus(self, jour):
        """Keep the events known on `jour`: begun by then, or announced by then."""
        return self.filter(Q(debut__lte=jour) | Q(annonce_le__lte=jour))

    def des_departements(self, departements):
        """Keep the events of `departements`, and those of none, which are for all of France."""
        links = self.model._meta.get_field("departements_lies").related_model.objects
        of_event = links.filter(evenement=OuterRef("pk"))
        return self.filter(
            ~Exists(of_event) | Exists(of_event.filter(departement__in=departements))
        )


class DEvenementQuerySet(HistoriseeQuerySet):
    """The rows that name an `evenement`: read and written as it is."""

    @property
    def evenements(self):
        """Return all the events, which the link of the rows leads to."""
        return self.model._meta.get_field("evenement").related_model.objects

    def for_user(self, user):
        """Keep the rows of the events that `user` reads."""
        return self.filter(Exists(Departement.objects.for_user(user)))

    def removed_for_user(self, user):
        """Return the removals of rows of the events that `user` writes, themselves still there."""
        kept = self.evenements.a_ecrire(user).order_by().values("pk")
        return self.model.history.removed().filter(evenement__in=kept)


class ParticipationQuerySet(DEvenementQuerySet):
    def for_user(self, user):
        """Keep what `user` notes: who came of its own, and all who came to an event that it keeps."""
        return self.filter(self.noted_by(user))

    def removed_for_user(self, user):
        """Return the removals of what `user` noted, of events still there."""
        there = self.evenements.order_by().values("pk")
        removals = self.model.history.removed().filter(evenement__in=there)
        return removals.filter(self.noted_by(user))

    def noted_by(self, user):
        """Return the condition that a participation, or a version of one, is for `user` to note."""
        own = Departement.objects.for_user(user)
        return (
            Q(commune__departement__in=own)
            | Q(intercommunalite__in=Intercommunalite.objects.for_user(user).order_by())
            | Q(poste__in=Poste.objects.for_user(user).order_by())
            | Q(evenement__in=self.evenements.a_ecrire(user).order_by().values("pk"))
        )

    def au(self, jour):
        """Keep those of the events begun on `jour` or before."""
        return self.filter(evenement__debut__lte=jour)
