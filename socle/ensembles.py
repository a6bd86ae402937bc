"""Rows of one record that only hold together: what one may be depends on the others."""

from socle.verrou import lock_linked


class DUnEnsemble:
    """A row of the record that its field `ensemble` names, whose rows are judged together.

    What they cannot be is told once, by `refuse`, whoever writes them: a row alone, all those of a
    page, or an act that is undone.
    """

    ensemble = ""
    # Set by whoever judges all the rows itself.
    alone = False

    @staticmethod
    def refuse(rows):
        """Raise ValidationError, on the field to look at, for what `rows`, all of one record, cannot be."""
        raise NotImplementedError

    @classmethod
    def refuse_of(cls, *keys):
        """Raise ValidationError if the rows recorded of one of these records cannot be together."""
        for key in keys:
            cls.refuse(list(cls._default_manager.filter(**{cls.ensemble: key})))

    def refuse_beside_others(self):
        """Raise ValidationError if the row cannot be beside those recorded, which nobody else may write."""
        key = getattr(self, self._meta.get_field(self.ensemble).attname)
        if self.alone or key is None:
            return
        lock_linked(self, self.ensemble)
        others = type(self)._default_manager.filter(**{self.ensemble: key}).exclude(pk=self.pk)
        self.refuse([self, *others])
