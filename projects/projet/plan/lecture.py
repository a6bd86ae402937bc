"""A row of a plan, read: what it says of an action, of its calendar, of its cost and of who pays."""

import re
from collections import Counter

from django.core.exceptions import ObjectDoesNotExist

from projects.actions.models import Etendue
from projects.projet.plan import mots
from projects.projet.plan.lecture_argent import LecteurDArgent
from projects.projet.plan.lue import ActionLue
from socle.dates import Precision, last_day
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.lignes import as_read
from socle.fichiers.montants import SCIENTIFIC
from socle.identifiants import bare_key

SIREN_ABIME = (
    "SIREN abîmé par le tableur : mettez la colonne au format texte, puis récrivez ses 9 chiffres"
)
SANS_INTITULE = "pas d'intitulé : dites ce qu'est cette action, ou retirez la ligne"
MONTANT_SEUL = (
    "un montant sans rien qui dise de quelle action il est : complétez la ligne, ou retirez-la"
)
# « Axe 1 – Habiter le centre », « A. Habiter », « 1.10 : Habiter ».
AXE = re.compile(
    r"(?:(?:axe|orientation|objectif(?: stratégique)?)\s*)?(?:n°\s*)?"
    r"([A-Z]{1,2}|\d{1,2}(?:\.\d{1,2})*)\s*(?:[:.)–—-]\s*|\s+(?=[^\W\d]))(\S.*)",
    re.IGNORECASE,
)
AXE_SEUL = re.compile(
    r"(?:axe|orientation)\s*(?:n°\s*)?([A-Z]{1,2}|\d{1,2}(?:\.\d{1,2})*)", re.IGNORECASE
)
FIN_AVANT_DEBUT = "la fin est prévue avant le début : corrigez l'une des deux"
TEXTES_LUS = ("identifiant", "numero", "intitule", "sous_action", "description", "indicateurs")
BETWEEN_PLACES = re.compile(r"\s*[|;,/\n]\s*|\s+et\s+")
BETWEEN_PARTNERS = re.compile(r"\s*[|;,\n]\s*")


def split_axe(text):
    """Return the code and the words of « Axe 1 – Habiter le centre »; one of them may be empty."""
    if found := AXE_SEUL.fullmatch(text):
        return found[1], ""
    if found := AXE.fullmatch(text):
        return found[1], found[2].strip()
    return "", text


class Lecteur(LecteurDArgent):
    """Reads the rows of a plan one by one; `referentiel` holds what they name, `plan` what they are of.

    `connues` are the actions that they may name by their identifier, by its bare key.
    """

    def __init__(self, ressource, referentiel, lignes, connues):
        super().__init__(ressource, referentiel)
        self.connues = connues
        numbers = [ligne.cellules.get("numero", "") for ligne in lignes]
        self.around = dict(
            zip(
                (ligne.numero for ligne in lignes),
                zip(["", *numbers], [*numbers[1:], ""], strict=False),
                strict=True,
            )
        )
        self.twice = {n for n, count in Counter(numbers).items() if n and count > 1}
        self.axe_above, self.axe_line = ("", ""), 0

    def read(self, lue):
        """Return what a row says."""
        row = lue.cellules
        lu = ActionLue({name: row.get(name, "").strip() for name in TEXTES_LUS})
        self.read_title(lu, row)
        self.read_number(lu, lue)
        self.read_description(lu, row)
        self.read_axe(lu, lue)
        self.read_theme(lu, row)
        self.read_places(lu, lue)
        self.read_owner(lu, lue)
        self.read_partners(lu, row)
        self.read_maturity(lu, row)
        self.read_status(lu, lue)
        self.read_calendar(lu, lue)
        self.read_cost(lu, lue)
        self.read_money(lu, lue)
        return lu

    def read_title(self, lu, row):
        if lu.textes["intitule"]:
            return
        amounts = [c for c in row if row[c] and self.ressource.is_money(c)]
        others = [c for c in row if row[c] and c not in amounts and c not in ("axe", "axe_code")]
        if amounts and not others:
            self.refuse(lu, "intitule", "", MONTANT_SEUL)
        else:
            self.refuse(lu, "intitule", "", SANS_INTITULE)

    def read_number(self, lu, lue):
        text = lu.textes["numero"]
        held = self.connues.get(bare_key(lu.textes["identifiant"]))
        if held and held.numero == text:
            return
        above, below = self.around[lue.numero]
        if why := mots.doubtful_number(text, above, below):
            self.refuse(lu, "numero", text, why)
        elif re.fullmatch(r"\d+,\d+", text):
            lu.textes["numero"] = text.replace(",", ".")
            lue.reparations.append(("numero", text, lu.textes["numero"]))
        elif text in self.twice and re.fullmatch(r"\d+\.\d", text):
            told = (
                f"ce numéro est écrit deux fois : est-ce {text} ou {text}0 ? Récrivez-le en texte"
            )
            if not lu.textes["sous_action"]:
                self.refuse(lu, "numero", text, told)

    def read_description(self, lu, row):
        if aims := row.get("objectifs", "").strip():
            said = lu.textes["description"]
            lu.textes["description"] = f"{said}\n\nObjectifs : {aims}" if said else aims

    def read_axe(self, lu, lue):
        """Read the axe of a row; one that says none has that of the row, or of the band, above.

        But a row of our own file, which names its action: an action of no axe goes out without one.
        """
        code, text = (lue.cellules.get(name, "").strip() for name in ("axe_code", "axe"))
        if text and not code:
            code, text = split_axe(text)
        if code or text:
            self.axe_above, self.axe_line = (code, text), lue.numero
            lu.axe = self.axe_above
            return
        if lu.textes["identifiant"]:
            self.axe_above, self.axe_line = ("", ""), lue.numero
            return
        for number, band in self.ressource.bandes:
            if self.axe_line < number < lue.numero:
                self.axe_above, self.axe_line = split_axe(band), number
        if any(self.axe_above):
            lu.axe, lu.axe_herite = self.axe_above, True
            told = " – ".join(filter(None, self.axe_above))
            lue.reconnus.append(("axe_code" if "axe_code" in lue.cellules else "axe", "", told))

    def read_theme(self, lu, row):
        if text := row.get("theme", "").strip():
            lu.theme = self.ref.theme(text)
            if lu.theme is None and not mots.is_unknown(text):
                self.keep_text(lu, "theme", text, "n'est pas un thème connu : gardé comme texte")

    def read_places(self, lu, lue):
        text = lue.cellules.get("communes", "").strip()
        plan = self.ref.plan
        if text and plan.convention and mots.TOUT_LE_TERRITOIRE.fullmatch(mots.bare_words(text)):
            lu.etendue = Etendue.ORT
            return
        found = {}
        for piece in filter(None, BETWEEN_PLACES.split(text)) if not mots.is_unknown(text) else ():
            try:
                commune = self.ref.commune(piece)
            except ObjectDoesNotExist:
                self.refuse(lu, "communes", piece, "commune inconnue du référentiel")
            except ValueError as error:
                self.refuse(lu, "communes", piece, error)
            else:
                found[commune.pk] = commune
                if self.ref.admises is not None and commune.pk not in self.ref.admises:
                    why = f"{plan.nom} ne couvre pas {commune} le jour où l'action entre au plan"
                    self.refuse(lu, "communes", piece, why)
        lu.communes = list(found.values()) or None

    def read_owner(self, lu, lue):
        text = lue.cellules.get("maitre_ouvrage", "").strip()
        if mots.is_unknown(text):
            return
        if SCIENTIFIC.fullmatch(text):
            self.refuse(lu, "maitre_ouvrage", text, SIREN_ABIME)
            return
        try:
            lu.maitre_ouvrage = self.ref.body(text, self.ref.places_of(lu))
        except ValueError as error:
            self.refuse(lu, "maitre_ouvrage", text, error)
            return
        if lu.maitre_ouvrage is None:
            self.keep_text(lu, "maitre_ouvrage", text, "n'est pas reconnu : à choisir sur la fiche")
        else:
            self.tell_led(lue, "maitre_ouvrage", text, lu.maitre_ouvrage[1])

    def tell_led(self, lue, column, text, record):
        if text not in (str(record.pk), str(record)):
            lue.reconnus.append((column, text, str(record)))

    def read_partners(self, lu, row):
        text = row.get("partenaires", "").strip()
        if mots.is_unknown(text):
            return
        unknown = []
        for piece in self.partners_in(text):
            organisme = self.ref.organisme(piece)
            if organisme is None:
                unknown.append(piece)
            elif organisme not in lu.partenaires:
                lu.partenaires.append(organisme)
        if unknown:
            self.keep_text(lu, "partenaires", " ; ".join(unknown))

    def partners_in(self, text):
        """Yield the names that a cell parts; one that is known whole may have a comma."""
        for whole in text.split("|"):
            known = as_read(whole) in self.ref.noms_d_organismes
            yield from [whole.strip()] if known else filter(None, BETWEEN_PARTNERS.split(whole))

    def read_maturity(self, lu, row):
        text = row.get("maturite", "").strip()
        if mots.is_unknown(text):
            return
        lu.plan_signe = mots.MATURITES.get(mots.bare_words(text), "")
        if not lu.plan_signe:
            self.keep_text(
                lu, "maturite", text, "n'est ni « mature » ni « en germe » : gardé comme texte"
            )

    def read_status(self, lu, lue):
        text = lue.cellules.get("etat", "").strip()
        said = self.day(lu, lue, "date_etat", last=True) or mots.DateDite(
            self.ressource.jour, Precision.JOUR
        )
        # Of « mars 2025 », it is true by the 31st, or by the day of the file that says so before.
        lu.etat_le = min(last_day(*said), self.ressource.jour)
        if said.jour > self.ressource.jour:
            self.refuse(
                lu,
                "date_etat",
                lue.cellules["date_etat"],
                "un état ne se constate pas après le jour du fichier",
            )
        if mots.is_unknown(text):
            return
        known, lu.fait = mots.status(text)
        if not known:
            self.keep_text(
                lu, "etat", text, "n'est pas un état connu : « non renseignée », gardé comme texte"
            )

    def read_calendar(self, lu, lue):
        lu.debut = self.day(lu, lue, "debut_prevu")
        lu.fin = self.day(lu, lue, "fin_prevue", last=True)
        if text := lue.cellules.get("calendrier", "").strip():
            try:
                debut, fin = mots.read_period(text)
            except ValueError:
                self.keep_text(lu, "calendrier", text, "n'est pas une période : gardé comme texte")
            else:
                lu.debut, lu.fin = lu.debut or debut, lu.fin or fin
        if (
            lu.debut
            and lu.fin
            and lu.fin.jour < lu.debut.jour
            and lu.fin.precision != Precision.ANNEE
        ):
            column = "fin_prevue" if lue.cellules.get("fin_prevue") else "calendrier"
            lu.fin_avant_debut = CelluleRefusee(
                column, lue.cellules.get(column, ""), FIN_AVANT_DEBUT
            )
