"""Nothing is lost: each change of a record keeps the old value, who made it, when and why."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property
from types import SimpleNamespace

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record, pre_create_historical_record

REMOVED = "-"
CREATED = "+"
CHANGED = "~"


@dataclass
class ActeEnCours:
    """What someone does at once: all that it writes bears the same moment and the same reason.

    `derniere` is the last version that it wrote, by which the act is known once it is done.
    """

    motif: str
    derniere: models.Model | None = None

    @cached_property
    def moment(self):
        """Return the moment of its first version: whoever waited for someone else comes after."""
        return timezone.now()


ONGOING = ContextVar("ongoing", default=None)


@contextmanager
def one_act(motif=""):
    """Give every version written inside the same moment and, unless it has its own, the same reason.

    Rows removed by the same act are known by it, and can be brought back together; the whole act
    can be undone (`socle.annulation`).
    """
    acte = ActeEnCours(motif.strip())
    token = ONGOING.set(acte)
    try:
        yield acte
    finally:
        ONGOING.reset(token)


@contextmanager
def signed_by(agent):
    """Sign what the block writes as what is written for a request of `agent`: a command has none.

    None signs as nobody, for what is only tried.
    """
    context = HistoricalRecords.context
    before = getattr(context, "request", None)
    context.request = SimpleNamespace(user=agent)
    try:
        yield
    finally:
        if before is None:
            del context.request
        else:
            context.request = before


@receiver(pre_create_historical_record)
def sign_version(history_instance, **kwargs):
    """Write the ongoing act, if there is one, on a version about to be kept."""
    if acte := ONGOING.get():
        history_instance.history_date = acte.moment
        history_instance.history_change_reason = (
            history_instance.history_change_reason or acte.motif or None
        )


@receiver(post_create_historical_record)
def remember_version(history_instance, **kwargs):
    """Have the ongoing act, if there is one, know what it wrote."""
    if acte := ONGOING.get():
        acte.derniere = history_instance


def author(version):
    """Return the name of the agent who wrote a version."""
    return agent_name(version.history_user)


def agent_name(agent):
    """Return the name of whoever did something; nobody, or an account that is no more, has none."""
    return (agent.get_full_name() or agent.get_username()) if agent else "sans agent"


def name_of(record):
    """Return the name of a record, or its number if what it is named by is gone."""
    try:
        return str(record)
    except (ObjectDoesNotExist, AttributeError, TypeError):
        return f"n° {record.pk}"


class VersionQuerySet(HistoricalQuerySet):
    """The versions of the records of one model: `<Model>.history`."""

    def removed(self):
        """Keep the last version of each record that was removed and not brought back since."""
        key = self.model.instance_type._meta.pk.attname
        later = self.model._default_manager.filter(
            **{key: OuterRef(key)}, history_id__gt=OuterRef("history_id")
        )
        return self.filter(~Exists(later), history_type=REMOVED)

    def naming(self, **link):
        """Keep all the versions of the records of which one version at least is so linked."""
        key = self.model.instance_type._meta.pk.attname
        linked = self.model._default_manager.filter(**link).order_by()
        return self.filter(**{f"{key}__in": linked.values(key)})


class VersionManager(HistoryManager):
    """The versions of the records, whose class is made once and not each time that `history` is read."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class, class_name=None):
        """Return the class of manager that answers with this sort of queryset."""
        return super().from_queryset(queryset_class, class_name)


class HistoireContournee(Exception):
    """Rows of records that keep their versions were about to be written without one."""


BYPASSED = ContextVar("bypassed", default=False)


@contextmanager
def sans_historique():
    """Let `update`, `delete` and the `bulk_*` methods write records and no version of them.

    For what is undone, as the preview of an import, and for the tests that set a scene.
    """
    token = BYPASSED.set(True)
    try:
        yield
    finally:
        BYPASSED.reset(token)


class HistoriseeQuerySet(models.QuerySet):
    """The records of a model whose versions are kept; what writes many rows at once keeps none."""

    def refuse_to_bypass(self, method):
        """Raise `HistoireContournee`, unless `sans_historique` says that no version is wanted."""
        if not BYPASSED.get():
            raise HistoireContournee(
                f"{self.model.__name__} : « {method} » écrirait sans version. Enregistrez chaque "
                "fiche (save), supprimez-les par delete_each, ou dites sans_historique()."
            )

    def update(self, **kwargs):
        self.refuse_to_bypass("update")
        return super().update(**kwargs)

    update.alters_data = True

    def bulk_create(self, *args, **kwargs):
        self.refuse_to_bypass("bulk_create")
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args, **kwargs):
        self.refuse_to_bypass("bulk_update")
        return super().bulk_update(*args, **kwargs)

    bulk_update.alters_data = True

    def delete(self):
        self.refuse_to_bypass("delete")
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def delete_each(self):
        """Remove the rows and what hangs on them, each with the version that tells its removal."""
        return super().delete()

    delete_each.alters_data = True
    delete_each.queryset_only = True


class Historisee(models.Model):
    """A record whose every version is kept, the removed ones included.

    What writes many rows at once is refused: see `HistoriseeQuerySet`, that the QuerySet of every
    such model extends. The reason of a change is set by `because` before it is saved, or by
    `one_act`.
    """

    # The fields of free text that the public reads: see `socle.personnes`.
    textes_publics = ()
    # The mails that the public reads, of services: that of a person is asked about.
    courriels_publics = ()

    objects = HistoriseeQuerySet.as_manager()
    history = HistoricalRecords(
        inherit=True, history_manager=VersionManager, historical_queryset=VersionQuerySet
    )

    class Meta:
        abstract = True
        # What Django writes by itself, when rows are put in a relation, is held likewise.
        base_manager_name = "objects"

    def because(self, reason):
        """Give the reason of the next save or removal, kept with its version; return the record."""
        self._change_reason = reason
        return self


def set_null(collector, field, sub_objs, using):
    """Empty a link to what is removed, as Django's `SET_NULL` does, for rows whose versions are kept.

    The rows are read, and not updated by a query: `tell_unlinked` keeps a version of each.
    """
    collector.add_field_update(field, None, list(sub_objs))


def linked_rows(record):
    """Yield the rows, of models whose versions are kept, that lose their link when `record` goes."""
    for link in record._meta.related_objects:
        if link.on_delete is set_null:
            yield from link.related_model._base_manager.filter(**{link.field.name: record})


def keep_unlinked(model):
    """Have the rows that lose their link to a record of `model`, by `set_null`, keep a version."""
    pre_delete.connect(remember_linked, sender=model)
    post_delete.connect(tell_unlinked, sender=model)


def remember_linked(sender, instance, origin, **kwargs):
    """Note the rows that will lose their link, unless they go too, with what all of them hang on."""
    if getattr(origin, "model", type(origin)) is sender:
        instance.unlinked = list(linked_rows(instance))


def tell_unlinked(sender, instance, **kwargs):
    """Keep a version of the rows that have just lost their link: see `set_null`."""
    for row in getattr(instance, "unlinked", ()):
        row.refresh_from_db()
        row.save()
