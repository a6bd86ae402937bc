"""The national lists whose rows name communes: which commune each is of, and which are not read."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from communes.territoire.champs import CommuneWidget
from communes.territoire.departements import Departement
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.liste.liste import ListeNationale
from socle.fichiers.passage import TEST_CODE
from socle.fichiers.tableau.dire import enumerated
from socle.francais import pluriel

CODE = "code_insee"


@dataclass
class LigneDeCommune:
    """A row of a list and its commune, the one that had followed by the day of the list.

    None where the code leads to none: the row has the fault that says why.
    """

    lue: Any
    commune: Any = None


class ListeDeCommunes(ListeNationale):
    """The rows of a list by commune: those of some départements, or of an agent, the others counted.

    `lire_communes` is the first thing that a `passage` does; `presents` are then the codes of all the
    communes that the list has, whatever is set aside of their rows.
    """

    def inconnus(self, departements):
        known = Departement.objects.filter(pk__dans=sorted(departements))
        return set(departements) - set(known.values_list("pk", flat=True))

    def departements_lus(self, user):
        """Return the codes of the départements whose rows are read, None when all of them are."""
        if user is None:
            return None if self.departements is None else set(self.departements)
        if user.is_superuser:
            return None
        return set(Departement.objects.for_user(user).values_list("pk", flat=True))

    def lire_communes(self, table, user=None):
        """Return the rows of `table` that are read, each with its commune: a `LigneDeCommune`."""
        self.lus, self.remarques = self.departements_lus(user), []
        widget = CommuneWidget("", lambda: self.jour)
        rows = [lue.cellules for lue in table.lignes]
        widget.load(CODE, [*rows, *self.retirees])
        found = [LigneDeCommune(lue, self.commune_of(lue, widget)) for lue in table.lignes]
        self.presents = {each.commune.pk for each in found if each.commune}
        self.presents |= {
            commune.pk
            for row in self.retirees
            if (commune := resolved(widget, row.get(CODE))) is not None
        }
        kept = [each for each in found if self.is_read(each)]
        self.tell_vanished(kept)
        if others := len(found) - len(kept):
            told = pluriel(others, "ligne est,lignes sont")
            self.remarques.append(f"{told} d'autres départements, et ne se lisent pas ici.")
        return kept

    def tell_vanished(self, kept):
        """Say which codes are no longer those of communes, and of which each is read."""
        led = {
            f"{code} → {told}"
            for each in kept
            for column, code, told in each.lue.reconnus
            if column == CODE
        }
        if led:
            are = pluriel(len(led), "code disparu est lu,codes disparus sont lus")
            self.remarques.append(
                f"{are} comme celui de la commune qui a suivi : {enumerated(sorted(led))}."
            )

    def commune_of(self, lue, widget):
        """Return the commune of a row, None for a row that names none, with the fault that says why."""
        code = lue.cellules.get(CODE, "")
        if code == TEST_CODE:
            lue.fautes.append(CelluleRefusee(CODE, code, "ligne d'essai du fichier officiel"))
            return None
        try:
            commune = widget.clean(code)
        except ObjectDoesNotExist:
            commune = None
        except ValueError as error:
            lue.fautes.append(CelluleRefusee(CODE, code, error))
            return None
        if commune is None:
            why = "inconnu du référentiel" if code else "valeur manquante"
            lue.fautes.append(CelluleRefusee(CODE, code, why))
            return None
        self.look_at_name(lue, widget, commune)
        if commune.pk != code:
            lue.reconnus.append((CODE, code, f"{commune.pk} ({commune})"))
        return commune

    def look_at_name(self, lue, widget, commune):
        """Set aside a row that writes beside its code the name of another commune."""
        code = lue.cellules[CODE]
        for column, header, name in lue.temoins:
            if column == CODE and widget.denies(name, code, commune):
                lue.fautes.append(CelluleRefusee(header, name, f"{CODE} « {code} » est {commune}"))

    def is_read(self, ligne):
        """Tell whether a row is read: those of the départements that are."""
        return self.in_departements(ligne)

    def in_departements(self, ligne):
        """Tell whether a row is of a département that is read; by its code where it names no commune."""
        if self.lus is None:
            return True
        if ligne.commune is not None:
            return ligne.commune.departement_id in self.lus
        return ligne.lue.cellules.get(CODE, "").startswith(tuple(sorted(self.lus)))


def resolved(widget, code):
    """Return the commune of a code, None if it is of none."""
    try:
        return widget.clean(code or "")
    except (ObjectDoesNotExist, ValueError):
        return None
