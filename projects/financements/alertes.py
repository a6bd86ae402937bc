"""What looks wrong in the money and the days of an action: warnings, never refusals, internal.

Each is a rule of its own, a function of an action, its lines of money and a day; each says the text
that it rests on and its computation. A scheme's rates and months are dated settings: what nobody read
in the text says « à vérifier ».

Late is surely late: of a date known to the month or to the year, months and ages run from the last day
that it may be, and the sentence says it as it is known.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from projects.actions import regles
from projects.actions.coherence import latest, may_precede
from projects.actions.faits import ActionDatee
from projects.actions.models import Derogation
from projects.actions.regles import TERMINEES, Depuis, EtatAction
from projects.financements import delais
from projects.financements import regles as argent
from projects.financements.delais import Limite, ReglesDispositifs
from projects.financements.faits import FaitFinancementDate, FinancementDate
from projects.financements.models import Forme
from socle.dates import add_years, in_french, in_words
from socle.francais import depuis, euros, nombre, pour_cent

# CGCT, art. L. 1111-10, III: the least share of the owner of an investment, of its public money.
PART_MINIMALE = 20
# CGCT, art. R. 2334-27: what the State's grants to local investment reach, all together.
PLAFOND_DOTATIONS = 80
DOTATIONS = {"detr", "dsil", "dsid", "dpv"}
# CGCT, L. 2334-36 and following: asked in year N, decided by the end of N + 1, or asked again.
A_REDEMANDER = {"detr", "dsil"}
SANS_NOUVELLES = 365
# Outre-mer, where the least share is not asked (L. 1111-10, III).
OUTRE_MER = ("97", "98")


class AlerteDAction(NamedTuple):
    """A warning: its rule, what it says, the computation written out, the text, the line if it is of one.

    `date` is the day that it is about: the oldest ones come first.
    """

    sorte: str
    texte: str
    calcul: str
    article: str
    financement: int | None = None
    verifiee: bool = True
    date: Depuis | None = None

    @property
    def explication(self) -> str:
        """Return the computation and the text, and say when nobody has read it."""
        doubt = "" if self.verifiee else "règle à vérifier"
        return " ; ".join(filter(None, [self.calcul, self.article, doubt]))


class Dossier(NamedTuple):
    """What the warnings read of an action: its dates, its lines of money, its waivers.

    `releves` are the days since which its readings are known.
    """

    action: ActionDatee
    lignes: list[FinancementDate]
    communes: list[str]
    derogations: list[tuple[str, datetime.date]]
    acceptees: list["Acceptee"]
    releves: Sequence[Depuis] = ()

    def subventions(self, jour: datetime.date) -> list[FinancementDate]:
        """Return its lines but the share of its owner, which no warning is about."""
        return [ligne for ligne in self.lignes if not argent.propre(ligne, self.action, jour)]

    def derogation(self, objet: str, jour: datetime.date) -> bool:
        """Tell whether the préfet had allowed it by `jour`."""
        return any(about == objet and given <= jour for about, given in self.derogations)


class Acceptee(NamedTuple):
    """A warning that someone accepts, from a day up to another, both included; no end: for good."""

    sorte: str
    financement: int | None
    jour: datetime.date
    jusqu_au: datetime.date | None

    def silences(self, alerte: AlerteDAction, jour: datetime.date) -> bool:
        """Tell whether the warning is accepted on `jour`."""
        of_it = (self.sorte, self.financement) == (alerte.sorte, alerte.financement)
        return of_it and self.jour <= jour and (self.jusqu_au is None or jour <= self.jusqu_au)


Alertes = Iterator[AlerteDAction]


def alertes(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> list[AlerteDAction]:
    """Return the warnings of an action on `jour`, but those that someone accepted, in a fixed order."""
    found = [alerte for rule in RULES for alerte in rule(dossier, dispositifs, jour)]
    return [
        alerte
        for alerte in found
        if not any(accepted.silences(alerte, jour) for accepted in dossier.acceptees)
    ]


def retard(dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date) -> Alertes:
    """Warn of an action whose announced end is past: see `regles.en_retard`."""
    forecast = regles.fin_prevue(dossier.action, jour)
    if forecast and regles.en_retard(dossier.action, jour):
        announced = Depuis(forecast.date_prevue, forecast.precision)
        texte = f"La fin était annoncée {in_words(*announced)}."
        yield AlerteDAction("en_retard", texte, "", "règle du service", date=announced)


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


def commence_trop_tot(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn of an operation begun before the file was complete, or asked for, unless the préfet allowed it.

    It surely was: the last day of its beginning is before the first that the file may be of.
    """
    begun = delais.debut_operation(dossier.action, jour)
    if begun is None or dossier.derogation(Derogation.Objet.COMMENCEMENT, jour):
        return
    for ligne in dossier.subventions(jour):
        filed = first_of(ligne, jour, "dossier_complet") or first_of(ligne, jour, "demande")
        if ligne.dispositif in DOTATIONS and filed and not may_precede(filed, begun):
            when = in_words(filed.jour, filed.precision)
            yield AlerteDAction(
                "commence_trop_tot",
                "L'opération a commencé avant le dépôt du dossier complet.",
                f"début {in_words(*begun)}, dossier {when}",
                "CGCT, art. R. 2334-24",
                ligne.pk,
                date=begun,
            )


def caducite(dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date) -> Alertes:
    """Warn of a grant that lapses, or will within 6 then 2 months, because nothing has begun.

    While the action is paused, or once it is abandoned, nobody is reminded of it.
    """
    if delais.debut_operation(dossier.action, jour) or asleep(dossier, jour):
        return
    for ligne in ouvertes(dossier, jour):
        limit = delais.limite_commencement(ligne, dispositifs, jour)
        if limit is None:
            continue
        passed = jour > limit.jour
        if passed or jour >= limit.avant(6):
            left = "dans moins de deux mois" if jour >= limit.avant(2) else "dans moins de six mois"
            texte = (
                f"Rien n'a commencé au {in_french(limit.jour)} : ce financement est caduc."
                if passed
                else f"Rien n'a commencé : ce financement sera caduc {left}, après le "
                f"{in_french(limit.jour)}."
            )
            sorte = "caducite" if passed else "caducite_proche"
            yield of_limit(sorte, texte, limit, ligne)


def achevement(dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date) -> Alertes:
    """Warn of a grant whose operation was to be finished by then."""
    if regles.etat(dossier.action, jour) in TERMINEES or asleep(dossier, jour):
        return
    for ligne in ouvertes(dossier, jour):
        limit = delais.limite_achevement(dossier.action, ligne, dispositifs, jour)
        if limit and jour > limit.jour:
            texte = f"L'opération devait être achevée le {in_french(limit.jour)} au plus tard."
            yield of_limit("achevement", texte, limit, ligne)


def of_limit(sorte: str, texte: str, limit: Limite, ligne: FinancementDate) -> AlerteDAction:
    """Return the warning of a deadline of a line: its computation, its text, and its day."""
    told = (limit.calcul, limit.article, ligne.pk, limit.verifiee)
    return AlerteDAction(sorte, texte, *told, date=Depuis(limit.jour))


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


def demande_perimee(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn of a DETR or DSIL asked in year N, and without decision on 31 December N + 1."""
    for ligne in dossier.subventions(jour):
        asked = argent.dernier(ligne, jour, "demande")
        waits = asked and argent.en_attente(ligne, jour) is not None
        if ligne.dispositif in A_REDEMANDER and waits and jour.year > asked.jour.year + 1:
            when = Depuis(asked.jour, asked.precision)
            yield AlerteDAction(
                "demande_perimee",
                f"Demandé {in_words(*when)} et sans décision au 31 décembre "
                f"{asked.jour.year + 1} : une nouvelle demande est à déposer.",
                "",
                "CGCT, art. R. 2334-25",
                ligne.pk,
                verifiee=False,
                date=when,
            )


def achevee_non_soldee(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn of a grant not balanced a year after the action was finished."""
    ended = regles.fin(dossier.action, jour)
    if ended is None or jour < add_years(latest(ended), 1):
        return
    for ligne in ouvertes(dossier, jour):
        texte = f"L'action est achevée {in_words(*ended)}, et ce financement n'est pas soldé."
        yield AlerteDAction(
            "achevee_non_soldee", texte, "", "règle du service", ligne.pk, date=ended
        )


def accord_sans_versement(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn of a grant of which nothing is paid a year after its notification, or its decision if unknown."""
    for ligne in ouvertes(dossier, jour):
        read = argent.compte(ligne, jour)
        if read.accord is None or read.paye:
            continue
        done, since = notification(read.accord)
        if jour >= add_years(latest(since), 1):
            texte = f"{done} {in_words(*since)}, et rien n'est versé."
            yield AlerteDAction(
                "accord_sans_versement", texte, "", "règle du service", ligne.pk, date=since
            )


def notification(accord: FaitFinancementDate) -> tuple[str, Depuis]:
    """Return the word and the day of a grant: of its notification, or of the decision if unknown."""
    if accord.date_notification:
        return "Notifié", Depuis(accord.date_notification)
    return "Accordé", Depuis(accord.jour, accord.precision)


def sans_nouvelles(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Alertes:
    """Warn of an action of which nothing is known for more than 365 days, neither finished nor dropped."""
    last = derniere_nouvelle(dossier, jour)
    over = regles.etat(dossier.action, jour) in TERMINEES or asleep(dossier, jour)
    if last and not over and (jour - latest(last)).days > SANS_NOUVELLES:
        texte = f"Rien de nouveau {depuis(*last)}."
        yield AlerteDAction("sans_nouvelles", texte, "", "règle du service", date=last)


def derniere_nouvelle(dossier: Dossier, jour: datetime.date) -> Depuis | None:
    """Return, of what is known by `jour` of the action, its money and its readings, what may be the last."""
    money = (Depuis(f.jour, f.precision) for ligne in dossier.lignes for f in ligne.faits)
    others = [news for news in (*money, *dossier.releves) if news.jour <= jour]
    return max([*regles.nouvelles(dossier.action, jour), *others], key=latest, default=None)


def ouvertes(dossier: Dossier, jour: datetime.date) -> list[FinancementDate]:
    """Return the lines granted by `jour`, neither balanced nor withdrawn."""
    closed = {argent.EtatFinancement.SOLDE, argent.EtatFinancement.RETIRE}
    return [
        ligne
        for ligne in dossier.subventions(jour)
        if argent.est_accorde(ligne, jour) and argent.etat(ligne, jour) not in closed
    ]


def asleep(dossier: Dossier, jour: datetime.date) -> bool:
    """Tell whether the action is paused or abandoned: reminders stop, and start again if it goes on."""
    return regles.etat(dossier.action, jour) in (EtatAction.EN_PAUSE, EtatAction.ABANDONNEE)


def first_of(
    ligne: FinancementDate, jour: datetime.date, nature: str
) -> FaitFinancementDate | None:
    """Return the first fact of that nature, by `jour`, or None."""
    return next((f for f in argent.faits_au(ligne, jour) if f.nature == nature), None)


def percent(rate: Decimal) -> str:
    """Write a rate to one decimal: « 17,2 % », and « 20 % » without any."""
    rounded = round(rate, 1)
    return f"{nombre(rounded, int(rounded % 1 != 0))}\u00a0%"


# How each sort of warning is called, in the order in which they are shown.
TITRES = {
    "caducite": "Financement caduc",
    "caducite_proche": "Financement bientôt caduc",
    "achevement": "Délai d'achèvement passé",
    "demande_perimee": "Demande périmée",
    "accord_sans_versement": "Accord sans versement depuis un an",
    "achevee_non_soldee": "Action achevée, financement non soldé",
    "en_retard": "Action en retard",
    "sans_nouvelles": "Sans nouvelles depuis un an",
    "part_du_maitre_d_ouvrage": "Part du maître d'ouvrage trop faible",
    "part_prevue": "Part du maître d'ouvrage trop faible, au plan",
    "part_du_maitre_d_ouvrage_non_verifiable": "Part du maître d'ouvrage non vérifiable",
    "part_prevue_non_verifiable": "Part du maître d'ouvrage non vérifiable, au plan",
    "dotations": "Dotations de l'État au-delà du plafond",
    "au_dela_du_cout": "Accordé au-delà du coût",
    "commence_trop_tot": "Commencé avant le dossier complet",
    "avance": "Avance au-delà du taux",
    "acomptes": "Avance et acomptes au-delà du plafond",
}

RULES: Iterable[Callable[[Dossier, ReglesDispositifs, datetime.date], Alertes]] = (
    part_du_maitre_d_ouvrage,
    dotations,
    au_dela_du_cout,
    commence_trop_tot,
    caducite,
    achevement,
    avances,
    demande_perimee,
    retard,
    achevee_non_soldee,
    accord_sans_versement,
    sans_nouvelles,
)
