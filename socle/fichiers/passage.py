"""What each row of a file does, tried or for good: the records are written in the order of the rows."""

from contextlib import contextmanager, nullcontext, suppress
from functools import cached_property

from django.db import transaction

from socle.dates import keep_first_days
from socle.ensembles import DUnEnsemble
from socle.fichiers.champs import CelluleRefusee, DateWidget, RecordWidget
from socle.fichiers.correspondance import DATE_SITUATION
from socle.fichiers.ecriture import Ecriture
from socle.fichiers.epargne import keep_what_agents_wrote, refuse_removed
from socle.fichiers.lignes import (
    CelluleChangee,
    LigneRefusee,
    Sort,
    as_read,
    passed,
    refused,
    says,
    shown,
)
from socle.fichiers.provenance import Dires
from socle.fichiers.rapprochement import (
    OUTSIDE,
    Rapprochement,
    leave_to_its_own,
    told_outside,
)
from socle.memoire import une_lecture
from socle.personnes import TOLD, Noms, quoted, texts_naming_someone
from socle.sources import Sourcee

TEST_CODE = "999999"


class Passage:
    """One reading of the rows of a file, in order; `for_good`, they are saved with their history.

    Without `user`, a command writes everywhere; with `epargne`, but where agents have written.
    """

    def __init__(
        self,
        ressource,
        table,
        user=None,
        provenance=None,
        for_good=False,
        repeated=False,
        epargne=False,
    ):
        self.ressource, self.table, self.user = ressource, table, user
        self.provenance, self.for_good, self.repeated = provenance, for_good, repeated
        self.epargne = epargne
        self.model = ressource._meta.model
        self.vide_efface = user is None and ressource.vide_efface
        self.sourced = issubclass(self.model, Sourcee)
        columns = {*table.colonnes, *(ressource.composees if user else ())}
        self.fields = [f for f in ressource.get_import_fields() if columns.intersection(f.colonnes)]
        self.ecriture = Ecriture(ressource, user, for_good)
        self.links = self.ecriture.links
        self.rapprochement = Rapprochement(ressource, self.links, user, for_good)

    def lignes(self):
        self.rapprochement.write_identifiers_as_known(self.table.lignes)
        rows = [lue.cellules for lue in self.table.lignes]
        self.ressource.load_named(rows, self.user)
        self.ressource.load_sources()
        self.allowed = {
            f.attribute: self.choices(f) for f in self.fields if f.attribute in self.links
        }
        self.rapprochement.load(rows)
        self.dires = Dires(self.ressource, self.provenance, self.rapprochement.records)
        self.load_computed()
        # A command is no request: what every row asks is read once all the same.
        with une_lecture():
            suivies = self.ressource.suivies(self.table.lignes)
            lignes = [passed(lue, self.pass_row) for lue in suivies]
        self.ecriture.flush()
        if self.user and not self.for_good:
            self.ressource.warn(lignes)
        return lignes

    def choices(self, champ):
        """Return the keys of the records named in a column that the user may choose; None: all."""
        widget = champ.widget
        if self.user is None or not isinstance(widget, RecordWidget):
            return None
        if not hasattr(widget.model.objects, "for_user"):
            return None
        named = widget.model.objects.filter(pk__dans=widget.keys())
        return set(named.for_user(self.user).values_list("pk", flat=True))

    def load_computed(self):
        """Read what our downloads compute of the known records, if the file is one of them, of one day."""
        self.computed = {}
        days = {lue.calculees.get(DATE_SITUATION) for lue in self.table.lignes}
        keys = [record.pk for record in self.rapprochement.records]
        with suppress(ValueError):
            jour = DateWidget().clean(days.pop()) if len(days) == 1 else None
            if jour and keys:
                self.computed = self.ressource.computed_on(keys, jour)

    def pass_row(self, ligne):
        """Do what a row says: its record has been saved, unless it is refused or changes nothing."""
        lue, row = ligne.lue, ligne.lue.cellules
        self.refuse_samples(row)
        self.refuse_unknown_sources(row)
        values = self.read(self.ressource.on_first_days(row))
        self.refuse_other_names(lue, values)
        instance, new = self.rapprochement.record_of(lue, values)
        if not new:
            leave_to_its_own(self.fields, values, instance, row)
        self.note_led(lue, values)
        ligne.objet = instance
        above = self.rapprochement.line_of(ligne, instance, new, values)
        if above and self.repeated and not new:
            self.refuse_otherwise(above, instance, values, row)
        elif above:
            raise LigneRefusee([ValueError(f"la ligne {above} parle déjà de la même fiche")])
        else:
            self.refuse_computed(lue.calculees, instance)
            self.put(ligne, instance, new, values)
        ligne.fiche = str(instance)

    def put(self, ligne, instance, new, values):
        """Give the record of a row its values, refuse what it cannot be, and save it if it changes."""
        before = {f.attribute: getattr(instance, f.attribute, None) for f in self.fields}
        with as_it_was(instance, before):
            self.give(ligne, instance, new, values, before)

    def give(self, ligne, instance, new, values, before):
        row = ligne.lue.cellules
        for champ in self.fields:
            # An empty cell of an agent says nothing, « (vide) » empties a field; ours says that it is.
            said = champ.dit(row) or (self.vide_efface and champ not in self.rapprochement.keys)
            # What says the same stays as it is kept, to its last invisible character.
            if said and (new or not alike(before[champ.attribute], values[champ.attribute])):
                setattr(instance, champ.attribute, values[champ.attribute])
        self.refuse_missing(instance, row)
        self.refuse_outside(instance, new, before, row)
        if new and self.user:
            self.refuse_twin(instance, values)
        exact = self.dires.exact_again(instance, before, row)
        keep_first_days(instance)
        changed = self.changes(instance, new, before)
        if self.epargne:
            self.leave_to_agents(ligne, instance, new, before, changed, values)
        elif not new:
            changed |= self.lists_changed(instance, row)
        if self.user:
            self.refuse_changes(instance, new, changed)
            self.dires.refuse_false_sources(instance, changed, row)
        affirmations = self.dires.affirmations(instance, changed, row)
        if self.epargne:
            # A source of ours does not speak against what an agent has written.
            affirmations = [said for said in affirmations if says_what_is_held(instance, said)]
        if not (new or changed or affirmations):
            return
        if not new and instance.pk not in self.rapprochement.theirs:
            self.refuse_of_others(row)
        before_it = self.ressource.precedents(instance) if new else []
        with transaction.atomic() if before_it else nullcontext():
            for record in before_it:
                self.ecriture.keep(record, True)
            self.write(ligne, instance, new, changed, exact, affirmations, before_it)
            if self.for_good:
                for record in before_it:
                    self.dires.write(record, of_precision(affirmations, record))
        for record in before_it:
            self.rapprochement.know(record)
        ligne.remarques += [self.ressource.told_before(record) for record in before_it]

    def write(self, ligne, instance, new, changed, exact, affirmations, before_it=()):
        """Save the record of a row that is new or changes, and have the row tell it."""
        row = ligne.lue.cellules
        if isinstance(instance, DUnEnsemble):
            read = self.rapprochement.others_of(instance)
            instance.others = None if read is None else [*read, *before_it]
        self.ecriture.check(instance, row, self.rapprochement.kin_of(instance))
        ligne.sort = Sort.NOUVELLE if new else Sort.MODIFIEE
        ligne.changements = [*changed.values(), *exact]
        # A source that says another date than before is no other source.
        ligne.changements += [change for change, _ in affirmations if change.avant != change.apres]
        if self.sourced:
            ligne.remarques = [remarque.texte for remarque in instance.remarques()]
            ligne.remarques += self.dires.doubts(instance, affirmations)
        if self.user and not self.for_good:
            ligne.remarques += self.people_named(instance, changed)
        if new:
            extra = [column for column in self.ressource.extra_columns if row.get(column)]
            ligne.changements += [CelluleChangee(column, "", row[column]) for column in extra]
        self.ecriture.put(ligne, instance, new)
        if self.for_good:
            self.dires.write(instance, affirmations)
        if new:
            self.rapprochement.remember(ligne, instance)

    def people_named(self, instance, changed):
        """Return what is to be looked at again of the public texts that a row changes."""
        texts = getattr(self.model, "textes_publics", ())
        written = {name: getattr(instance, name) for name in texts if name in changed}
        found = texts_naming_someone(written, self.noms) if any(written.values()) else {}
        return [quoted(TOLD, passages) for passages in found.values()]

    @cached_property
    def noms(self):
        """Return the names of people, read once for all the rows."""
        return Noms()

    def refuse_otherwise(self, above, instance, values, row):
        """Refuse a row that says of a record another thing than the row above."""
        refus = []
        for champ in self.fields:
            held = getattr(instance, champ.attribute)
            if champ.dit(row) and not alike(values[champ.attribute], held):
                written = getattr(champ.widget, "as_written", lambda value: value)
                told = f"la ligne {above} dit « {shown(written(held))} » de la même fiche"
                refus.append(CelluleRefusee(champ.column_name, row[champ.column_name], told))
        if refus:
            raise LigneRefusee(refus)

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
                lue.reconnus.append((champ.column_name, cell, told))

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

    def refuse_of_others(self, row):
        first = self.rapprochement.keys[0].column_name
        raise refused(first, row[first], OUTSIDE)

    def refuse_outside(self, instance, new, before, row):
        """Refuse a record, or a choice, that the user could not make on a form."""
        if not new and instance.pk not in self.rapprochement.lues:
            self.refuse_of_others(row)
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
                refus.append(CelluleRefusee(column, row.get(column, ""), told_outside(record)))
        if refus:
            raise LigneRefusee(refus)

    def leave_to_agents(self, ligne, instance, new, before, changed, values):
        """Leave what agents have written, and tell it; what they have removed stays so."""
        if new:
            refuse_removed(self.model, self.rapprochement.keys, values)
        else:
            ligne.gardes = keep_what_agents_wrote(instance, before, changed)

    def refuse_changes(self, instance, new, changed):
        """Refuse what the user could not change on a form of a known record."""
        if changed and not new:
            with as_refused_row():
                self.ressource.refuse_changes(instance, changed, self.user)

    def lists_changed(self, instance, row):
        with as_refused_row():
            return self.ressource.lists_changed(instance, row)

    def refuse_twin(self, instance, values):
        with as_refused_row():
            self.ressource.refuse_twin(values, self.rapprochement.kin_of(instance))

    def changes(self, instance, new, before):
        """Return what the row changes, by field."""
        changed = {}
        for champ in self.fields:
            name = champ.attribute
            old, after = before[name], getattr(instance, name)
            if not alike(old, after) and not (new and after in ("", None)):
                written = getattr(champ.widget, "as_written", lambda value: value)
                changed[name] = CelluleChangee(
                    champ.column_name, "" if new else shown(written(old)), shown(written(after))
                )
        return changed


@contextmanager
def as_it_was(record, before):
    """Leave a record as it was if its row is refused inside: the rows below are judged beside it."""
    try:
        yield
    except LigneRefusee:
        for name, value in before.items():
            setattr(record, name, value)
        raise


def alike(one, other):
    """Tell whether two values say the same: a text kept as a browser sent it is that of its file.

    A word cut by a soft hyphen, as one pasted from a document, is read without it.
    """
    if isinstance(one, str) and isinstance(other, str):
        return as_read(one) == as_read(other)
    return one == other


def of_precision(affirmations, record):
    """Return what a row has its sources say, said of another record as exactly as it is known."""
    return [(change, said | {"precision": record.precision}) for change, said in affirmations]


def says_what_is_held(instance, affirmation):
    """Tell whether an affirmation about to be written says what its record holds."""
    _, said = affirmation
    held = getattr(instance, said["champ"])
    return held is not None and says(said["valeur_brute"], held)


@contextmanager
def as_refused_row():
    """Refuse the row of a cell that is refused inside."""
    try:
        yield
    except CelluleRefusee as refusal:
        raise LigneRefusee([refusal]) from None
