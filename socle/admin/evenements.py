"""The versions of a record, told field by field, in French: who changed what, when and why."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import FileField, Max, QuerySet, Value
from django.utils.text import capfirst

from socle.dates import Precision, PrecisionField, in_french
from socle.francais import NO_BREAK_SPACE, at_hour, nombre
from socle.historique import CREATED, REMOVED, Historisee, author, name_of

EMPTY = "vide"


@dataclass
class Chapitre:
    """The versions of one sort of rows in the story of a record: the record itself, or its inlines."""

    versions: QuerySet
    # Name of the fields on the screen, where it is not the one of the model.
    labels: dict = field(default_factory=dict)
    # Fields that say nothing in this story: the link of a row to its record.
    hidden: tuple = ()
    # Values that are names of their own: {field: {value: name}}.
    values: dict = field(default_factory=dict)
    # The chapter of the record itself names it nowhere: the page does.
    own: bool = False

    @property
    def model(self):
        return self.versions.model.instance_type

    def fields(self):
        """Return the fields of a row that an agent writes; a file is never replaced."""
        return [
            f
            for f in self.model._meta.concrete_fields
            if f.editable
            and not f.primary_key
            and not isinstance(f, FileField)
            and f.name not in self.hidden
        ]

    def label(self, row_field):
        return self.labels.get(row_field.name, capfirst(row_field.verbose_name))


@dataclass
class ChampChange:
    """One field that a version changed: its name, and its values as they are stored and as they read."""

    nom: str
    ancien: object
    nouveau: object
    champ: str
    avant: str
    apres: str

    def __str__(self):
        return f"« {self.champ} » : {self.avant} → {self.apres}"


@dataclass
class Evenement:
    """One version of one row, and what it changed in it."""

    rang: int
    model: type
    version: object
    quoi: str
    fiche: str
    changements: list

    @property
    def cle(self):
        return getattr(self.version, self.model._meta.pk.attname)

    @property
    def numero(self):
        return self.version.history_id

    @property
    def auteur(self):
        return author(self.version)

    @property
    def sorte(self):
        return self.model._meta.verbose_name

    @property
    def acte(self):
        """Return what makes several versions one act: the same moment, agent and reason."""
        version, moment = self.version, self.version.history_date
        # A file is read row after row: what it wrote in a minute reads as one act.
        if version.history_user_id is None:
            moment = moment.replace(second=0, microsecond=0)
        return moment, version.history_user_id, version.history_change_reason or ""


@dataclass
class ActeDHistorique:
    """What one agent did at once, for one reason; `importe`, the import that it was, if it was one.

    `annuler` is the address that takes it back, for whoever may.
    """

    evenements: list
    importe: object = None
    annuler: str = ""

    @property
    def quand(self):
        return at_hour(self.evenements[0].version.history_date)

    @property
    def auteur(self):
        return self.evenements[0].auteur

    @property
    def motif(self):
        return self.evenements[0].version.history_change_reason or ""

    @property
    def cle(self):
        """Return what tells the act apart, as the import that it was keeps it."""
        version = self.evenements[0].version
        return version.history_date, version.history_user_id, self.motif


class Annuaire:
    """The records that versions name, read at once: one query, or two, for each sort of record."""

    def __init__(self, chapitres, versions):
        self.known = {}
        keys = {}
        for chapitre, rows in zip(chapitres, versions, strict=True):
            for link in links(chapitre.model):
                named = {getattr(row, link.attname) for row in rows} - {None}
                keys.setdefault(link.related_model, set()).update(named)
        for model, named in keys.items():
            self.read(model, named)

    def read(self, model, keys):
        """Read the records of `model`, those that are no more by their last version."""
        found = model._base_manager.select_related().in_bulk(keys)
        missing = keys - set(found)
        if missing and issubclass(model, Historisee):
            versions = model.history.filter(**{f"{model._meta.pk.attname}__in": missing})
            found |= {v.instance.pk: v.instance for v in versions.order_by("history_id")}
        self.known |= {(model, key): record for key, record in found.items()}

    def attach(self, record):
        """Give `record` the records that it names, so that it can tell its name without a query."""
        for link in links(type(record)):
            named = self.known.get((link.related_model, getattr(record, link.attname)))
            if named is not None:
                setattr(record, link.name, named)
        return record

    def name(self, model, key):
        record = self.known.get((model, key))
        return name_of(self.attach(record)) if record is not None else f"n° {key}, disparu"


def links(model):
    """Return the foreign keys of a model."""
    return [f for f in model._meta.concrete_fields if f.many_to_one or f.one_to_one]


def readable(row_field, value, named=None):
    """Write the value of a field as an agent reads it."""
    if value is None or value == "":
        return EMPTY
    if named is not None:
        return named
    if choices := getattr(row_field, "flatchoices", None):
        return str(dict(choices).get(value, value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal):
        return nombre(value, 2, NO_BREAK_SPACE)
    if isinstance(value, datetime):
        return at_hour(value)
    return in_french(value) if isinstance(value, date) else str(value)


def tell(chapitres):
    """Return the events of a story, the latest first, in a number of queries that does not grow with it."""
    versions = [
        list(c.versions.select_related("history_user").order_by("history_id")) for c in chapitres
    ]
    annuaire = Annuaire(chapitres, versions)
    events = []
    for rang, (chapitre, rows) in enumerate(zip(chapitres, versions, strict=True)):
        before = {}
        for version in rows:
            key = getattr(version, chapitre.model._meta.pk.attname)
            event = tell_version(rang, chapitre, before.get(key), version, annuaire)
            before[key] = version
            # A file read again writes a version that changes nothing: it is no event.
            if event.changements or event.quoi != "modification":
                events.append(event)
    return sorted(events, key=lambda e: (e.version.history_date, -e.rang, e.numero), reverse=True)


def tell_version(rang, chapitre, before, version, annuaire):
    """Tell what `version` changed in the row whose version `before`, if any, came before it."""
    quoi, old, new = "modification", before, version
    if version.history_type == REMOVED:
        quoi, old, new = "suppression", version, None
    elif before is None:
        quoi = "création" if version.history_type == CREATED else "premier état connu"
    elif before.history_type == REMOVED:
        quoi, old = "restauration", None
    fiche = "" if chapitre.own else name_of(annuaire.attach(version.instance))
    changements = differences(chapitre, old, new, annuaire)
    return Evenement(rang, chapitre.model, version, quoi, fiche, changements)


def differences(chapitre, old, new, annuaire):
    """Return the fields that differ between two versions of a row; None: the row did not exist."""

    def written(row_field, version):
        value = getattr(version, row_field.attname) if version is not None else None
        if names := chapitre.values.get(row_field.name):
            value = names.get(value, value)
        linked = row_field.is_relation and value is not None
        named = annuaire.name(row_field.related_model, value) if linked else None
        return value, readable(row_field, value, named)

    changes = []
    for row_field in chapitre.fields():
        (before, avant), (after, apres) = written(row_field, old), written(row_field, new)
        if before != after and avant != apres and not tells_nothing(row_field, old, new):
            champ = chapitre.label(row_field)
            changes.append(ChampChange(row_field.name, before, after, champ, avant, apres))
    return changes


def tells_nothing(row_field, old, new):
    """Tell whether a field, of a row created or removed, is a precision to the day: the usual one."""
    version = old if new is None else new
    usual = getattr(version, row_field.attname) == Precision.JOUR
    return (old is None or new is None) and isinstance(row_field, PrecisionField) and usual


def gather(events):
    """Put together the events of one act: the same moment, agent and reason."""
    actes = []
    for event in events:
        if actes and actes[-1].evenements[0].acte == event.acte:
            actes[-1].evenements.append(event)
        else:
            actes.append(ActeDHistorique([event]))
    return actes


def last_versions(chapitres):
    """Return the number of the last version of each chapter, as `12-0-7`, in one query."""
    lasts = [
        c.versions.order_by().values(chapitre=Value(rang)).annotate(derniere=Max("history_id"))
        for rang, c in enumerate(chapitres)
    ]
    numbers = dict(lasts[0].union(*lasts[1:], all=True).values_list("chapitre", "derniere"))
    return "-".join(str(numbers.get(rang) or 0) for rang in range(len(chapitres)))


def is_number(text):
    """Tell whether a text may be the number of a version: no page sends one of twenty digits."""
    return text.isdecimal() and len(text) < 20


def events_since(chapitres, last):
    """Return the events that came after the versions `last`, or None when `last` says nothing."""
    numbers = last.split("-")
    if len(numbers) != len(chapitres) or not all(map(is_number, numbers)):
        return None
    return [event for event in tell(chapitres) if event.numero > int(numbers[event.rang])]
