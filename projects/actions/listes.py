"""Files whose cells hold several records, each of which hangs on the record of the row."""

from collections import defaultdict
from dataclasses import dataclass

from projects.actions.champs import codes_of, read_codes
from socle.fichiers.lignes import CelluleChangee, as_read
from socle.fichiers.ressource import Ressource


@dataclass(frozen=True)
class Liste:
    """A column that holds several records, separated by « | »: each is a row of `model`, by its `champ`."""

    colonne: str
    model: type
    champ: str


class ListesRessource(Ressource):
    """Rows of which some columns are `listes`; `lien` is what the rows of a list name their record by.

    What an empty list says is nothing, here as elsewhere; « (vide) » empties it.
    """

    listes = ()
    lien = ""

    class Meta(Ressource.Meta):
        abstract = True

    def widgets_of_lists(self):
        """Return, by column, how each code of a list is read."""
        raise NotImplementedError

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.widgets = self.widgets_of_lists()
        for liste in self.listes:
            cells = [(row, row.get(liste.colonne)) for row in rows]
            codes = [{**row, liste.colonne: c} for row, cell in cells for c in codes_of(cell)]
            self.widgets[liste.colonne].load(liste.colonne, codes, user)
        self.held = self.held_lists(rows)

    def held_lists(self, rows):
        """Return what hangs on the records that the rows name: {column: {record: {key: row of it}}}."""
        named = {row[self.key_columns[0]] for row in rows}
        held = {liste.colonne: defaultdict(dict) for liste in self.listes}
        for liste in self.listes:
            links = liste.model.objects.filter(**{f"{self.lien}__identifiant__dans": named})
            for link in links.select_related(liste.champ).order_by("pk"):
                record = getattr(link, f"{self.lien}_id")
                held[liste.colonne][record][getattr(link, f"{liste.champ}_id")] = link
        return held

    def lists_changed(self, instance, row):
        found = {}
        for liste in self.listes:
            said = self.said(liste, instance, row)
            if said is None:
                continue
            held = self.held[liste.colonne][instance.pk]
            if {record.pk for record in said} != set(held):
                before = [getattr(link, liste.champ) for link in held.values()]
                found[liste.colonne] = CelluleChangee(
                    liste.colonne, self.told(liste, before), self.told(liste, said)
                )
        return found

    def told(self, liste, records):
        """Write the records of a list as its column does."""
        return "|".join(self.widgets[liste.colonne].key_of(record) for record in records)

    def said(self, liste, instance, row):
        """Return the records that a row says in a list; None where it says nothing of it."""
        cell = row.get(liste.colonne)
        if not cell:
            return None
        held = self.kept_by(liste, instance)
        if as_read("|".join(sorted(map(self.widgets[liste.colonne].key_of, held)))) == cell:
            return held
        return read_codes(liste.colonne, cell, self.widgets[liste.colonne], row, held)

    def kept_by(self, liste, instance):
        """Return what hangs on a record, by a list, and that its codes name before anything else."""
        return [
            getattr(link, liste.champ) for link in self.held[liste.colonne][instance.pk].values()
        ]

    def rewrite_lists(self, instance, row, keep, remove):
        for liste in self.listes:
            said = self.said(liste, instance, row)
            if said is None:
                continue
            held = self.held[liste.colonne][instance.pk]
            wanted = {record.pk: record for record in said}
            # What may not be without any is given the new ones first.
            for key, record in wanted.items():
                if key not in held:
                    held[key] = liste.model(**{self.lien: instance, liste.champ: record})
                    keep(held[key], True)
            for key in [key for key in held if key not in wanted]:
                remove(held.pop(key))

    def dependants(self, instance, row, user):
        made = []
        for liste in self.listes:
            for record in self.said(liste, instance, row) or ():
                link = liste.model(**{self.lien: instance, liste.champ: record})
                self.held[liste.colonne][instance.pk][record.pk] = link
                made.append(link)
        return made

    def in_list(self, colonne, instance, row):
        """Return the records of a list of a record: those that its row says, else those that it has."""
        liste = next(liste for liste in self.listes if liste.colonne == colonne)
        said = self.said(liste, instance, row)
        return self.kept_by(liste, instance) if said is None else said
