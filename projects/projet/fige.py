"""What a review froze, read back for its page: the public part alone."""

import datetime
from decimal import Decimal
from functools import cached_property

from projects.actions.models import BaseMontant, NatureFait, Phase
from projects.actions.regles import EtatAction
from projects.etudes.regles import EtatEtude
from projects.indicateurs.mots import valeur_en_mots
from projects.projet.mots import cout_en_mots
from socle.dates import bare, parse_date
from socle.francais import UNKNOWN, euros


class ActionFigee:
    """An action as it was when it was frozen, from the cells of its row."""

    def __init__(self, cells, faits):
        self.cells, self.faits = cells, faits

    @property
    def nom(self):
        return " ".join(filter(None, (self.cells["numero"], self.cells["intitule"])))

    @property
    def etat(self):
        return EtatAction(self.cells["etat"])

    @property
    def en_retard(self):
        return self.cells["en_retard"]

    @property
    def cout(self):
        amount = self.cells["cout"]
        if amount is None:
            return UNKNOWN
        return cout_en_mots(Decimal(amount), BaseMontant(self.cells["base_cout"] or ""))

    @property
    def accorde(self):
        return en_euros(self.cells["montant_accorde"])

    @property
    def verse(self):
        return en_euros(self.cells["montant_verse"])

    @property
    def dernier_fait(self):
        """Write the last thing that had happened, and its day."""
        if not self.faits:
            return ""
        fait = self.faits[-1]
        what = NatureFait(fait["nature"]).label
        phase = f" ({Phase(fait['phase']).label})" if fait["phase"] else ""
        return f"{what}{phase}, {bare(parse_date(fait['jour']), fait['precision'])}"


class BilanFige:
    """The copy that a review made, as its page tells it."""

    def __init__(self, gel):
        self.gel = gel

    @property
    def au(self) -> datetime.date:
        return parse_date(self.gel["au"])

    @property
    def fige_le(self) -> datetime.date:
        return parse_date(self.gel["fige_le"])

    def lignes(self, table):
        """Return the rows of a frozen table, each by the name of its columns."""
        held = self.gel["public"][table]
        return [dict(zip(held["entete"], line, strict=True)) for line in held["lignes"]]

    @cached_property
    def actions(self):
        """The actions that were in the plan: what had left it, and what no act brought, are left out."""
        faits = self.lignes("faits")
        return [
            ActionFigee(
                row, [f for f in faits if f["action_identifiant"] == row["action_identifiant"]]
            )
            for row in self.lignes("actions")
            if row["entree_par"] and not row["sortie_le"]
        ]

    @cached_property
    def accords(self):
        """The grants, as (what was granted for, who, how much, how much is paid)."""
        names = {row["action_identifiant"]: row["intitule"] for row in self.lignes("actions")}
        return [
            (
                names.get(row["objet_identifiant"], ""),
                row["financeur_nom"] or row["dispositif"],
                en_euros(row["montant_accorde"]),
                en_euros(row["montant_verse"]),
            )
            for row in self.lignes("financements")
        ]

    @property
    def etudes(self):
        """Return the studies, as (title, state)."""
        return [(row["intitule"], EtatEtude(row["etat"]).label) for row in self.lignes("etudes")]

    @property
    def mesures(self):
        """Return the readings, as (what is measured, of what, its day, the value), in words.

        Of one day, those of two series, or of two sectors, are told apart.
        """
        names = {row["identifiant"]: row["nom"] for row in self.lignes("noms")}
        actions = {row["action_identifiant"]: row["intitule"] for row in self.lignes("actions")}
        # An action may be named as an indicator is.
        objets = {"action": actions, "commune": names, "ort": {}}
        return [
            (
                precise(names[row["indicateur"]], row["serie"]),
                precise(
                    objets[row["objet_type"]].get(row["objet_identifiant"], "l'ORT entière"),
                    row["secteur"],
                ),
                bare(parse_date(row["jour"]), row["precision_jour"]),
                valeur_en_mots(row["unite"], number(row["valeur"]), row["etat"]),
            )
            for row in self.lignes("indicateurs")
        ]

    @property
    def totaux(self):
        """Return the sums frozen, by label, each with how many actions it leaves out."""
        return [
            (label, *self.somme(column))
            for label, column in (("accordé", "montant_accorde"), ("versé", "montant_verse"))
        ]

    def somme(self, column):
        """Return the sum of a column of the actions, in words, and how many have none."""
        known = [Decimal(a.cells[column]) for a in self.actions if a.cells[column] is not None]
        return (euros(sum(known)) if known else UNKNOWN), len(self.actions) - len(known)


def precise(nom, precision):
    """Write a name, with what tells it from others of that name."""
    return f"{nom} ({precision})" if precision else nom


def number(value):
    """Return a value that was frozen; None was not known."""
    return None if value is None else Decimal(value)


def en_euros(amount):
    """Write an amount that was frozen, or that it was not known."""
    return UNKNOWN if amount is None else euros(Decimal(amount))
