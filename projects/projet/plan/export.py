"""The plan as its own file: the columns that an import reads, which gives it back unchanged."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from projects.actions.models import MAITRES_D_OUVRAGE, Action, Etendue, Phase
from projects.actions.regles import EtatAction, previsions_au
from projects.financements import regles as argent
from projects.financements.faits import FaitFinancementDate, FinancementDate
from projects.financements.models import Dispositif
from projects.projet.du_jour import ActionDuJour, ActionsDatees
from projects.projet.plan.colonnes import MOTS_DES_STADES, TEXTES
from projects.projet.plan.mots import MOTS_DE_LA_MATURITE
from socle.dates import Precision, iso

TOUTES = "toutes les communes de l'ORT"
# How our own column of the day of a state is called.
ENTETES = [*("etat_le" if name == "date_etat" else name for name in TEXTES), "identifiant"]


def told_day(jour: datetime.date, precision: str) -> str:
    """Write a day so that it is read again as exactly as it is known."""
    return (
        f"au plus tard {iso(jour)}" if precision == Precision.AU_PLUS_TARD else iso(jour, precision)
    )


def told_state(du_jour: ActionDuJour) -> str:
    """Write a state so that it is read again as the fact that gave it."""
    if du_jour.etat == EtatAction.NON_RENSEIGNEE:
        return ""
    studied = du_jour.etat == EtatAction.EN_COURS and du_jour.phase == Phase.ETUDE
    return "étude en cours" if studied else str(du_jour.etat.label)


def owner_of(action: Action) -> str:
    """Return the code, the SIREN or the name of who has an action done."""
    owner = action.maitre_ouvrage
    if owner is None:
        return ""
    return owner.nom if action.maitre_ouvrage_organisme_id else str(owner.pk)


def accord_dit(ligne: FinancementDate, jour: datetime.date) -> FaitFinancementDate | None:
    """Return the decision that grants a line by `jour`; None while a payment alone supposes one."""
    fait = argent.accord(ligne, jour)
    return None if fait is None or fait.suppose else fait


def granted(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount granted; None of a supposed grant: a file says none without its day."""
    return argent.accorde(ligne, jour) if accord_dit(ligne, jour) else None


def paid(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    return argent.montant_verse(ligne, jour) or None


def decided(lignes: list[FinancementDate], jour: datetime.date) -> str:
    """Return the day of the first grant of some lines; empty if nobody has granted anything."""
    grants = [fait for ligne in lignes if (fait := accord_dit(ligne, jour))]
    first = min(grants, key=lambda fait: fait.jour, default=None)
    return told_day(first.jour, first.precision) if first else ""


# What each column of a scheme says of a line: what is written here is what an import compares with.
MONTANTS: dict[str, Callable[[FinancementDate, datetime.date], Decimal | None]] = {
    "": argent.prevu,
    "demande": argent.demande,
    "accorde": granted,
    "verse": paid,
}


class ExportDuPlan:
    """Its funders are those of the actions of the list: a column each, by stage, where one has an amount."""

    titre = "Plan d'actions"

    def for_user(self, user: Any) -> "ExportDuPlan":
        """Return the same table for all: it tells of no person."""
        return self

    def feuille(self, records: Any, jour: datetime.date) -> tuple[list[str], list[list[Any]]]:
        """Return the header and the rows of the actions `records`."""
        actions = records.select_related("axe", "theme", *MAITRES_D_OUVRAGE)
        actions = list(
            actions.prefetch_related("partenaires_lies__organisme").order_by("identifiant")
        )
        today = ActionsDatees([action.pk for action in actions]).du_jour(jour, interne=True)
        cells = [self.of_action(action, today[action.pk], jour) for action in actions]
        labels = dict(Dispositif.objects.values_list("cle", "libelle"))
        money = [self.of_money(today[action.pk].lignes, labels, jour) for action in actions]
        columns = [
            name
            for label in labels.values()
            for stade in MOTS_DES_STADES
            if any((name := header(label, stade)) in given for given in money)
        ]
        rows = [
            [*own, *(given.get(name) for name in columns)]
            for own, given in zip(cells, money, strict=True)
        ]
        return [*ENTETES, *columns], rows

    def of_action(self, action: Action, du_jour: ActionDuJour, jour: datetime.date) -> list[Any]:
        """Return the cells of what an action is, in the order of `ENTETES`."""
        since = du_jour.etat_depuis
        cout = du_jour.cout
        cells = {
            "numero": action.numero,
            "axe_code": action.axe and action.axe.code,
            "axe": action.axe and action.axe.intitule,
            "intitule": action.intitule,
            "sous_action": action.sous_intitule,
            "description": action.description,
            "theme": action.theme and action.theme.libelle,
            "maitre_ouvrage": owner_of(action),
            "communes": self.places_of(action, du_jour),
            "partenaires": "|".join(row.organisme.nom for row in action.partenaires_lies.all()),
            "maturite": MOTS_DE_LA_MATURITE[action.plan_signe],
            "etat": told_state(du_jour),
            "etat_le": iso(since.jour) if since else "",
            "cout": cout and cout.montant,
            "base_cout": cout and cout.base,
            "indicateurs": action.indicateurs_texte,
            "identifiant": action.identifiant,
        }
        for objet, column in (("debut", "debut_prevu"), ("fin", "fin_prevue")):
            made = previsions_au(du_jour.dates, jour, objet)
            cells[column] = told_day(made[-1].date_prevue, made[-1].precision) if made else ""
        return [cells[name] for name in ENTETES]

    def places_of(self, action: Action, du_jour: ActionDuJour) -> str:
        return TOUTES if action.etendue == Etendue.ORT else "|".join(du_jour.dates.communes)

    def of_money(
        self, lignes: list[FinancementDate], labels: dict[str, str], jour: datetime.date
    ) -> dict[str, Any]:
        """Return the amounts of the lines of an action, by header; those of a scheme are summed by stage."""
        given: dict[tuple[str, str], Any] = {}
        for cle in dict.fromkeys(ligne.dispositif for ligne in lignes):
            of_scheme = [ligne for ligne in lignes if ligne.dispositif == cle]
            for stade, amount_of in MONTANTS.items():
                known = [amount for li in of_scheme if (amount := amount_of(li, jour)) is not None]
                if known:
                    given[cle, stade] = sum(known)
            if jour_decide := decided(of_scheme, jour):
                given[cle, "decision"] = jour_decide
        return {header(labels[cle], stade): cell for (cle, stade), cell in given.items()}


def header(label: str, stade: str) -> str:
    """Return the header of a scheme at a stage; the one of « Commune » alone says where an action is."""
    words = MOTS_DES_STADES[stade] or ("prévu" if label == "Commune" else "")
    return f"{label} {words}".strip()


PLAN = ExportDuPlan()
