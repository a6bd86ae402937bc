"""Actions as the pages and the files show them on a day: public facts alone."""

from communes.models import Departement, Tenue
from projects.financements.regles import ZERO
from projects.projet.annuaire import NomsDuJour, cles_des
from projects.projet.du_jour import ActionsDatees
from socle.dates import known_by

LIEES = ("convention", "axe", "theme", "entree", "sortie")


def situer(actions, jour, datees=ActionsDatees, annuaire=None):
    """Give each of `actions`, a list, what is known of it on `jour`: a constant number of queries.

    Its `du_jour`, its `lieux`, its `maitre`, the `annuaire` of all, the ORT that is its `plan`, and whether
    it is `complete`: the plans of each of its départements are kept in full, and a grant that is not
    recorded is none.
    Studies are given the same, read by their own `datees`; their `maitre` is whom each is for.
    `annuaire` is that of the page, if it has read names already.
    """
    dates = datees([action.pk for action in actions]).du_jour(jour)
    annuaire = (annuaire or NomsDuJour(jour)).lire(cles_des(dates.values()))
    kept = set(Departement.objects.filter(tenue_plans=Tenue.COMPLETE).values_list("pk", flat=True))
    for action in actions:
        action.du_jour = dates[action.pk]
        action.lieux = annuaire.lieux(action.du_jour)
        action.maitre = annuaire.maitre_ouvrage(action.du_jour)
        action.annuaire = annuaire
        action.plan = convention_signee(action, jour)
        departements = annuaire.departements(action.du_jour)
        action.complete = bool(departements) and kept.issuperset(departements)
    return actions


def convention_signee(fiche, jour):
    """Return the convention of an action or of a study, None before its signature: nobody reads it by then.

    What an adhésion brought may have come into the plan of an ORT that was signed later.
    """
    act = fiche.convention
    return act if act and known_by(act.date_signature, jour) else None


def axe_du_plan(action):
    """Return the axe of an action read by `situer`, None if it is of an ORT still to be signed that day."""
    axe = action.axe
    return axe if axe and (axe.convention_id is None or action.plan) else None


def somme_montree(action, stage):
    """Return the sum of a stage of an action read by `situer`, None if unknown.

    Of no line, it is zero where the plans are kept in full, or where all that was granted is withdrawn.
    """
    sommes = action.du_jour.sommes
    somme = getattr(sommes, stage)
    if somme.lignes:
        return somme.montant if somme.connue else None
    return ZERO if action.complete or sommes.verse.lignes else None
