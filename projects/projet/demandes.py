"""What an agent may not decide alone of an action is written as a trial, and asked of the DDT that may."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import ValidationError

from ort.models import Convention
from ort.models.propositions import change_of, removal_of, written
from socle.essai import essai
from socle.historique import CREATED, REMOVED

EN_DEMANDE: ContextVar["AProposer | None"] = ContextVar("en_demande", default=None)

SUR_PLUSIEURS = "Une proposition porte sur un plan à la fois : faites-en une par convention."
SUR_UNE_NOUVELLE = (
    "Ce qui est ajouté ne se propose pas avec ce qui existe : enregistrez d'abord, à part, les actions "
    "nouvelles."
)


class AProposer:
    """What would be written of a plan, and what of it another DDT has to accept: nothing, perhaps."""

    def __init__(self):
        self.versions, self.conventions, self.changements = [], set(), []

    def __bool__(self):
        return bool(self.conventions)

    def __repr__(self):
        """Return what a preview shows of it, by which its confirmation knows it again."""
        return f"{self.conventions} {self.changements}"

    def retenir(self):
        """Keep what was written until now as changes, if some of it has to be asked."""
        if len(self.conventions) > 1:
            raise ValidationError(SUR_PLUSIEURS)
        if self:
            self.changements = list(changements(self.versions))

    @property
    def convention(self):
        """Return the convention whose DDT is asked."""
        (key,) = self.conventions
        return Convention.objects.select_related("departement_reference").get(pk=key)

    @property
    def destinataire(self):
        """Return the département whose DDT is asked."""
        return self.convention.departement_reference


@contextmanager
def en_demande():
    """Let the block write also what is for another DDT to decide, then undo all of it.

    The block says when what it wrote is whole: see `AProposer.retenir`.
    """
    demande = AProposer()
    token = EN_DEMANDE.set(demande)
    try:
        with essai():
            yield demande
    finally:
        EN_DEMANDE.reset(token)


def changements(versions):
    """Yield what `versions`, in order, write of records, as a proposal keeps it."""
    groups = {}
    for version in versions:
        record = version.instance
        groups.setdefault((type(record), record.pk), []).append(version)
    gone = {key for key, group in groups.items() if group[-1].history_type == REMOVED}
    made = {key for key, group in groups.items() if group[0].history_type == CREATED} - gone
    for number, (key, group) in enumerate(groups.items()):
        record = group[-1].instance
        if key in made:
            yield from row_made(record, made, str(number))
        elif key not in gone:
            yield from fields_changed(group[0].prev_record.instance, record)
        elif group[0].history_type != CREATED and not goes_with(record, gone):
            yield removal_of(record)


def goes_with(record, gone):
    """Tell whether a row is removed because what it hangs on is."""
    links = [champ for champ in record._meta.concrete_fields if champ.is_relation]
    return any((link.related_model, getattr(record, link.attname)) in gone for link in links)


def fields_changed(before, after):
    """Yield the change of each field of a record that is not what it was."""
    for champ in after._meta.concrete_fields:
        text = written(after, champ)
        if written(before, champ) != text:
            yield change_of(before, champ.name, text)


def row_made(record, made, nouvelle):
    """Yield the fields of a new row; one of a record that is new itself cannot be told."""
    blank = type(record)()
    for champ in record._meta.concrete_fields:
        if champ.primary_key:
            continue
        text = written(record, champ)
        if champ.is_relation and (champ.related_model, getattr(record, champ.attname)) in made:
            raise ValidationError(SUR_UNE_NOUVELLE)
        if written(blank, champ) != text:
            yield change_of(blank, champ.name, text, nouvelle=nouvelle)
