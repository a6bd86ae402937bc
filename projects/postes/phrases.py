"""Where a post stands on a day, told in French, and since when nobody holds it."""

from projects.postes.models import Etat, Recrutement
from socle.dates import in_french
from socle.francais import depuis, pluriel


def tell_etat(du_jour):
    """Write the state of a post on a day, since when, and for how long nobody holds it.

    « vacant depuis le 1er mars 2024, soit 12 jours », « en recrutement, engagé le 6 mars 2024 ; sans
    personne depuis le 1er mars 2024, soit 12 jours ».
    """
    return f"{Etat(du_jour.etat).label}{tell_depuis(du_jour)}"


def tell_depuis(du_jour):
    """Write what follows the state of a post: since when, told once whatever happened meanwhile.

    The days passed count from the first one with nobody; they are not told where it is not known.
    """
    empty = du_jour.vacant_depuis
    if empty is None or empty == du_jour.depuis:
        since = du_jour.depuis
        told = f" {depuis(since, du_jour.precision_depuis)}" if since else ""
        return told + how_long(du_jour)
    since = f"sans personne {depuis(empty, du_jour.precision_vacance)}{how_long(du_jour)}"
    return f"{tell_recrutement(du_jour)} ; {since}"


def tell_recrutement(du_jour):
    """Write what happened since nobody holds the post: a recruitment begun, or its outcome."""
    day = in_french(du_jour.depuis)
    if du_jour.etat == Etat.RECRUTEMENT:
        return f", engagé le {day}"
    recruited = du_jour.issue_du_recrutement == Recrutement.Issue.RECRUTE
    outcome = "abouti" if recruited else "clos sans suite"
    return f" : recrutement {outcome} le {day}"


def how_long(du_jour):
    """Write for how many days nobody has held the post, from the second one on."""
    days = du_jour.jours_vacance
    return f", soit {pluriel(days, 'jour,jours')}" if days else ""
