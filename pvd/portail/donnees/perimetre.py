"""What a file speaks of: its day, each filter in words, and where what it holds is kept."""

from dataclasses import dataclass
from datetime import date

from django.utils.http import urlencode

from communes.models import Departement, Tenue
from communes.territoire.lieux import LieuFiltres
from pvd.portail.partage.etendue import tenue_de
from pvd.suivi.completude import completude
from socle.dates import in_french

PAS_ZERO = "Un fichier vide n'y veut pas dire zéro."
NULLE_PART = "Aucun des départements demandés n'est dans une région demandée : le fichier est vide."
AILLEURS = (
    "Ailleurs que là où elles sont tenues en entier, l'absence d'une ligne ne veut pas dire zéro."
)


@dataclass(frozen=True)
class PerimetreDuFichier:
    """What is asked of a table on a day: `filtres` as (label, words), `demande` as the address says it.

    `choisis` are the départements asked for, None when the file is of all that are `connus`. A history is
    of all days, as they are known on that one.
    """

    jour: date
    d_un_jour: bool
    champ: str
    filtres: tuple[tuple[str, str], ...]
    demande: tuple[tuple[str, str], ...]
    choisis: tuple[Departement, ...] | None
    connus: tuple[Departement, ...]

    def __str__(self):
        """Write « au 6 juillet 2023, Département : Gard »."""
        asked = [f"{label} : {words}" for label, words in self.filtres]
        when = "" if self.d_un_jour else "telle qu'elle est connue "
        return ", ".join([f"{when}au {in_french(self.jour)}", *asked])

    @property
    def temps(self):
        """Return, in a sentence, the day of the rows."""
        if self.d_un_jour:
            return f"La situation au {in_french(self.jour)}."
        return (
            "Tous : chaque ligne vaut de debut, compris, à fin, non compris ; tels qu'ils sont connus au "
            f"{in_french(self.jour)}."
        )

    @property
    def reserves(self):
        """Return, in sentences, what is not kept: nothing where all that was asked is, in full."""
        if self.choisis is None:
            said = completude(None, self.champ)
            return [said, AILLEURS] if said else []
        if not self.choisis:
            return [NULLE_PART]
        told = []
        for departement in self.choisis:
            said = completude(departement, self.champ).replace(
                departement.nom, f"{departement.nom} ({departement.pk})", 1
            )
            empty = getattr(departement, self.champ) == Tenue.AUCUNE
            told += [said, *([PAS_ZERO] if empty else [])] if said else []
        return told

    @property
    def entete(self):
        """Return the perimeter for programs, in ASCII: `jour=2023-07-06&departement=30&tenue.aucune=30`.

        That of a history begins with `connu=`, the day on which it is known.
        """
        of = self.connus if self.choisis is None else self.choisis
        levels = [
            (f"tenue.{level}", ",".join(d.pk for d in of if getattr(d, self.champ) == level))
            for level in Tenue
        ]
        told = [(name, codes) for name, codes in levels if codes]
        when = "jour" if self.d_un_jour else "connu"
        asked = urlencode([(when, self.jour.isoformat()), *self.demande])
        return "&".join([asked, *(f"{name}={codes}" for name, codes in told)])


def perimetre_du_fichier(table, filtres, jour):
    """Return the perimeter of a table that `filtres`, valid, choose on `jour`: two queries at most."""
    names = [name for name in filtres.form.fields if filtres.chosen(name)]
    connus = tuple(Departement.objects.order_by("pk"))
    return PerimetreDuFichier(
        jour=jour,
        d_un_jour=table.d_un_jour,
        champ=tenue_de(table.nom),
        filtres=tuple((str(label), str(said)) for _, label, said, _ in filtres.criteres),
        demande=tuple((name, value) for name in names for value in asked(filtres.data, name)),
        choisis=chosen_departements(filtres),
        connus=connus,
    )


def asked(data, name):
    """Return the values that an address gives to a name."""
    return [value for value in data.getlist(name) if value.strip()]


def chosen_departements(filtres):
    """Return the départements that the file is of: those of its rows, or None when it is of all of them.

    There may be none: a département and a région that it is not in.
    """
    is_place = isinstance(filtres, LieuFiltres)
    found = filtres.departements if is_place else filtres.chosen("departement")
    return found if found is None else tuple(found)
