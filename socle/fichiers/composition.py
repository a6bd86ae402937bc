"""One sheet, several sorts of record: a row gives a record, and those that hang on it.

« Postes, titulaires, offres et cofinancements » is how a service keeps its table: a row per post. Each
part of it is a Resource, whose columns have another name there where two parts have the same.
"""

from collections import Counter
from dataclasses import dataclass, replace

from django.db import transaction

from socle.fichiers.lignes import LigneTraitee, Sort
from socle.fichiers.passage import Passage
from socle.fichiers.sorte import SorteDeFichier


@dataclass(frozen=True)
class Volet:
    """A sort of record that the rows of a sheet give: `colonnes` are its own, by name in the sheet.

    The first part has all the columns of its Resource, and is what the others hang on. A part that is
    `eclatee` gives a record for each of the codes that its one column holds.
    """

    titre: str
    ressource: type
    colonnes: dict[str, str] | None = None
    eclatee: bool = False

    def build(self, link):
        """Return the Resource of the part, its columns named as in the sheet; `link` keeps its name."""
        ressource = self.ressource()
        if self.colonnes is None:
            return ressource
        names = {link: link} | {own: name for name, own in self.colonnes.items()}
        ressource.cle, ressource.exemple = None, {}
        for field in ressource.fields.values():
            # What the sheet has not is named as no column is.
            field.column_name = names.get(field.column_name, f"({field.column_name})")
        ressource.codes = renamed(ressource.codes, names)
        ressource.temoins = renamed(ressource.temoins, names)
        ressource.dated_sources = {
            names[column]: (champ, names[date], names.get(precision, ""))
            for column, (champ, date, precision) in ressource.dated_sources.items()
            if column in names
        }
        ressource.autres_noms = {
            **{own: name for name, own in self.colonnes.items()},
            **{alias: names[own] for alias, own in ressource.autres_noms.items() if own in names},
        }
        return ressource

    def rows(self, lue, ressource):
        """Return the rows that a row of the sheet is for this part: none where it says nothing of it."""
        if self.colonnes is None:
            return [lue]
        if not self.eclatee:
            return [lue] if ressource.says(lue, self.colonnes) else []
        (column,) = self.colonnes
        codes = [code for code in lue.cellules.get(column, "").split("|") if code]
        temoins = lue.temoins if len(codes) == 1 else []
        return [
            replace(lue, cellules=lue.cellules | {column: code}, temoins=temoins) for code in codes
        ]


def renamed(by_column, names):
    return {names[column]: value for column, value in by_column.items() if column in names}


class Composition(SorteDeFichier):
    """What the rows of a sheet are, read and written as a `Ressource` is: see `Volet`."""

    titre = ""
    volets = ()
    exemple = {}
    autres_noms = {}
    # What only a table of one sort has.
    cle, calculees, trompeuses, precisions, loose_keys = None, {}, {}, {}, ()

    def __init__(self):
        first, *others = self.volets
        tete = first.build(None)
        self.link = tete.key_columns[0]
        self.ressources = [tete, *(volet.build(self.link) for volet in others)]
        tete.exemple = self.exemple
        self.a_defaut, self.required_columns = tete.a_defaut, tete.required_columns
        self.extra_columns = tete.extra_columns
        self.codes, self.temoins, self.dated_sources = {}, {}, {}
        names = {}
        for ressource in reversed(self.ressources):
            self.codes |= ressource.codes
            self.temoins |= ressource.temoins
            self.dated_sources |= ressource.dated_sources
            names |= ressource.autres_noms
        self.autres_noms = names | self.autres_noms
        told = {name for r in self.ressources for name in (*r.informatives, *r.calculees)}
        self.informatives = tuple(sorted(told.difference(self.columns)))

    @property
    def groupes(self):
        """Return the columns of the sheet, by part."""
        first, *others = self.volets
        own = [(volet.titre, list(volet.colonnes)) for volet in others if not volet.eclatee]
        return [(first.titre, self.ressources[0].columns), *own]

    @property
    def columns(self):
        return [column for _, columns in self.groupes for column in columns]

    @property
    def key_columns(self):
        return [self.link]

    def get_import_fields(self):
        """Return the fields that the sheet may have, each once by column."""
        fields = {
            f.column_name: f for r in reversed(self.ressources) for f in r.get_import_fields()
        }
        return [fields[column] for column in self.columns if column in fields]

    @property
    def models(self):
        return tuple(ressource._meta.model for ressource in self.ressources)

    @property
    def written_models(self):
        return tuple(model for ressource in self.ressources for model in ressource.written_models)

    def passage(self, table, user=None, provenance=None, for_good=False):
        return PassageCompose(self, table, user, provenance, for_good)


class PassageCompose:
    """One reading of the rows of a sheet, a part after the other: a row is written whole, or not at all."""

    def __init__(self, composition, table, user, provenance, for_good):
        # The first part says of each row what the others hang on.
        columns = list(dict.fromkeys([*table.colonnes, composition.link]))
        self.composition, self.table = composition, replace(table, colonnes=columns)
        self.user, self.provenance, self.for_good = user, provenance, for_good

    def lignes(self):
        """Write the rows, and begin again without those that one of their parts refuses."""
        refused = {}
        while True:
            with transaction.atomic():
                lignes = self.written(refused)
                again = {ligne.numero: ligne for ligne in lignes if ligne.refus}
                if not again:
                    break
                transaction.set_rollback(True)
            refused |= again
        return sorted([*lignes, *refused.values()], key=lambda ligne: ligne.numero)

    def written(self, refused):
        """Return what the rows do, but those of `refused`, judged already."""
        lues = [
            replace(lue, cellules=dict(lue.cellules), reparations=[*lue.reparations], reconnus=[])
            for lue in self.table.lignes
            if lue.numero not in refused
        ]
        faites = {lue.numero: [] for lue in lues}
        going_on = lues
        for volet, ressource in zip(
            self.composition.volets, self.composition.ressources, strict=True
        ):
            rows = [row for lue in going_on for row in volet.rows(lue, ressource)]
            table = replace(self.table, lignes=rows)
            passage = Passage(
                ressource, table, self.user, self.provenance, self.for_good, repeated=True
            )
            for ligne in passage.lignes():
                faites[ligne.numero].append((volet, ligne))
            going_on = [
                lue for lue in going_on if not any(li.refus for _, li in faites[lue.numero])
            ]
        return [self.whole(lue, faites[lue.numero]) for lue in lues]

    def whole(self, lue, faites):
        """Return what a row does, all its parts together."""
        lignes = [ligne for _, ligne in faites]
        known = [known for ligne in lignes for known in ligne.lue.reconnus]
        whole = LigneTraitee(replace(lue, reconnus=list(dict.fromkeys([*lue.reconnus, *known]))))
        changed = [(volet, ligne) for volet, ligne in faites if ligne.sort != Sort.INCHANGEE]
        whole.fiche = " ; ".join(ligne.fiche for _, ligne in changed) or lignes[0].fiche
        if changed:
            new = lignes[0].sort == Sort.NOUVELLE
            whole.sort = Sort.NOUVELLE if new else Sort.MODIFIEE
        whole.faites = Counter((volet.titre, ligne.sort) for volet, ligne in changed)
        whole.changements = [
            change
            for ligne in lignes
            for change in ligne.changements
            if ligne is lignes[0] or change.colonne != self.composition.link
        ]
        whole.remarques = [remarque for ligne in lignes for remarque in ligne.remarques]
        if refus := [refus for ligne in lignes for refus in ligne.refus]:
            whole.refuse(refus)
        return whole
