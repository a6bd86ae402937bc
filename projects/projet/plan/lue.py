"""What a row of a plan says of an action, of its calendar, of its cost and of who pays."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from projects.projet.plan import mots


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
    etat_le: date | None = None
    debut: mots.DateDite | None = None
    fin: mots.DateDite | None = None
    # The cell to look at, as a refusal, where the end is told before the beginning.
    fin_avant_debut: ValueError | None = None
    cout: Decimal | None = None
    base: str = ""
    argent: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    remarques: list = field(default_factory=list)
    refus: list = field(default_factory=list)
