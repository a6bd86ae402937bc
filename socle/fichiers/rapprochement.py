"""Which record each row of a file is about: that of its key, that of its columns, or a new one.

The records that the rows may be about are read once for all; those that the rows make join them.
"""

from collections import defaultdict

from django.db.models import Q

from socle.fichiers.champs import CelluleRefusee, RecordWidget
from socle.fichiers.lignes import LigneRefusee, refused
from socle.identifiants import bare_key
from socle.verrou import lock

OUTSIDE = "hors de vos départements"


class Rapprochement:
    """The records of a Resource that the rows of a file may be about; `for_good`, they are locked."""

    def __init__(self, ressource, links, user, for_good):
        self.ressource, self.links = ressource, links
        self.user, self.for_good = user, for_good
        self.model = ressource._meta.model
        self.keys = [ressource.fields[name] for name in ressource.get_import_id_fields()]
        # What tells a record is named by each row, but for what the application names itself.
        self.identifier = None if self.keys[0].attribute in links else self.keys[0]
        self.taken = {}
        self.whole = set()
        self.lines_by_record = {}

    def write_identifiers_as_known(self, lues):
        """Write each identifier as its record does, or the row above: « ORT_Agde » is « ort-agde »."""
        if self.user is None or self.identifier is None:
            return
        column = self.identifier.column_name
        known = self.model.objects.order_by().values_list(self.identifier.attribute, flat=True)
        self.taken = {bare_key(key): key for key in known}
        for lue in lues:
            cell = lue.cellules.get(column, "")
            key = self.taken.setdefault(bare_key(cell), cell) if cell else cell
            if key != cell:
                lue.cellules[column] = key
                lue.reconnus.append((column, cell, key))

    def load(self, rows):
        """Read the records that the rows may be about, and which of them are of the user."""
        first = self.keys[0]
        values = {value for row in rows if (value := readable(first, row)) is not None}
        # What all the records that hang on it are read of.
        self.whole = values if first.attribute in self.links else set()
        if self.for_good and first.attribute in self.links:
            # What hangs on a record is locked after it, here as on a form.
            lock(first.widget.model, *(record.pk for record in values))
        keys = sorted({getattr(value, "pk", value) for value in values})
        wanted = Q(**{f"{first.attribute}__dans": keys}) | self.named(rows)
        unnamed = [row for row in rows if self.unnamed(row)]
        # Where a record hangs on one of several sorts of others, its row leaves the first empty.
        if unnamed or (first.attribute in self.links and not all(first.dit(row) for row in rows)):
            wanted |= self.ressource.resembling(unnamed or rows)
        queryset = self.model.objects.filter(wanted)
        self.records = queryset.select_related(*self.links, *self.ressource.nommee_par)
        if self.for_good:
            self.records = self.records.select_for_update(of=["self"])
        self.by_first = defaultdict(list)
        self.by_key = {}
        for record in self.records:
            self.by_first[getattr(record, first.attribute)].append(record)
            if self.ressource.cle:
                self.by_key[self.ressource.cle.of(record)] = record
        self.ressource.load_kin(self.records if unnamed else ())
        theirs = self.ressource.writable(queryset, self.user) if self.user else queryset
        self.theirs = set(theirs.values_list("pk", flat=True))
        # Those that the user reads, and that our downloads gave along with its own.
        self.lues = self.theirs
        others = {record.pk for record in self.records} - self.theirs
        if others and hasattr(queryset, "for_user"):
            read = queryset.for_user(self.user).values_list("pk", flat=True)
            self.lues = self.theirs.union(read)

    def named(self, rows):
        """Return the condition that keeps the records whose keys the rows bear."""
        if not self.ressource.cle:
            return Q()
        return self.ressource.cle.named({key for row in rows if (key := self.key_of(row))})

    def key_of(self, row):
        """Return the key of a row, if it bears one."""
        return self.ressource.cle and row.get(self.ressource.cle.colonne)

    def unnamed(self, row):
        """Tell whether an agent leaves the application to know, or to name, the record of a row."""
        return bool(
            self.user
            and self.identifier
            and self.ressource.a_defaut
            and not row.get(self.identifier.column_name)
        )

    def kin_of(self, instance):
        """Return the known records that have the same first key: those that hang on the same one."""
        return self.by_first[getattr(instance, self.keys[0].attribute)]

    def others_of(self, instance):
        """Return the other rows that a row of an `ensemble` is judged with; None if not all were read."""
        first = self.keys[0].attribute
        if first != instance.ensemble or getattr(instance, first) not in self.whole:
            return None
        return [row for row in self.kin_of(instance) if row is not instance]

    def record_of(self, lue, values):
        """Return the record that a row is about, and whether it is new."""
        row = lue.cellules
        found = self.alike(row, values)
        if key := self.key_of(row):
            return self.record_of_key(key, row, values, found), False
        try:
            if self.unnamed(row):
                found = self.recognised(lue, values)
            else:
                found = self.ressource.closest(found, values)
            if len(found) > 1:
                raise LigneRefusee([ValueError(f"{len(found)} fiches répondent à cette ligne")])
            if found:
                return found[0], False
            return self.ressource.init_instance(row), True
        except CelluleRefusee as refusal:
            raise LigneRefusee([refusal]) from None

    def recognised(self, lue, values):
        """Return, alone in a list, the record that a row without identifier speaks of, or name a new one."""
        known = [record for records in self.by_first.values() for record in records]
        record = self.ressource.recognised(values, lue.cellules, known)
        if record is not None:
            key = getattr(record, self.identifier.attribute)
            values[self.identifier.attribute] = lue.cellules[self.identifier.column_name] = key
            lue.reconnus.append((self.identifier.column_name, "", f"{key} ({record})"))
            return [record]
        for attribute, text in self.ressource.names_of_new(
            values, lue.cellules, self.taken
        ).items():
            values[attribute] = text
            lue.cellules[self.ressource.fields[attribute].column_name] = text
        return []

    def alike(self, row, values):
        """Return the records that what a row says, but for its key, could be about."""
        first, *others = self.keys
        # A file without the column of a key that it may leave out says nothing of it.
        found = self.by_first[values.get(first.attribute)]
        for champ in others:
            if champ.dit(row) or champ.attribute not in self.ressource.loose_keys:
                found = [r for r in found if getattr(r, champ.attribute) == values[champ.attribute]]
        return found

    def record_of_key(self, key, row, values, alike):
        """Return the record of the key that a row bears; refuse a key set apart from its row."""
        cle, record = self.ressource.cle, self.by_key.get(key)
        if record is None:
            raise refused(cle.colonne, key, "aucune fiche n'a cette clé")
        if record.pk not in self.lues:
            raise refused(cle.colonne, key, OUTSIDE)
        leave_to_its_own(self.keys, values, record, row)
        for champ in self.keys:
            held = getattr(record, champ.attribute)
            if champ.attribute in cle.porteurs and values.get(champ.attribute) not in (held, None):
                column, theirs = champ.column_name, champ.widget.render(held)
                raise refused(
                    cle.colonne,
                    key,
                    f"cette clé est celle d'une ligne de « {theirs} » ({column}), et cette ligne est "
                    f"de « {row[column]} »",
                )
        if alike and record not in alike and all(champ.dit(row) for champ in self.keys):
            raise refused(
                cle.colonne,
                key,
                f"cette ligne dit ce que dit la fiche « {cle.of(alike[0])} » : remettez à chacune sa "
                "clé, ou corrigez d'abord l'autre",
            )
        return record

    def line_of(self, ligne, instance, new, values):
        """Return the row above that speaks of the same record, or None; from now on, this one does."""
        key = tuple(values.get(c.attribute) for c in self.keys) if new else id(instance)
        line = self.lines_by_record.setdefault(key, ligne.numero)
        return None if line == ligne.numero else line

    def know(self, instance):
        """Let the rows below be judged beside a record that a row has made."""
        self.kin_of(instance).append(instance)

    def remember(self, ligne, instance):
        """Let the rows below be about a record that a row has made."""
        self.know(instance)
        self.lines_by_record[id(instance)] = ligne.numero
        if self.identifier:
            key = getattr(instance, self.identifier.attribute)
            self.taken[bare_key(key)] = key


def leave_to_its_own(champs, values, record, row):
    """Have a row name what its record does where it bears the same code: one that was followed since."""
    for champ in champs:
        held, cell = getattr(record, champ.attribute, None), row.get(champ.column_name)
        if isinstance(champ.widget, RecordWidget) and held and champ.widget.key_of(held) == cell:
            values[champ.attribute] = held


def told_outside(record):
    """Say that a record is out of reach, and whom to ask for it if it tells."""
    whom = getattr(record, "a_qui_demander", "")
    return f"{OUTSIDE} : {whom}" if whom else OUTSIDE


def readable(champ, row):
    """Return the value that a cell gives to its field, None if it cannot be read."""
    try:
        return champ.clean(row)
    except ValueError:
        return None
