"""What is proposed of a shared convention, in sentences, and the mails that tell of it."""

import logging

from django.apps import apps
from django.db import transaction

from communes.models import Agent
from socle.courriels import send_mail
from socle.dates import bare, parse_date
from socle.francais import du, is_feminine, liste

logger = logging.getLogger(__name__)

EMPTY = "vide"
PROPOSEE = """\
{qui} propose un changement de la convention « {convention} » :

{phrases}

{texte}

Rien n'est changé tant que vous n'avez pas répondu, dans l'espace agents :
{adresse}
"""
REPONDUE = """\
Votre proposition sur la convention « {convention} » est {reponse}.

{phrases}

{suite}
{adresse}
"""


def phrases(proposition):
    """Return in French what a proposal would change, one sentence a field."""
    return [phrase(proposition, change) for change in proposition.changements]


def phrase(proposition, change):
    model = apps.get_model(change["modele"])
    if change.get("retire"):
        return f"Suppression {du(model)} « {change['avant']} »"
    champ = model._meta.get_field(change["champ"])
    before, after = (told(champ, change[side]) for side in ("avant", "apres"))
    if change["cle"] is None:
        new = "Nouvelle" if is_feminine(model) else "Nouveau"
        return f"{new} {model._meta.verbose_name}, {champ.verbose_name} : {after}"
    fiche = model._base_manager.filter(pk=change["cle"]).first() or proposition.convention
    return f"{fiche}, {champ.verbose_name} : {before} → {after}"


def told(champ, text):
    """Return a value of a proposal as an agent reads it."""
    if not text:
        return EMPTY
    if champ.is_relation:
        return str(champ.related_model._base_manager.filter(pk=text).first() or text)
    if champ.get_internal_type() == "DateField":
        return bare(parse_date(text))
    if champ.get_internal_type() == "BooleanField":
        return {"True": "oui", "False": "non"}[text]
    return str(dict(champ.flatchoices).get(text, text))


def tell_recipient(proposition, adresse):
    """Tell the service of the DDT that is asked, where it gave an address, once all is written."""
    service = proposition.destinataire.courriel_service
    text = PROPOSEE.format(
        qui=ddt_of(proposition.auteur),
        convention=proposition.convention,
        phrases=listed(proposition),
        texte=proposition.texte,
        adresse=adresse,
    )
    send_later(f"Proposition sur {proposition.convention}", text, service)


def tell_author(proposition, adresse):
    """Tell the author of a proposal what was answered, once all is written."""
    text = REPONDUE.format(
        convention=proposition.convention,
        reponse=proposition.get_reponse_display(),
        phrases=listed(proposition),
        suite=proposition.suite,
        adresse=adresse,
    )
    to = proposition.auteur.email if proposition.auteur else ""
    send_later(f"Réponse à votre proposition sur {proposition.convention}", text, to)


def ddt_of(agent: Agent):
    """Return who proposes: the départements of an agent, never its name."""
    return f"La DDT {liste(d.avec_de for d in agent.departements.all())}" if agent else "Une DDT"


def listed(proposition):
    return "\n".join(f"- {phrase}" for phrase in phrases(proposition))


def send_later(subject, text, to):
    """Send a mail once the transaction is done; a failure is logged by its kind, and stops nothing."""

    def send():
        try:
            send_mail(" ".join(subject.split()), text, [to])
        except (OSError, ValueError) as error:
            logger.error("Un courriel de proposition n'est pas parti (%s).", type(error).__name__)

    if to:
        transaction.on_commit(send)
