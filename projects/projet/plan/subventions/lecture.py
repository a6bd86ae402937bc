"""A row of a list of grants, read: what it says of a grant, and which of its cells cannot be read."""

from projects.projet.plan.lecture import SIREN_ABIME
from projects.projet.plan.mots import bare_words, is_unknown, read_day
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.champs_nombres import PercentWidget
from socle.fichiers.montants import SCIENTIFIC, read_amount

MONTANTS = ("cout_total", "assiette", "montant_demande", "montant_accorde")
DATES = ("date_depot", "date_decision", "date_notification")


class SubventionLue:
    """What a row says of a grant; all the cells that cannot be read are told."""

    def __init__(self, ressource, row):
        self.row, self.refus, self.remarques = row, [], []
        self.dossier = row.get("numero_dossier", "").strip()
        self.montants = {column: self.amount(ressource, column) for column in MONTANTS}
        self.dates = {column: self.day(column) for column in DATES}
        self.taux = self.rate()
        self.annee = self.year()
        for column in ("siren", "code_insee", "numero_dossier"):
            if SCIENTIFIC.fullmatch(row.get(column, "").strip()):
                self.refus.append(CelluleRefusee(column, row[column], SIREN_ABIME))

    def read(self, column, reader):
        text = self.row.get(column, "").strip()
        if is_unknown(text):
            return None
        try:
            return reader(text)
        except ValueError as error:
            self.refus.append(CelluleRefusee(column, text, error))
            return None

    def amount(self, ressource, column):
        """Return an amount; words without any are unknown."""
        return self.read(column, lambda text: read_amount(text, ressource.unite_of(column)).valeur)

    def day(self, column):
        return self.read(column, read_day)

    def rate(self):
        """Return a rate in percents; « 0,8 » is asked, and none is above 100."""

        def clean(text):
            rate = PercentWidget().clean(text)
            if not 0 < rate <= 100:
                raise ValueError("un taux va de 0 à 100 %")
            return rate

        return self.read("taux", clean)

    def year(self):
        def clean(text):
            if not (text.isdecimal() and 2000 <= int(text) <= 2100):
                raise ValueError("année attendue, de 2000 à 2100")
            return int(text)

        return self.read("annee", clean)

    @property
    def statut(self):
        return bare_words(self.row.get("statut", ""))

    @property
    def siren(self):
        """Return the SIREN of who asks; a SIRET begins with it."""
        digits = "".join(self.row.get("siren", "").split())
        return digits[:9] if digits.isdecimal() and len(digits) in (9, 14) else ""
