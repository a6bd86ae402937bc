"""The communes that a file names by their code, one that vanished included."""

from communes.territoire.designations import AncienCode
from communes.territoire.faits import successions_lues
from communes.territoire.models import Commune
from socle.dates import parse_date
from socle.fichiers.champs import Champ, RecordWidget
from socle.fichiers.temoins import names_of

# How official files, and people, call the code of a commune.
NOMS_DU_CODE = dict.fromkeys(
    ("insee_com", "code_commune", "code_insee_commune", "N° INSEE", "numéro INSEE", "INSEE"),
    "code_insee",
)


class CommuneWidget(RecordWidget):
    """The commune of a code, or the one that had followed it by the day that the row speaks of.

    That day is in the column `jour`; where it is not told, it is the one that `premier_jour` gives,
    before which no such fact is. Where that is unknown too, the commune of the code itself. A code that
    a commune bore, or that of a commune déléguée, leads to it.
    """

    def __init__(self, jour, premier_jour):
        super().__init__(Commune)
        self.jour, self.premier_jour = jour, premier_jour

    def load(self, column, rows, user=None):
        """Read the communes of the codes of a column, and those that followed them."""
        super().load(column, rows, user)
        codes = {code for row in rows if (code := row.get(column))}
        former = AncienCode.objects.filter(code__dans=codes - self.known.keys())
        self.leads_to, self.former_names = {}, {}
        for code, nom, commune in former.values_list("code", "nom", "commune"):
            self.leads_to[code], self.former_names[code] = commune, nom
        self.known |= Commune.objects.in_bulk(set(self.leads_to.values()) - self.known.keys())
        self.successions = successions_lues()
        following = {row.devient for code in self.keys() for row in self.successions.of(code)}
        self.known |= Commune.objects.in_bulk(following - self.known.keys())

    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        if self.known is None:
            self.load("code", [{"code": value}])
        commune = self.known.get(self.leads_to.get(value, value)) or self.by_name(value)
        return self.followed(commune, self.day_of(row or {}))

    def names(self, value, record):
        """Return the names of a commune, and those of the code that led to it."""
        named = [record, self.known[value]] if value in self.known else [record]
        names = [name for commune in named for name in names_of(commune)]
        return [*names, self.former_names.get(value, "")]

    def day_of(self, row):
        """Return the day that a row speaks of; a date that cannot be read is refused by its own column."""
        try:
            return parse_date(row.get(self.jour) or "")
        except ValueError:
            return self.premier_jour()

    def followed(self, commune, jour):
        """Return the commune that had followed `commune` by `jour`, or itself."""
        if not jour or (commune.debut and commune.debut > jour):
            return commune
        code = self.successions.commune_du_jour(commune.pk, jour)
        return commune if code == commune.pk else self.known[code]


def champ_commune(column, attribute, jour, premier_jour):
    """Return the field of a commune, named by its code as it was on a day: see `CommuneWidget`."""
    return Champ(column_name=column, attribute=attribute, widget=CommuneWidget(jour, premier_jour))
