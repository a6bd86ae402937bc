"""What each row of a file would do, then does: one passage, for the preview and for the writing.

The preview writes as the import does, without history, in copies of the tables that nobody else
sees: what a row does is thus judged after the rows above it, and nobody waits. The records that the
rows name are read once for all.
"""

from collections import defaultdict
from contextlib import suppress

from django.db import transaction
from django.db.models import Q

from socle.copie import tables_copiees
from socle.dates import keep_first_days
from socle.fichiers.champs import CelluleRefusee, DateWidget, RecordWidget
from socle.fichiers.cle import bare_key
from socle.fichiers.correspondance import DATE_SITUATION
from socle.fichiers.ecriture import Ecriture
from socle.fichiers.imports import Import
from socle.fichiers.lignes import (
    Apercu,
    CelluleChangee,
    LigneRefusee,
    LigneTraitee,
    Sort,
    refused,
    says,
    shown,
)
from socle.fichiers.provenance import Dires
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.historique import one_act
from socle.sources import Sourcee
from socle.verrou import lock

OUTSIDE = "hors de vos départements"
TEST_CODE = "999999"


class Depasse(Exception):
    """The base changed since the preview: nothing was written; `apercu` is what is true now."""

    def __init__(self, apercu):
        super().__init__()
        self.apercu = apercu


def preview(ressource, table, user, provenance=None):
    """Return the `Apercu` of what `table` would do for `user`; nothing of it stays, and nobody waits."""
    with tables_copiees(*ressource.written_models):
        return Apercu(Passage(ressource, table, user, provenance).lignes())


def write(ressource, table, user, provenance, depot, empreinte):
    """Write the rows that are not refused, all or none of them, as the preview `empreinte` showed.

    Returns what they did, and the `Import` by which it can be taken back, if anything was written.
    Raises `Depasse`, and writes nothing, when they would no longer do what it showed.
    """
    with transaction.atomic():
        if provenance:
            # Others may come to name it: it is no part of this act, and stays when it is undone.
            provenance.source = provenance.source.kept()
        with one_act(depot.raison) as acte:
            apercu = Apercu(Passage(ressource, table, user, provenance, for_good=True).lignes())
            if apercu.empreinte != empreinte:
                raise Depasse(apercu)
        fait = Import.objects.keep(acte, user, ressource.titre, depot.fichier.nom, apercu)
    return apercu, fait


def load(ressource, table):
    """Write all the rows of a file of the project, or none of them; return its `Apercu`.

    Raises `FichierRefuse` with one line for each refused row.
    """
    with transaction.atomic():
        apercu = Apercu(Passage(ressource, table, for_good=True).lignes())
        if refused := apercu.of(Sort.REFUSEE):
            raise FichierRefuse(
                "\n".join(
                    f"{table.nom}, ligne {ligne.numero}, {refus}"
                    for ligne in refused
                    for refus in ligne.refus
                )
            )
    return apercu


class Passage:
    """One reading of the rows of a file, in order; `for_good`, they are saved with their history.

    Without `user`, a command writes everywhere.
    """

    def __init__(self, ressource, table, user=None, provenance=None, for_good=False):
        self.ressource, self.table, self.user = ressource, table, user
        self.provenance, self.for_good = provenance, for_good
        self.model = ressource._meta.model
        self.sourced = issubclass(self.model, Sourcee)
        columns = set(table.colonnes)
        self.fields = [f for f in ressource.get_import_fields() if columns.intersection(f.colonnes)]
        self.keys = [ressource.fields[name] for name in ressource.get_import_id_fields()]
        self.ecriture = Ecriture(ressource, user, for_good)
        self.links = self.ecriture.links
        self.lines_by_record = {}

    def lignes(self):
        self.write_identifiers_as_known()
        rows = [lue.cellules for lue in self.table.lignes]
        self.ressource.load_named(rows, self.user)
        self.ressource.load_sources()
        self.allowed = {
            f.attribute: self.choices(f) for f in self.fields if f.attribute in self.links
        }
        self.load_known(rows)
        self.load_computed()
        lignes = [self.ligne(lue) for lue in self.table.lignes]
        self.ecriture.flush()
        return lignes

    def write_identifiers_as_known(self):
        """Write the identifier of each row as its record does: « ORT_Agde » is « ort-agde », and no other."""
        champ = self.keys[0]
        if self.user is None or champ.attribute in self.links:
            return
        known = self.model.objects.order_by().values_list(champ.attribute, flat=True)
        by_bare = {bare_key(key): key for key in known}
        for lue in self.table.lignes:
            cell = lue.cellules.get(champ.column_name, "")
            key = by_bare.get(bare_key(cell), cell)
            if key != cell:
                lue.cellules[champ.column_name] = key
                lue.reparations.append((champ.column_name, cell, key))

    def choices(self, champ):
        """Return the keys of the records named in a column that the user may choose; None: all."""
        widget = champ.widget
        if self.user is None or not isinstance(widget, RecordWidget):
            return None
        if not hasattr(widget.model.objects, "for_user"):
            return None
        named = widget.model.objects.filter(pk__dans=widget.keys())
        return set(named.for_user(self.user).values_list("pk", flat=True))

    def load_known(self, rows):
        """Read the records that the rows may be about, those of the user among them, and their sources."""
        first = self.keys[0]
        values = {value for row in rows if (value := self.readable(first, row)) is not None}
        if self.for_good and first.attribute in self.links:
            # What hangs on a record is locked after it, here as on a form.
            lock(first.widget.model, *(record.pk for record in values))
        queryset = self.model.objects.filter(
            Q(**{f"{first.attribute}__in": values}) | self.named(rows)
        )
        records = queryset.select_related(*self.links)
        if self.for_good:
            records = records.select_for_update(of=["self"])
        self.by_first = defaultdict(list)
        self.by_key = {}
        for record in records:
            self.by_first[getattr(record, first.attribute)].append(record)
            if self.ressource.cle:
                self.by_key[self.ressource.cle.of(record)] = record
        theirs = queryset.for_user(self.user) if self.user else queryset
        self.theirs = set(theirs.values_list("pk", flat=True))
        self.dires = Dires(self.ressource, self.provenance, records)

    def load_computed(self):
        """Read what our downloads compute of the known records, if the file is one of them, of one day."""
        self.computed = {}
        days = {lue.calculees.get(DATE_SITUATION) for lue in self.table.lignes}
        keys = [record.pk for group in self.by_first.values() for record in group]
        with suppress(ValueError):
            jour = DateWidget().clean(days.pop()) if len(days) == 1 else None
            if jour and keys:
                self.computed = self.ressource.computed_on(keys, jour)

    def named(self, rows):
        """Return the condition that keeps the records whose keys the rows bear."""
        if not self.ressource.cle:
            return Q()
        return self.ressource.cle.named({key for row in rows if (key := self.key_of(row))})

    def key_of(self, row):
        """Return the key of a row, if it bears one."""
        return self.ressource.cle and row.get(self.ressource.cle.colonne)

    def readable(self, champ, row):
        try:
            return champ.clean(row)
        except ValueError:
            return None

    def ligne(self, lue):
        """Return what a row does; it has been saved, unless it is refused or changes nothing."""
        ligne = LigneTraitee(lue)
        try:
            if lue.fautes:
                raise LigneRefusee(lue.fautes)
            self.pass_row(ligne, lue.cellules)
        except LigneRefusee as error:
            ligne.refuse(error.refus)
        return ligne

    def pass_row(self, ligne, row):
        self.refuse_samples(row)
        self.refuse_unknown_sources(row)
        values = self.read(self.ressource.on_first_days(row))
        self.refuse_other_names(ligne.lue, values)
        self.note_led(ligne.lue, values)
        instance, new = self.record_of(row, values)
        self.refuse_twice(ligne, instance, new, values)
        self.refuse_computed(ligne.lue.calculees, instance)
        before = {f.attribute: getattr(instance, f.attribute, None) for f in self.fields}
        for champ in self.fields:
            # An empty cell of an agent says nothing, « (vide) » empties a field; ours says that it is.
            if champ.dit(row) or (self.user is None and champ not in self.keys):
                setattr(instance, champ.attribute, values[champ.attribute])
        self.refuse_missing(instance, row)
        self.refuse_outside(instance, new, before, row)
        exact = self.dires.exact_again(instance, before, row)
        keep_first_days(instance)
        changed = self.changes(instance, new, before)
        if self.user:
            self.dires.refuse_false_sources(instance, changed, row)
        affirmations = self.dires.affirmations(instance, changed, row)
        ligne.fiche = str(instance)
        if not (new or changed or affirmations):
            return
        self.ecriture.check(instance, row, self.by_first[getattr(instance, self.keys[0].attribute)])
        ligne.sort = Sort.NOUVELLE if new else Sort.MODIFIEE
        ligne.changements = [*changed.values(), *exact]
        # A source that says another date than before is no other source.
        ligne.changements += [change for change, _ in affirmations if change.avant != change.apres]
        if self.sourced:
            ligne.remarques = [remarque.texte for remarque in instance.remarques()]
        if new:
            extra = [column for column in self.ressource.extra_columns if row.get(column)]
            ligne.changements += [CelluleChangee(column, "", row[column]) for column in extra]
        self.ecriture.put(ligne, instance, new)
        if self.for_good:
            self.dires.write(instance, affirmations)

    def refuse_samples(self, row):
        if TEST_CODE in (row.get(column) for column in self.ressource.codes):
            column = next(c for c in self.ressource.codes if row.get(c) == TEST_CODE)
            raise refused(column, TEST_CODE, "ligne d'essai du fichier officiel, à retirer")
        sample = self.ressource.exemple
        if sample and all(row.get(column, "") == sample.get(column, "") for column in row):
            raise LigneRefusee([ValueError("ligne d'exemple du modèle, à retirer")])

    def refuse_unknown_sources(self, row):
        for column in self.ressource.dated_sources:
            key = row.get(column)
            if key and key not in self.ressource.sources:
                raise refused(column, key, "source inconnue")

    def read(self, row):
        """Return the value of each field of the row; all the cells that cannot be read are told."""
        values, refus = {}, []
        for champ in self.fields:
            try:
                values[champ.attribute] = champ.clean(row)
            except CelluleRefusee as refusal:
                refus.append(refusal)
        if refus:
            raise LigneRefusee(refus)
        return values

    def refuse_other_names(self, lue, values):
        """Refuse a row that writes beside a code the name of another record."""
        champs = {champ.column_name: champ for champ in self.fields}
        refus = []
        for column, header, name in lue.temoins:
            champ = champs.get(column)
            record = values.get(champ.attribute) if champ else None
            code = lue.cellules.get(column)
            if record is not None and champ.widget.denies(name, code, record):
                refus.append(CelluleRefusee(header, name, f"{column} « {code} » est {record}"))
        if refus:
            raise LigneRefusee(refus)

    def note_led(self, lue, values):
        """Tell, of a cell that leads to another record than that of its own key, to which one.

        It is by its name, or by the code that a commune bore.
        """
        for champ in self.fields:
            cell, record = lue.cellules.get(champ.column_name), values.get(champ.attribute)
            if record is None or not isinstance(champ.widget, RecordWidget):
                continue
            key = champ.widget.key_of(record)
            if key != cell:
                told = key if str(record) == key else f"{key} ({record})"
                lue.reparations.append((champ.column_name, cell, told))

    def record_of(self, row, values):
        """Return the record that the row is about, and whether it is new."""
        found = self.alike(row, values)
        if key := self.key_of(row):
            return self.record_of_key(key, row, values, found), False
        found = self.ressource.closest(found)
        if len(found) > 1:
            raise LigneRefusee([ValueError(f"{len(found)} fiches répondent à cette ligne")])
        return (found[0], False) if found else (self.new_record(row), True)

    def new_record(self, row):
        try:
            return self.ressource.init_instance(row)
        except CelluleRefusee as refusal:
            raise LigneRefusee([refusal]) from None

    def alike(self, row, values):
        """Return the records that what a row says, but for its key, could be about."""
        first, *others = self.keys
        found = self.by_first[values[first.attribute]]
        for champ in others:
            if champ.dit(row) or champ.attribute not in self.ressource.loose_keys:
                found = [r for r in found if getattr(r, champ.attribute) == values[champ.attribute]]
        return found

    def record_of_key(self, key, row, values, alike):
        """Return the record of the key that a row bears; refuse a key set apart from its row."""
        cle, record = self.ressource.cle, self.by_key.get(key)
        if record is None:
            raise refused(cle.colonne, key, "aucune fiche n'a cette clé")
        if record.pk not in self.theirs:
            raise refused(cle.colonne, key, OUTSIDE)
        for champ in self.keys:
            held = getattr(record, champ.attribute)
            if champ.attribute in cle.porteurs and values[champ.attribute] not in (held, None):
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

    def refuse_twice(self, ligne, instance, new, values):
        key = tuple(values.get(c.attribute) for c in self.keys) if new else instance.pk
        line = self.lines_by_record.setdefault(key, ligne.numero)
        if line != ligne.numero:
            raise LigneRefusee([ValueError(f"la ligne {line} parle déjà de la même fiche")])

    def refuse_computed(self, cells, instance):
        """Refuse a cell that our downloads compute and that someone changed: nothing would be written."""
        told = self.computed.get(instance.pk, {})
        refus = [
            CelluleRefusee(column, cells[column], f"cette colonne est calculée : changez {advice}")
            for column, advice in self.ressource.calculees.items()
            if column in told and cells.get(column) and not says(cells[column], told[column])
        ]
        if refus:
            raise LigneRefusee(refus)

    def refuse_missing(self, instance, row):
        """Refuse a row that leaves empty a link that its record must have."""
        missing = [
            CelluleRefusee(champ.column_name, row.get(champ.column_name, ""), "valeur manquante")
            for champ in self.ressource.get_import_fields()
            if champ.attribute in self.links
            and not self.model._meta.get_field(champ.attribute).null
            and getattr(instance, champ.attribute, None) is None
        ]
        if missing:
            raise LigneRefusee(missing)

    def refuse_outside(self, instance, new, before, row):
        """Refuse a record, or a choice, that the user could not make on a form."""
        if not new and instance.pk not in self.theirs:
            first = self.keys[0].column_name
            raise refused(first, row[first], OUTSIDE)
        refus = []
        for champ in self.fields:
            record = getattr(instance, champ.attribute) if champ.attribute in self.links else None
            if record is None or (not new and record == before[champ.attribute]):
                continue
            within = self.user is None or self.ressource.in_reach(
                champ.attribute, record, instance, self.user
            )
            if within is None:
                allowed = self.allowed[champ.attribute]
                within = allowed is None or record.pk in allowed
            if not within:
                column = champ.column_name
                refus.append(CelluleRefusee(column, row.get(column, ""), OUTSIDE))
        if refus:
            raise LigneRefusee(refus)

    def changes(self, instance, new, before):
        """Return what the row changes, by field."""
        changed = {}
        for champ in self.fields:
            name = champ.attribute
            old, after = before[name], getattr(instance, name)
            if old != after and not (new and after in ("", None)):
                written = getattr(champ.widget, "as_written", lambda value: value)
                changed[name] = CelluleChangee(
                    champ.column_name, "" if new else shown(written(old)), shown(written(after))
                )
        return changed
