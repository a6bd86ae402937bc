"""Whom to call in a few départements: what the public pages tell, and what is still to be said."""

from communes.models import Departement, Interlocuteur, Tenue


def interlocuteurs_de(departements):
    """Return the départements, in their order, each with its interlocuteur or None: one query."""
    found = Interlocuteur.objects.filter(departement__in=[d.pk for d in departements])
    known = {interlocuteur.departement_id: interlocuteur for interlocuteur in found}
    return [(departement, known.get(departement.pk)) for departement in departements]


def sans_interlocuteur(user, departement=None):
    """Return the départements of `user`, or `departement` alone, of which nobody knows whom to call.

    The national level is asked for those whose programme is kept: the others have no agent yet. Known
    by the national lists alone, a département is asked for once it has agents.
    """
    own = Departement.objects.for_user(user)
    if departement is not None:
        own = own.filter(pk=departement.pk)
    elif user.is_superuser:
        own = own.exclude(tenue=Tenue.AUCUNE).exclude(tenue=Tenue.LISTES, agents__isnull=True)
    return list(own.filter(interlocuteurs__isnull=True))
