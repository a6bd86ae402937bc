"""What an act did: the records that it wrote, as they were before it and as it left them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import OuterRef, Subquery, Value

from socle.historique import CHANGED, CREATED, REMOVED, Historisee


@dataclass(frozen=True)
class ActeFait:
    """What someone did at once, by what all its versions bear: their moment, author and reason."""

    moment: datetime
    auteur: int | None
    motif: str

    @classmethod
    def of(cls, version):
        """Return the act by which a version was written."""
        motif = version.history_change_reason or ""
        return cls(version.history_date, version.history_user_id, motif)

    def versions(self, model):
        """Return the versions that the act wrote of the records of `model`."""
        return model.history.filter(
            history_date=self.moment,
            history_user=self.auteur,
            history_change_reason=self.motif or None,
        )


@dataclass(frozen=True)
class FicheTouchee:
    """What an act did to one record, however many times it wrote it.

    `avant` is the version that tells the record as it was, `apres` as the act left it; None where
    it was not there.
    """

    avant: object
    apres: object
    # The last version that the act wrote: what comes after it is the work of others.
    derniere: object
    # What the record was is not known when nobody kept its version.
    avant_connu: bool = True

    @property
    def model(self):
        return self.derniere.instance_type

    @property
    def cle(self):
        return getattr(self.derniere, self.model._meta.pk.attname)

    @property
    def sort(self):
        """Return what became of the record: `CREATED`, `REMOVED`, or `CHANGED`."""
        if self.avant is None:
            return CREATED
        return REMOVED if self.apres is None else CHANGED

    @property
    def changed_fields(self):
        """Return the fields whose value the act changed."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if getattr(self.avant, field.attname) != getattr(self.apres, field.attname)
        ]


@cache
def kept_models():
    """Return the models whose versions are kept, each after those that its rows name."""
    kept = [model for model in apps.get_models() if issubclass(model, Historisee)]

    def rank(model):
        named = {link.related_model for link in model._meta.concrete_fields if link.is_relation}
        return 1 + max(map(rank, named.intersection(kept) - {model}), default=0)

    def speaks_of_any(model):
        return any(isinstance(field, GenericForeignKey) for field in model._meta.private_fields)

    return sorted(kept, key=lambda model: (speaks_of_any(model), rank(model)))


def touched(acte):
    """Return the records that an act wrote, as `FicheTouchee`, those that others name first.

    What it made and took away again is none of them.
    """
    found = [fiche for model in models_of(acte) for fiche in touched_of(model, acte)]
    return [fiche for fiche in found if fiche.avant or fiche.apres]


def models_of(acte):
    """Return the models of which an act wrote a record, in one query."""
    models = kept_models()
    ranks = [
        acte.versions(model).order_by().values(modele=Value(rang))
        for rang, model in enumerate(models)
    ]
    written = ranks[0].union(*ranks[1:]).values_list("modele", flat=True)
    return [models[rang] for rang in sorted(written)]


def touched_of(model, acte):
    """Yield the records of one model that an act wrote, in the order of its last words on each."""
    key = model._meta.pk.attname
    earlier = model.history.filter(
        **{key: OuterRef(key)}, history_id__lt=OuterRef("history_id")
    ).order_by("-history_id")
    versions = acte.versions(model).order_by("history_id")
    written = defaultdict(list)
    for version in versions.annotate(precedente=Subquery(earlier.values("history_id")[:1])):
        written[getattr(version, key)].append(version)
    before = model.history.in_bulk({first.precedente for first, *_ in written.values()} - {None})
    for first, *others in sorted(written.values(), key=lambda group: group[-1].history_id):
        last = others[-1] if others else first
        # A removal tells by itself what it removes.
        avant = first if first.history_type == REMOVED else before.get(first.precedente)
        known = avant is not None or first.history_type == CREATED
        yield FicheTouchee(
            avant=None if first.history_type == CREATED else avant or first,
            apres=None if last.history_type == REMOVED else last,
            derniere=last,
            avant_connu=known,
        )


def by_model(fiches, sort=None):
    """Return the records touched, those of one `sort` or all, by model, in their order."""
    groups = defaultdict(list)
    for fiche in fiches:
        if sort in (None, fiche.sort):
            groups[fiche.model].append(fiche)
    return groups
