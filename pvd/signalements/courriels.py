"""The mails about a report: to the service that answers it, then to the visitor who sent it.

What is typed and who typed it never reach the journal of the site, even when a mail fails.
"""

import logging

from socle.courriels import send_mail

logger = logging.getLogger(__name__)

A_TRAITER = """\
Un visiteur signale une erreur sur le site Petites villes de demain.

Page : {ou}
{adresse}

Ce qui est faux :

{message}
{correction}
Pour y répondre, dans l'espace agents :
{fiche}

Ces lignes sont celles d'un visiteur : n'ouvrez pas les liens qu'elles contiendraient sans les
avoir vérifiés. L'adresse du visiteur, s'il l'a donnée, n'est lisible que dans l'espace agents.
"""
REPONSE = """\
Bonjour,

Vous avez signalé une erreur le {recu} sur le site Petites villes de demain.

Page : {ou}
{adresse}

Suite donnée : {statut}.

{reponse}

Votre adresse électronique est effacée dès l'envoi de ce message, auquel il ne sert à rien de
répondre. Pour signaler autre chose, utilisez de nouveau le formulaire au bas de la page.
"""


def quote(text):
    """Mark each line as someone else's words."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def send(signalement, subject, text, recipients):
    """Send a mail; return whether it left. A failure is logged by its kind and nothing else."""
    try:
        send_mail(subject, text, recipients)
    except (OSError, ValueError) as error:
        # The message of the error may well hold an address.
        kind = type(error).__name__
        logger.error("Signalement %s : un courriel n'est pas parti (%s).", signalement.pk, kind)
        return False
    return True


def tell_services(signalement, adresse, fiche):
    """Tell the services of the départements of a report that it has come, where they gave an address.

    `adresse` is that of the page, `fiche` that of the report in the back office.
    """
    services = signalement.departements().exclude(courriel_service="")
    recipients = sorted(set(services.values_list("courriel_service", flat=True)))
    correction = "\nCe qui serait juste, et où le vérifier :\n\n{}\n"
    text = A_TRAITER.format(
        ou=signalement.ou,
        adresse=adresse,
        message=quote(signalement.message),
        correction=correction.format(quote(signalement.correction))
        if signalement.correction
        else "",
        fiche=fiche,
    )
    if recipients:
        send(signalement, f"Erreur signalée : {signalement.objet}", text, recipients)


def answer_visitor(signalement, adresse, recu):
    """Send the answer of a closed report to its visitor; return whether it left."""
    text = REPONSE.format(
        recu=recu,
        ou=signalement.ou,
        adresse=adresse,
        statut=signalement.get_statut_display(),
        reponse=signalement.reponse,
    )
    return send(signalement, "Votre signalement d'une erreur", text, [signalement.courriel])
