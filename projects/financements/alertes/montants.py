"""What is wrong in the amounts: shares, ceilings, advances."""

import datetime
from decimal import Decimal

from projects.actions import regles
from projects.actions.models import Derogation
from projects.financements import delais
from projects.financements import regles as argent
from projects.financements.alertes.dossier import DOTATIONS, AlerteDAction, Alertes, Dossier
from projects.financements.delais import ReglesDispositifs
from projects.financements.faits import FinancementDate
from projects.financements.models import Forme
from socle.francais import euros, nombre, pour_cent

# CGCT, art. L. 1111-10, III: the least share of the owner of an investment, of its public money.
PART_MINIMALE = 20
# CGCT, art. R. 2334-27: what the State's grants to local investment reach, all together.
PLAFOND_DOTATIONS = 80
# Outre-mer, where the least share is not asked (L. 1111-10, III).
OUTRE_MER = ("97", "98")


def part_du_maitre_d_ouvrage(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn when the owner of an investment would pay less than 20 % of its public money.

    (cost − other public grants − private money) ÷ (cost − private money), on what is granted, then on
    what the plan expects. Exactly 20 % passes; a cost unknown, or after tax, cannot be checked.
    """
    if not concerned_by_share(dossier, jour):
        return
    for sorte, told, amount_of in (
        ("part_du_maitre_d_ouvrage", "Le maître d'ouvrage paierait", argent.accorde),
        ("part_prevue", "Le plan prévoit que le maître d'ouvrage paie", argent.prevu),
    ):
        grants = [(ligne, amount_of(ligne, jour)) for ligne in dossier.subventions(jour)]
        known = [(ligne, a) for ligne, a in grants if a and ligne.forme == Forme.SUBVENTION]
        if known:
            yield from share_warnings(dossier, known, sorte, told, jour)


def concerned_by_share(dossier: Dossier, jour: datetime.date) -> bool:
    """Tell whether the least share is asked: an investment of a collectivité, outside outre-mer."""
    commune, intercommunalite, _ = regles.maitre_ouvrage(dossier.action, jour)
    overseas = any(code.startswith(OUTRE_MER) for code in dossier.communes)
    waived = dossier.derogation(Derogation.Objet.PARTICIPATION, jour)
    owned = commune is not None or intercommunalite is not None
    return bool(dossier.action.investissement and owned and not overseas and not waived)


def share_warnings(
    dossier: Dossier,
    grants: list[tuple[FinancementDate, Decimal]],
    sorte: str,
    told: str,
    jour: datetime.date,
) -> Alertes:
    """Warn of a share below the least, or that nobody can compute."""
    article = "CGCT, art. L. 1111-10, III"
    cost = regles.cout(dossier.action, jour)
    if cost is None or cost.base == "TTC":
        why = "le coût n'est pas connu" if cost is None else "le coût est toutes taxes comprises"
        texte = f"Part du maître d'ouvrage non vérifiable : {why}."
        yield AlerteDAction(f"{sorte}_non_verifiable", texte, "", article)
        return
    public = sum((amount for ligne, amount in grants if ligne.public), Decimal(0))
    private = sum((amount for ligne, amount in grants if not ligne.public), Decimal(0))
    base = cost.montant - private
    own = base - public
    if base > 0 and own * 100 < PART_MINIMALE * base:
        rate = own * 100 / base
        texte = (
            f"{told} {percent(rate)} de l'argent public, pour {pour_cent(PART_MINIMALE)} au moins."
        )
        calcul = f"({euros(cost.montant)} − {euros(public)} − {euros(private)}) ÷ {euros(base)}"
        yield AlerteDAction(sorte, texte, calcul, article)


def dotations(dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date) -> Alertes:
    """Warn when DETR, DSIL, DSID and DPV together pass 80 % of the smallest of their eligible spendings.

    That of a grant withdrawn whole is none of them any more.
    """
    read = [
        argent.compte(ligne, jour)
        for ligne in dossier.subventions(jour)
        if ligne.dispositif in DOTATIONS
    ]
    total = sum((compte.accorde for compte in read if compte.accorde), Decimal(0))
    told = [
        compte.accord.depense_subventionnable
        for compte in read
        if compte.accord and not compte.retire
    ]
    spending = min((spent for spent in told if spent), default=None)
    if spending and total * 100 > PLAFOND_DOTATIONS * spending:
        yield AlerteDAction(
            "dotations",
            f"Les dotations de l'État atteignent {percent(total * 100 / spending)} de la dépense "
            f"subventionnable, pour {pour_cent(PLAFOND_DOTATIONS)} au plus.",
            f"{euros(total)} ÷ {euros(spending)}",
            "CGCT, art. R. 2334-27",
        )


def au_dela_du_cout(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn when what is granted, of all forms, is more than the cost."""
    cost = regles.cout(dossier.action, jour)
    total = argent.sommes(dossier.subventions(jour), jour).accorde.montant
    if cost and total > cost.montant:
        yield AlerteDAction(
            "au_dela_du_cout",
            f"{euros(total)} sont accordés, pour un coût de {euros(cost.montant)}.",
            f"{euros(total)} > {euros(cost.montant)}",
            "règle du service",
        )


def avances(dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date) -> Alertes:
    """Warn of an advance, or of advance and instalments before the balance, above what the scheme pays."""
    for ligne in dossier.subventions(jour):
        read = argent.compte(ligne, jour)
        rule = read.accord and dispositifs.regle(ligne.dispositif, read.accord.jour)
        granted = read.decide
        if not rule or not granted:
            continue
        for sorte, kinds, most, what in (
            ("avance", ("avance",), rule.taux_avance, "L'avance atteint"),
            (
                "acomptes",
                ("avance", "acompte"),
                rule.plafond_acomptes,
                "Avance et acomptes atteignent",
            ),
        ):
            paid = delais.paid_as(ligne, kinds, jour)
            if most is not None and paid * 100 > most * granted:
                rate = percent(paid * 100 / granted)
                texte = f"{what} {rate} de l'accord, pour {percent(most)} au plus."
                calcul = f"{euros(paid)} ÷ {euros(granted)}"
                yield AlerteDAction(sorte, texte, calcul, rule.article, ligne.pk, rule.verifiee)


def percent(rate: Decimal) -> str:
    """Write a rate to one decimal: « 17,2 % », and « 20 % » without any."""
    rounded = round(rate, 1)
    return f"{nombre(rounded, int(rounded % 1 != 0))}\u00a0%"
