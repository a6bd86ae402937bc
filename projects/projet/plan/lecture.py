"""A row of a plan, read: what it says of an action, of its calendar, of its cost and of who pays."""

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ObjectDoesNotExist

from projects.actions.models import BaseMontant, Etendue
from projects.financements.regles import au_cent
from projects.projet.plan import mots
from projects.projet.plan.colonnes import (
    FINANCEURS_EN_CELLULE,
    MOST_PAIRS,
    MOTS_DES_STADES,
    STADES,
    ColonneDArgent,
    funder_of,
)
from socle.dates import Precision
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.montants import SCIENTIFIC, MontantLu, read_amount
from socle.francais import euros

SIREN_ABIME = (
    "SIREN abîmé par le tableur : mettez la colonne au format texte, puis récrivez ses 9 chiffres"
)
SANS_INTITULE = "pas d'intitulé : dites ce qu'est cette action, ou retirez la ligne"
MONTANT_SEUL = (
    "un montant sans rien qui dise de quelle action il est : complétez la ligne, ou retirez-la"
)
SANS_FINANCEUR = "un montant sans financeur : dites qui paie"
# « Axe 1 – Habiter le centre », « A. Habiter », « 1.10 : Habiter ».
AXE = re.compile(
    r"(?:(?:axe|orientation|objectif(?: stratégique)?)\s*)?(?:n°\s*)?"
    r"([A-Z]{1,2}|\d{1,2}(?:\.\d{1,2})*)\s*(?:[:.)–—-]\s*|\s+(?=[^\W\d]))(\S.*)",
    re.IGNORECASE,
)
AXE_SEUL = re.compile(
    r"(?:axe|orientation)\s*(?:n°\s*)?([A-Z]{1,2}|\d{1,2}(?:\.\d{1,2})*)", re.IGNORECASE
)
BETWEEN_PLACES = re.compile(r"\s*[|;,/\n]\s*|\s+et\s+")
BETWEEN_PARTNERS = re.compile(r"\s*[|;,\n]\s*")


@dataclass
class LigneDArgent:
    """What a row says that a scheme gives: amounts by stage, and the day of the decision, if it is told."""

    dispositif: object
    financeur: tuple | None
    # Whether the file names who pays, or lets it be told by the answers and the owner.
    nomme: bool = False
    montants: dict = field(default_factory=dict)
    colonnes: dict = field(default_factory=dict)
    decision: mots.DateDite | None = None
    rang: int = 1


@dataclass
class ActionLue:
    """What a row says of an action. `notes` are its cells that are kept as they are written."""

    textes: dict
    axe: tuple | None = None
    axe_herite: bool = False
    theme: object = None
    maitre_ouvrage: tuple | None = None
    communes: list | None = None
    etendue: str = ""
    partenaires: list = field(default_factory=list)
    plan_signe: str = ""
    fait: mots.FaitDit | None = None
    etat_le: mots.DateDite | None = None
    debut: mots.DateDite | None = None
    fin: mots.DateDite | None = None
    cout: Decimal | None = None
    base: str = ""
    argent: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    remarques: list = field(default_factory=list)
    refus: list = field(default_factory=list)


def split_axe(text):
    """Return the code and the words of « Axe 1 – Habiter le centre »; one of them may be empty."""
    if found := AXE_SEUL.fullmatch(text):
        return found[1], ""
    if found := AXE.fullmatch(text):
        return found[1], found[2].strip()
    return "", text


class Lecteur:
    """Reads the rows of a plan one by one; `referentiel` holds what they name, `plan` what they are of."""

    def __init__(self, ressource, referentiel, lignes):
        self.ressource, self.ref = ressource, referentiel
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
        lu = ActionLue(
            {
                name: row.get(name, "").strip()
                for name in (
                    *(
                        "identifiant",
                        "numero",
                        "intitule",
                        "sous_action",
                        "description",
                        "indicateurs",
                    ),
                )
            }
        )
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

    def refuse(self, lu, column, text, why):
        lu.refus.append(CelluleRefusee(column, text, why))

    def keep_text(self, lu, column, text, why=""):
        """Keep a cell that is not understood as it is written, and say so."""
        header = self.ressource.entete_de(column)
        lu.notes.append(f"{header} : « {text} »")
        if why:
            lu.remarques.append(f"{header} : « {text} » {why}")

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
        """Read the axe of a row; one that says none has that of the row, or of the band, above."""
        code, text = (lue.cellules.get(name, "").strip() for name in ("axe_code", "axe"))
        if text and not code:
            code, text = split_axe(text)
        if code or text:
            self.axe_above, self.axe_line = (code, text), lue.numero
            lu.axe = self.axe_above
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

    def places_of(self, lu):
        """Return where the action is: what the row says, else the one commune of its plan."""
        if lu.communes or lu.etendue:
            return lu.communes or []
        return list(self.ref.communes_du_plan.values()) if self.ref.seule_commune else []

    def read_owner(self, lu, lue):
        text = lue.cellules.get("maitre_ouvrage", "").strip()
        if mots.is_unknown(text):
            return
        if SCIENTIFIC.fullmatch(text):
            self.refuse(lu, "maitre_ouvrage", text, SIREN_ABIME)
            return
        try:
            lu.maitre_ouvrage = self.ref.body(text, self.places_of(lu))
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
        for piece in filter(None, BETWEEN_PARTNERS.split(text)):
            organisme = self.ref.organisme(piece)
            if organisme is None:
                unknown.append(piece)
            elif organisme not in lu.partenaires:
                lu.partenaires.append(organisme)
        if unknown:
            self.keep_text(lu, "partenaires", " ; ".join(unknown))

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
        lu.etat_le = self.day(lu, lue, "date_etat") or mots.DateDite(
            self.ressource.jour, Precision.JOUR
        )
        if lu.etat_le.jour > self.ressource.jour:
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

    def day(self, lu, lue, column, last=False):
        """Return the day that a cell announces, None for none; refuse what is no day."""
        text = lue.cellules.get(column, "").strip()
        try:
            return mots.read_day(text, lue.montrees.get(column, ""), last)
        except ValueError as error:
            self.refuse(lu, column, text, error)
            return None

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
            self.refuse(
                lu,
                column,
                lue.cellules.get(column, ""),
                "la fin est prévue avant le début : corrigez l'une des deux",
            )

    def amount(self, lu, lue, column):
        """Return what a cell of money says; a cell that cannot be read refuses the row."""
        text = lue.cellules.get(column, "").strip()
        if not text:
            return MontantLu()
        try:
            read = read_amount(text, self.ressource.unite_of(column))
        except ValueError as error:
            self.refuse(lu, column, text, error)
            return MontantLu()
        if read.inconnu and read.inconnu.strip("-–— "):
            self.keep_text(lu, column, read.inconnu)
        if read.valeur is not None and (
            self.ressource.melangees or not re.fullmatch(r"\d+([.,]\d{1,2})?", text)
        ):
            lue.reparations.append((column, text, euros(read.valeur)))
        return read

    def read_cost(self, lu, lue):
        read = self.amount(lu, lue, "cout")
        said = lue.cellules.get("base_cout", "").strip().upper().replace(".", "")
        if said and said not in ("HT", "TTC"):
            self.refuse(lu, "base_cout", lue.cellules["base_cout"], "HT ou TTC attendu")
        lu.cout = read.valeur
        lu.base = BaseMontant(
            said if said in ("HT", "TTC") else read.base or self.ressource.base_of("cout")
        )
        if read.part is not None:
            self.refuse(lu, "cout", lue.cellules["cout"], "un coût n'est pas un pourcentage")

    def read_money(self, lu, lue):
        """Read what each scheme gives: its own columns, then the pairs funder and amount."""
        day = self.day(lu, lue, "date_decision")
        for key in self.ressource.dispositifs_lus:
            columns = {s: ColonneDArgent(key, s).nom for s in STADES}
            if any(lue.cellules.get(column) for column in columns.values()):
                self.read_scheme(lu, lue, self.ref.dispositifs[key], columns, day)
        for rank in range(1, MOST_PAIRS + 1):
            self.read_pair(lu, lue, f"financeur_{rank}", f"montant_{rank}", day)

    def read_scheme(self, lu, lue, dispositif, columns, day):
        line = LigneDArgent(dispositif, None)
        own = self.day(lu, lue, columns["decision"])
        line.decision = own or day
        for stade, column in columns.items():
            if stade != "decision":
                self.put_amount(lu, lue, line, stade, column)
        self.put_line(lu, line, self.ressource.entete_de(columns[""]))

    def read_pair(self, lu, lue, funder, column, day):
        name, text = (lue.cellules.get(c, "").strip() for c in (funder, column))
        if mots.is_unknown(name):
            if text and not mots.is_unknown(text) and any(c.isdigit() for c in text):
                self.refuse(lu, column, text, SANS_FINANCEUR)
            return
        key = funder_of(name, self.ref.libelles, FINANCEURS_EN_CELLULE)
        if key is None:
            self.keep_text(
                lu,
                funder,
                f"{name} {text}".strip(),
                "n'est pas un financeur connu : gardé comme texte",
            )
            return
        line = LigneDArgent(self.ref.dispositifs[key], None, decision=day)
        self.put_amount(lu, lue, line, "", column)
        self.put_line(lu, line, name)

    def put_amount(self, lu, lue, line, stade, column):
        """Give a line the amount of a cell, at the stage of its column, or at the one that it says itself."""
        read = self.amount(lu, lue, column)
        stade = stade or read.stade or self.ressource.nus
        stade = "" if stade == "prevu" else stade
        valeur = read.valeur
        if read.part is not None:
            valeur = self.share(lu, lue, column, read.part)
        elif (
            read.stade
            and read.stade != "prevu"
            and valeur is not None
            and not column.endswith(stade)
        ):
            header = self.ressource.entete_de(column)
            lu.remarques.append(
                f"{header} : « {lue.cellules[column]} », lu comme {MOTS_DES_STADES[stade]}"
            )
        if valeur is not None and (valeur or stade in ("", "verse")):
            line.montants[stade], line.colonnes[stade] = valeur, column

    def share(self, lu, lue, column, part):
        """Return the amount that a share of the cost is, and say that it is only proposed."""
        header, text = self.ressource.entete_de(column), lue.cellules[column]
        if not 0 < part <= 100:
            self.refuse(lu, column, text, "un taux va de 0 à 100 %")
            return None
        if lu.cout is None:
            self.keep_text(lu, column, text, "sans coût connu : aucun montant n'est proposé")
            return None
        valeur = au_cent(lu.cout * part / 100)
        lu.remarques.append(
            f"{header} : {text} de {euros(lu.cout)}, soit {euros(valeur)}, montant proposé à vérifier"
        )
        return valeur

    def put_line(self, lu, line, said):
        """Keep a line that has an amount, with who pays; one whose payer nobody knows is refused."""
        line.montants = {s: m for s, m in line.montants.items() if m or s == ""}
        if not line.montants:
            return
        if not line.dispositif.financeur_id and line.dispositif.nature != "fonds_propres":
            line.financeur = self.ref.payer(
                line.dispositif, said, self.places_of(lu), lu.maitre_ouvrage
            )
            line.nomme = self.ref.organisme(said) is not None
            if line.financeur is None:
                column = next(iter(line.colonnes.values()))
                why = (
                    f"« {said} » ne dit pas qui paie : choisissez-le en haut de « Vos colonnes », "
                    "ou enregistrez d'abord cet organisme"
                )
                self.refuse(lu, column, said, why)
                return
        same = [other for other in lu.argent if other.dispositif == line.dispositif]
        line.rang = len(same) + 1
        self.refuse_unknown_decision(lu, line)
        lu.argent.append(line)

    def refuse_unknown_decision(self, lu, line):
        """Keep as planned a grant of which no day of decision is told, and say so."""
        if "accorde" in line.montants and line.decision is None:
            montant, column = line.montants.pop("accorde"), line.colonnes.pop("accorde")
            line.montants.setdefault("", montant)
            line.colonnes.setdefault("", column)
            lu.remarques.append(
                f"{self.ressource.entete_de(column)} : {euros(montant)} sans date de décision, gardé "
                "comme prévu"
            )
