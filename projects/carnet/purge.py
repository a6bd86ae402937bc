"""Contacts gone for long enough are removed whole, with what their history says of anybody."""

from django.db.models import Exists, OuterRef, Q

from projects.carnet.models import Contact
from socle.dates import add_months
from socle.historique import sans_historique


class ContactsPartis:
    """The contacts gone on `jour` for more than `annees` years, by the rule of the holders of posts.

    One that was removed is gone since its last day, or since its removal when it had none. Of one
    who is still there, the versions that another has replaced may name who was there before: those
    written more than `annees` years ago go too.
    """

    def __init__(self, annees, jour):
        limit = add_months(jour, -12 * annees)
        gone = Contact.objects.filter(fin__lt=limit).values_list("pk", flat=True)
        removed = Contact.history.removed().filter(
            Q(fin__lt=limit) | Q(fin__isnull=True, history_date__date__lt=limit)
        )
        self.keys = {*gone, *removed.values_list("id", flat=True)}
        later = Contact.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
        replaced = Contact.history.filter(Exists(later), history_date__date__lt=limit)
        versions = Contact.history.filter(id__in=self.keys).values_list("history_id", flat=True)
        self.versions = {*versions, *replaced.values_list("history_id", flat=True)}

    def __bool__(self):
        return bool(self.keys or self.versions)

    def __len__(self):
        return len(self.keys)

    def erase(self):
        """Remove them; nothing of them is left, not even that they were removed."""
        with sans_historique():
            Contact.objects.filter(pk__in=self.keys).delete()
        Contact.history.filter(Q(id__in=self.keys) | Q(history_id__in=self.versions)).delete()
