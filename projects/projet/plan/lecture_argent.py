"""The money of a row of a plan, read: what an action costs, and what each scheme gives."""

import re

from projects.actions.models import BaseMontant
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
from projects.projet.plan.lue import LigneDArgent
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.montants import MontantLu, read_amount
from socle.francais import euros

SANS_FINANCEUR = "un montant sans financeur : dites qui paie"


class LecteurDeCellules:
    """Reads days and amounts in the cells of a row; says which ones are refused, or kept as text."""

    def __init__(self, ressource, referentiel):
        self.ressource, self.ref = ressource, referentiel

    def refuse(self, lu, column, text, why):
        lu.refus.append(CelluleRefusee(column, text, why))

    def keep_text(self, lu, column, text, why=""):
        """Keep a cell that is not understood as it is written, and say so."""
        header = self.ressource.entete_de(column)
        lu.notes.append(f"{header} : « {text} »")
        if why:
            lu.remarques.append(f"{header} : « {text} » {why}")

    def day(self, lu, lue, column, last=False):
        """Return the day that a cell announces, None for none; refuse what is no day."""
        text = lue.cellules.get(column, "").strip()
        try:
            return mots.read_day(text, lue.montrees.get(column, ""), last)
        except ValueError as error:
            self.refuse(lu, column, text, error)
            return None

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


class LecteurDArgent(LecteurDeCellules):
    """Reads the money of a row; `referentiel` holds the schemes and the funders that it names."""

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
                line.dispositif, said, self.ref.places_of(lu), lu.maitre_ouvrage
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
