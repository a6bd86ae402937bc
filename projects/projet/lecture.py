"""Actions as the pages and the files show them on a day: public facts alone."""

from communes.models import Departement, Tenue
from projects.financements.regles import ZERO
from projects.projet.annuaire import NomsDuJour, cles_des
from projects.projet.du_jour import ActionsDatees

LIEES = ("convention", "axe", "theme", "entree", "sortie")


def situer(actions, jour, datees=ActionsDatees, annuaire=None):
    """Give each of `actions`, a list, what is known of it on `jour`: a constant number of queries.

    Its `du_jour`, its `lieux`, its `maitre`, the `annuaire` of all, and whether it is `complete`: the
    plans of each of its départements are kept in full, and a grant that is not recorded is none.
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
        departements = annuaire.departements(action.du_jour)
        action.complete = bool(departements) and kept.issuperset(departements)
    return actions


def somme_montree(action, stage):
    """Return the sum of a stage of an action read by `situer`, None if unknown.

    Of no line, it is zero where the plans are kept in full, or where all that was granted is withdrawn.
    """
    sommes = action.du_jour.sommes
    somme = getattr(sommes, stage)
    if somme.lignes:
        return somme.montant if somme.connue else None
    return ZERO if action.complete or sommes.verse.lignes else None
