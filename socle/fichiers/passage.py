"""What each row of a file would do, then does: one passage, for the preview and for the writing.

The preview writes as the import does, without history, and takes everything back: what a row does
is thus judged after the rows above it. The records that the rows name are read once for all.
"""

from collections import defaultdict

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, transaction

from socle.contraintes import sentence
from socle.dates import Precision, keep_first_days
from socle.essai import essai
from socle.fichiers.champs import CelluleRefusee, RecordWidget
from socle.fichiers.imports import Import
from socle.fichiers.lignes import (
    Apercu,
    CelluleChangee,
    LigneRefusee,
    LigneTraitee,
    Sort,
    located_cell,
    refused,
    shown,
)
from socle.historique import one_act, sans_historique
from socle.sources import Affirmation, Sourcee, affirm, record_type, written_day
from socle.verrou import lock

OUTSIDE = "hors de vos départements"
TEST_CODE = "999999"


class Depasse(Exception):
    """The base changed since the preview: nothing was written; `apercu` is what is true now."""

    def __init__(self, apercu):
        super().__init__()
        self.apercu = apercu


def preview(ressource, table, user, source=None):
    """Return the `Apercu` of what `table` would do for `user`; nothing of it stays."""
    with essai():
        return Apercu(Passage(ressource, table, user, source).lignes())


def write(ressource, table, user, source, depot, empreinte):
    """Write the rows that are not refused, all or none of them, as the preview `empreinte` showed.

    Returns what they did, and the `Import` by which it can be taken back, if anything was written.
    Raises `Depasse`, and writes nothing, when they would no longer do what it showed.
    """
    with transaction.atomic(), one_act(depot.raison) as acte:
        apercu = Apercu(Passage(ressource, table, user, source, for_good=True).lignes())
        if apercu.empreinte != empreinte:
            raise Depasse(apercu)
        fait = Import.objects.keep(acte, user, ressource.titre, depot.fichier.nom, apercu)
    return apercu, fait


class Passage:
    """One reading of the rows of a file, in order; `for_good`, they are saved with their history."""

    def __init__(self, ressource, table, user, source=None, for_good=False):
        self.ressource, self.table, self.user = ressource, table, user
        self.source, self.for_good = source, for_good
        self.model = ressource._meta.model
        self.sourced = issubclass(self.model, Sourcee)
        self.fields = [f for f in ressource.get_import_fields() if f.column_name in table.colonnes]
        self.keys = [ressource.fields[name] for name in ressource.get_import_id_fields()]
        self.links = {f.name for f in self.model._meta.fields if f.is_relation}
        self.lines_by_record = {}
        self.met, self.waiting = set(), []

    def lignes(self):
        rows = [lue.cellules for lue in self.table.lignes]
        self.ressource.load_named(rows)
        self.ressource.load_sources()
        self.allowed = {
            f.attribute: self.choices(f) for f in self.fields if f.attribute in self.links
        }
        self.load_known(rows)
        lignes = [self.ligne(lue) for lue in self.table.lignes]
        self.flush()
        return lignes

    def choices(self, champ):
        """Return the keys of the records named in a column that the user may choose; None: all."""
        widget = champ.widget
        if not isinstance(widget, RecordWidget) or not hasattr(widget.model.objects, "for_user"):
            return None
        keys = [record.pk for record in widget.known.values()]
        named = widget.model.objects.filter(pk__dans=keys)
        return set(named.for_user(self.user).values_list("pk", flat=True))

    def load_known(self, rows):
        """Read the records that the rows may be about, those of the user among them, and their sources."""
        first = self.keys[0]
        values = {value for row in rows if (value := self.readable(first, row)) is not None}
        if self.for_good and first.attribute in self.links:
            # What hangs on a record is locked after it, here as on a form.
            lock(first.widget.model, *(record.pk for record in values))
        queryset = self.model.objects.filter(**{f"{first.attribute}__in": values})
        records = queryset.select_related(*self.links)
        if self.for_good:
            records = records.select_for_update(of=["self"])
        self.by_first = defaultdict(list)
        for record in records:
            self.by_first[getattr(record, first.attribute)].append(record)
        self.theirs = set(queryset.for_user(self.user).values_list("pk", flat=True))
        self.said = defaultdict(list)
        if self.sourced:
            keys = [str(r.pk) for group in self.by_first.values() for r in group]
            of_model = Affirmation.objects.filter(content_type=record_type(self.model))
            for said in of_model.filter(object_id__dans=keys).select_related("source"):
                self.said[said.object_id, said.champ].append(said)

    def readable(self, champ, row):
        try:
            return champ.clean(row)
        except ValueError:
            return None

    def ligne(self, lue):
        """Return what a row does; it has been saved, unless it is refused or changes nothing."""
        ligne = LigneTraitee(lue)
        try:
            self.pass_row(ligne, lue.cellules)
        except LigneRefusee as error:
            ligne.refuse(error.refus)
        return ligne

    def pass_row(self, ligne, row):
        self.refuse_samples(row)
        self.refuse_unknown_sources(row)
        values = self.read(self.ressource.on_first_days(row))
        instance, new = self.record_of(row, values)
        self.refuse_twice(ligne, instance, new, values)
        before = {f.attribute: getattr(instance, f.attribute, None) for f in self.fields}
        for champ in self.fields:
            if new or row[champ.column_name] or champ not in self.keys:
                setattr(instance, champ.attribute, values[champ.attribute])
        self.refuse_missing(instance, row)
        self.refuse_outside(instance, new, before, row)
        exact = self.exact_again(instance, before)
        keep_first_days(instance)
        changed = self.changes(instance, new, before)
        affirmations = self.affirmations(instance, changed, row)
        ligne.fiche = str(instance)
        if not (new or changed or affirmations):
            return
        self.check(instance, row)
        ligne.sort = Sort.NOUVELLE if new else Sort.MODIFIEE
        ligne.changements = [*changed.values(), *exact]
        ligne.changements += [change for change, _ in affirmations]
        if self.sourced:
            ligne.remarques = [remarque.texte for remarque in instance.remarques()]
        if new:
            extra = [column for column in self.ressource.extra_columns if row.get(column)]
            ligne.changements += [CelluleChangee(column, "", row[column]) for column in extra]
        if self.for_good or self.ressource.extra_columns:
            self.save(instance, new, row)
            self.affirm(instance, affirmations)
        else:
            self.waiting.append((ligne, instance, new))

    def affirm(self, instance, affirmations):
        """Write what the row makes its sources say; a date of which none spoke yet costs no reading."""
        for _, said in affirmations if self.for_good else ():
            if self.said[str(instance.pk), said["champ"]]:
                affirm(instance, **said)
            else:
                valeur = written_day(said["valeur_brute"], said["precision"])
                Affirmation.objects.create(fiche=instance, valeur=valeur, **said)

    def refuse_samples(self, row):
        if TEST_CODE in (row.get(column) for column in self.ressource.codes):
            column = next(c for c in self.ressource.codes if row.get(c) == TEST_CODE)
            raise refused(column, TEST_CODE, "ligne d'essai du fichier officiel, à retirer")
        sample = self.ressource.exemple
        if sample and all(row.get(column, "") == sample.get(column, "") for column in row):
            raise LigneRefusee([ValueError("ligne d'exemple du modèle, à retirer")])

    def refuse_unknown_sources(self, row):
        try:
            self.ressource.before_import_row(row)
        except CelluleRefusee as refusal:
            raise LigneRefusee([refusal]) from None

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

    def record_of(self, row, values):
        """Return the record that the row is about, and whether it is new."""
        first, *others = self.keys
        found = self.by_first[values[first.attribute]]
        for champ in others:
            if row.get(champ.column_name) or champ.attribute not in self.ressource.loose_keys:
                found = [r for r in found if getattr(r, champ.attribute) == values[champ.attribute]]
        found = self.ressource.closest(found)
        if len(found) > 1:
            raise LigneRefusee([ValueError(f"{len(found)} fiches répondent à cette ligne")])
        return (found[0], False) if found else (self.model(), True)

    def refuse_twice(self, ligne, instance, new, values):
        key = tuple(values.get(c.attribute) for c in self.keys) if new else instance.pk
        line = self.lines_by_record.setdefault(key, ligne.numero)
        if line != ligne.numero:
            raise LigneRefusee([ValueError(f"la ligne {line} parle déjà de la même fiche")])

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
            within = self.ressource.in_reach(champ.attribute, record, instance, self.user)
            if within is None:
                allowed = self.allowed[champ.attribute]
                within = allowed is None or record.pk in allowed
            if not within:
                column = champ.column_name
                refus.append(CelluleRefusee(column, row[column], OUTSIDE))
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

    def exact_again(self, instance, before):
        """Make exact to the day a date that the row changes without a word of its precision."""
        changements = []
        for champ, _, precision_column in self.ressource.dated_sources.values():
            attribute = self.attribute_of(precision_column)
            if precision_column in self.table.colonnes or not attribute:
                continue
            old = getattr(instance, attribute)
            if getattr(instance, champ) != before.get(champ, getattr(instance, champ)):
                setattr(instance, attribute, Precision.JOUR)
                if old != Precision.JOUR:
                    changements.append(
                        CelluleChangee(precision_column, shown(old), shown(Precision.JOUR))
                    )
        return changements

    def attribute_of(self, column):
        fields = self.ressource.get_import_fields()
        return next((f.attribute for f in fields if f.column_name == column), None)

    def affirmations(self, instance, changed, row):
        """Return the affirmations that the row adds, each as the change to show and the values to write.

        A column of sources vouches for its date whatever the row changes; without such a column,
        the source of the whole import vouches for the dates that the row changes.
        """
        found = []
        for column, (champ, date_column, precision_column) in self.ressource.dated_sources.items():
            source = self.ressource.sources.get(row.get(column))
            if column not in self.table.colonnes and champ in changed:
                source = self.source
            if source is None or not row.get(date_column):
                continue
            precision = row.get(precision_column) or Precision.JOUR
            said = [s for s in self.said[str(instance.pk), champ] if s.retenue]
            jour = written_day(row[date_column], precision)
            if any((s.source, s.valeur, s.precision) == (source, jour, precision) for s in said):
                continue
            before = ", ".join(sorted({s.source.cle for s in said}))
            written = {"champ": champ, "valeur_brute": row[date_column], "source": source}
            found.append(
                (CelluleChangee(column, before, source.cle), written | {"precision": precision})
            )
        return found

    def check(self, instance, row):
        """Refuse what the model refuses of a record before it is saved.

        The records linked come from the base: asking it again for each row would be slow.
        """
        if getattr(instance, "siblings_by", ()):
            self.look_for_siblings(instance)
        try:
            instance.clean_fields(exclude=self.links)
            instance.clean()
        except ValidationError as error:
            raise self.explained(error, row) from None

    def look_for_siblings(self, instance):
        """Spare a row the question of its siblings when the file and the base hold none.

        Rows above that wait to be saved may be some: they are saved first.
        """
        key = instance.siblings_key
        known = self.by_first[getattr(instance, self.keys[0].attribute)]
        others = [r for r in known if r is not instance and r.siblings_key == key]
        met = tuple(key.values())
        instance.alone = met not in self.met and not others
        if met in self.met:
            self.flush()
        self.met.add(met)

    def flush(self):
        """Save at once the records of a preview, or one by one if the base refuses one of them."""
        waiting, self.waiting = self.waiting, []
        created = [instance for _, instance, new in waiting if new]
        changed = [instance for _, instance, new in waiting if not new]
        names = [f.name for f in self.model._meta.concrete_fields if not f.primary_key]
        upsert = {"update_conflicts": True, "unique_fields": ["pk"], "update_fields": names}
        try:
            # Only a preview is written so, and it is undone.
            with transaction.atomic(), sans_historique():
                self.model.objects.bulk_create(created)
                self.model.objects.bulk_create(changed, **upsert)
        except (IntegrityError, DataError):
            for ligne, instance, new in waiting:
                try:
                    self.save(instance, new, ligne.lue.cellules)
                except LigneRefusee as error:
                    ligne.refuse(error.refus)

    def save(self, instance, new, row):
        """Save a record with its dependants, or refuse it in the words of its model.

        The base itself is asked whether the row keeps its constraints, and the model only says
        which one it breaks: one query where its questions would be four.
        """
        try:
            with transaction.atomic():
                self.keep(instance, new)
                for dependant in self.ressource.dependants(instance, row, self.user) if new else ():
                    self.keep(dependant, True)
        except CelluleRefusee as refusal:
            raise LigneRefusee([refusal]) from None
        except (IntegrityError, DataError) as error:
            raise self.explained(self.broken(instance, error), row) from None

    def keep(self, instance, new):
        if self.for_good:
            instance.save(force_insert=new)
        else:
            # Raw: a preview leaves no version in the history.
            instance.save_base(raw=True, force_insert=new, force_update=not new)

    def broken(self, instance, refusal):
        """Return the rule of the model that the base would not let a record break."""
        try:
            instance.full_clean()
        except ValidationError as error:
            return error
        return ValidationError(sentence(refusal))

    def explained(self, error, row):
        """Return the refusal of a row whose record its model refuses, with the cells it is about."""
        messages = getattr(error, "error_dict", None) and error.message_dict
        messages = messages or {NON_FIELD_ERRORS: error.messages}
        return LigneRefusee(
            [
                located_cell(text, attribute, self.ressource, row)
                for attribute, texts in messages.items()
                for text in texts
            ]
        )
