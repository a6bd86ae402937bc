"""What is due for a record, and by when."""

import datetime
from dataclasses import dataclass

from django.utils.text import Truncator, capfirst

from ort.models import Avenant, Convention
from projects.models import Note
from pvd.bureau.accueil.attend import (
    ending_contracts,
    ending_fundings,
    proposals_waiting,
    reports_to_answer,
)
from socle.adresses_admin import admin_url
from socle.dates import Precision


@dataclass
class Echeance:
    """Something due on `jour`, or that waits already when it is None; `adresse` is where to see to it."""

    texte: str
    jour: datetime.date | None = None
    precision: str = Precision.JOUR
    detail: str = ""
    adresse: str = ""
    passee: bool = False
    rappel: Note | None = None

    @property
    def rang(self):
        return (self.jour or datetime.date.min, self.texte)


def echeance_de(suite):
    """Return what the programme expects next."""
    return Echeance(suite.titre, suite.jour, suite.precision, suite.texte, passee=suite.passee)


def signatures_prevues(perimetre, jour):
    """Yield the acts whose signature is planned, and not done."""
    planned = {"date_signature__isnull": True, "date_signature_prevue__isnull": False}
    for model, named in ((Convention, []), (Avenant, ["convention"])):
        for acte in perimetre.of(model).filter(**planned).select_related(*named).order_by("pk"):
            day = acte.date_signature_prevue
            where = admin_url(acte, "change")
            yield Echeance(
                "Signature prévue", day, detail=str(acte), adresse=where, passee=day < jour
            )


def echeances_des_postes(perimetre, jour):
    """Yield the contracts and the fundings that end soon."""
    for occupation in ending_contracts(perimetre, jour):
        who = occupation.titulaire or "titulaire non nommé"
        yield echeance_de_poste("Fin d'un contrat", occupation, who)
    for funding in ending_fundings(perimetre, jour):
        yield echeance_de_poste("Fin d'un cofinancement", funding, funding.nom_financeur)


def echeance_de_poste(texte, row, who):
    where = admin_url(row.poste, "histoire")
    return Echeance(texte, row.dernier_jour, detail=f"{who}, {row.poste}", adresse=where)


def demandes(perimetre, jour):
    """Yield what others wait for: the answer to a proposal, and to a visitor."""
    for proposition in proposals_waiting(perimetre):
        text = "Proposition à examiner" if proposition.a_examiner else "Proposition sans réponse"
        where = admin_url(proposition, "change")
        yield Echeance(text, detail=str(proposition.convention), adresse=where)
    if perimetre.user.has_perm("suivi.change_signalement"):
        for signalement in reports_to_answer(perimetre, jour):
            detail = f"Attend depuis : {signalement.age}"
            where = admin_url(signalement, "change")
            yield Echeance("Signalement d'un visiteur", detail=detail, adresse=where)


def rappels(notes, jour):
    """Yield the reminders that agents gave themselves."""
    for note in notes:
        text = capfirst(Truncator(note.texte.partition("\n")[0].strip()).chars(120))
        yield Echeance(
            text,
            note.rappel,
            detail="Rappel",
            adresse=admin_url(note, "change"),
            passee=note.rappel < jour,
            rappel=note,
        )
