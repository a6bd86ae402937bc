"""Rows of one record that only hold together: what one may be depends on the others."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from socle.verrou import lock_linked


def says_anew(record, *fields):
    """Tell whether a record says in one of `fields` what the base does not hold.

    What was recorded before its rule keeps nobody from correcting the rest: a rule asks it last. Of a
    record that the base holds already as it is put back, what was given back is said anew.
    """
    given_back = getattr(record, "champs_remis", None)
    if given_back is not None:
        return not given_back.isdisjoint(fields)
    names = (record._meta.get_field(name).attname for name in fields)
    held = type(record)._base_manager.filter(pk=record.pk, **{n: getattr(record, n) for n in names})
    return record.pk is None or not held.exists()


def refuse_to_come(record, sentence, *fields):
    """Refuse, in this sentence, a day after today that a record says anew in one of `fields`."""
    today = timezone.localdate()
    days = {name: getattr(record, name) for name in fields}
    coming = [name for name, jour in days.items() if jour and jour > today]
    if refused := {name: sentence for name in coming if says_anew(record, name)}:
        raise ValidationError(refused)


class DUnEnsemble:
    """A row of the record that its field `ensemble` names, whose rows are judged together.

    What they cannot be is told once, by `refuse`, whoever writes them: a row alone, all those of a
    page, or an act that is undone.
    """

    ensemble = ""
    # Set by whoever judges all the rows itself.
    alone = False
    # The other rows of its record, given by whoever holds it and has read them; else they are read.
    others = None

    @staticmethod
    def refuse(rows):
        """Raise ValidationError, on the field to look at, for what `rows`, all of one record, cannot be."""
        raise NotImplementedError

    @classmethod
    def refusal(cls, rows):
        """Return the ValidationError by which these rows cannot be together, or None."""
        try:
            cls.refuse(rows)
        except ValidationError as refused:
            return refused
        return None

    @classmethod
    def recorded(cls, key):
        """Return the rows that the base holds of the record of this key, as a list."""
        return list(cls._default_manager.filter(**{cls.ensemble: key}))

    @classmethod
    def refusal_anew(cls, rows, key):
        """Return it, unless those recorded of the record of this key are refused in the same words."""
        refused = cls.refusal(rows)
        before = refused and key is not None and cls.refusal(cls.recorded(key))
        return None if before and before.messages == refused.messages else refused

    def refuse_beside_others(self):
        """Raise ValidationError if the row cannot be beside those recorded, which nobody else may write."""
        key = getattr(self, self._meta.get_field(self.ensemble).attname)
        if self.alone or key is None:
            return
        others = self.others
        if others is None:
            lock_linked(self, self.ensemble)
            others = type(self)._default_manager.filter(**{self.ensemble: key}).exclude(pk=self.pk)
        if refused := self.refusal_anew([self, *others], key):
            raise refused
