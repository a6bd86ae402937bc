"""How the records of the rows are saved: for good, with their history, or in the copies of a preview."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, models, transaction

from socle.contraintes import sentence
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.lignes import LigneRefusee, located_cell
from socle.historique import sans_historique


class Ecriture:
    """The saving of the records of a Resource, in the order of the rows, in the words of their model."""

    def __init__(self, ressource, user, for_good):
        self.ressource, self.user, self.for_good = ressource, user, for_good
        self.model = ressource._meta.model
        self.links = {field.name for field in self.model._meta.fields if field.is_relation}
        self.met, self.waiting = set(), []

    def put(self, ligne, instance, new):
        """Save the record of a row, or have it wait for those of a preview that are saved at once."""
        if self.for_good or self.ressource.extra_columns or self.ressource.une_par_une:
            self.save(instance, new, ligne.lue.cellules)
        else:
            self.waiting.append((ligne, instance, new))

    def check(self, instance, row, kin):
        """Refuse what the model refuses of a record before it is saved.

        The records linked come from the base: asking it again for each row would be slow. `kin` are
        the known records that hang on the same one.
        """
        if getattr(instance, "siblings_by", ()):
            self.look_for_siblings(instance, kin)
        try:
            instance.clean_fields(exclude=self.links)
            instance.clean()
        except ValidationError as error:
            raise self.explained(error, row) from None

    def look_for_siblings(self, instance, kin):
        """Spare a row the question of its siblings when the file and the base hold none.

        Rows above that wait to be saved may be some: they are saved first.
        """
        key = instance.siblings_key
        others = [r for r in kin if r is not instance and r.siblings_key == key]
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
                if not new:
                    self.ressource.rewrite_lists(instance, row, self.keep, self.remove)
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

    def remove(self, instance):
        """Remove what hangs on a record, with the version that tells it, or from the copies alone."""
        if self.for_good:
            instance.delete()
        else:
            with sans_historique():
                type(instance).objects.filter(pk=instance.pk).delete()

    def broken(self, instance, refusal):
        """Return the rule of the model that the base would not let a record break."""
        try:
            instance.full_clean()
        except ValidationError as error:
            return error
        return ValidationError(sentence(refusal))

    def explained(self, error, row):
        """Return the refusal of a row whose record its model refuses, with the cells it is about."""
        by_field = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: error.error_list}
        return LigneRefusee(
            [
                located_cell(told(each), attribute, self.ressource, row)
                for attribute, errors in by_field.items()
                for each in errors
            ]
        )


def told(error):
    """Return why a value is refused; a missing one is said as a missing link is."""
    missing = [models.Field.default_error_messages[name] for name in ("null", "blank")]
    return "valeur manquante" if error.message in missing else error.messages[0]
