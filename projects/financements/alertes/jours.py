"""What is wrong in the days: what is late, lapses, or was begun too soon."""

import datetime

from projects.actions import regles
from projects.actions.coherence import latest, may_precede
from projects.actions.models import Derogation
from projects.actions.regles import TERMINEES, Depuis, EtatAction
from projects.financements import delais
from projects.financements import regles as argent
from projects.financements.alertes.dossier import DOTATIONS, AlerteDAction, Alertes, Dossier
from projects.financements.delais import Limite, ReglesDispositifs
from projects.financements.faits import FaitFinancementDate, FinancementDate
from socle.dates import add_years, in_french, in_words
from socle.francais import depuis

# CGCT, L. 2334-36 and following: asked in year N, decided by the end of N + 1, or asked again.
A_REDEMANDER = {"detr", "dsil"}
SANS_NOUVELLES = 365


def retard(dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date) -> Alertes:
    """Warn of an action whose announced end is past: see `regles.en_retard`."""
    forecast = regles.fin_prevue(dossier.action, jour)
    if forecast and regles.en_retard(dossier.action, jour):
        announced = Depuis(forecast.date_prevue, forecast.precision)
        texte = f"La fin était annoncée {in_words(*announced)}."
        yield AlerteDAction("en_retard", texte, "", "règle du service", date=announced)


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
