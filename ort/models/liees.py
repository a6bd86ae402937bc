"""What hangs on a convention, whatever the row: it is reached through its convention."""

from socle.historique import HistoriseeQuerySet


class LieeQuerySet(HistoriseeQuerySet):
    """The rows that name a `convention`."""

    @property
    def conventions(self):
        """Return all the conventions: they stand above their rows, whose link alone leads there."""
        return self.model._meta.get_field("convention").related_model.objects

    def for_user(self, user):
        """Keep the rows, of communes of whatever département, of the conventions of `user`."""
        return self.filter(convention__in=self.conventions.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of rows of the conventions of `user`, themselves still there."""
        return self.model.history.removed().filter(convention__in=self.conventions.for_user(user))
