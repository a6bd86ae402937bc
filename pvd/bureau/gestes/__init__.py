"""Guided actions: what happens in the life of the programme, each a short form, with its source."""

from django.db.models import Exists, OuterRef

from pvd.bureau.gestes.conventions import NouvelleConvention, SignerAvenant, SignerConvention
from pvd.bureau.gestes.labellisations import (
    EntrerDansLeProgramme,
    QuitterProgramme,
    RevenirProgramme,
    SignerAdhesion,
)
from pvd.bureau.gestes.postes import (
    AjouterCofinancement,
    AjouterCommunesAuPoste,
    Arrivee,
    ChangerTitulaire,
    Depart,
    FermerPoste,
    IssueOffre,
    OuvrirPoste,
    ProlongerContrat,
    PublierOffre,
    RetirerCommunesDuPoste,
)

# In the order in which buttons and lists show them.
GESTES = {
    geste.slug: geste
    for geste in (
        EntrerDansLeProgramme(),
        SignerAdhesion(),
        QuitterProgramme(),
        RevenirProgramme(),
        NouvelleConvention(),
        SignerConvention(),
        SignerAvenant(),
        OuvrirPoste(),
        PublierOffre(),
        IssueOffre(),
        Arrivee(),
        Depart(),
        ChangerTitulaire(),
        ProlongerContrat(),
        AjouterCommunesAuPoste(),
        RetirerCommunesDuPoste(),
        AjouterCofinancement(),
        FermerPoste(),
    )
}


def gestes_for(user, model):
    """Return the guided actions that `user` may do on records of `model`."""
    return [geste for geste in GESTES.values() if geste.model is model and geste.allowed(user)]


def gestes_possibles(user, model, keys, jour):
    """Return the guided actions that `user` may do on the records of `model` that bear `keys`, by key.

    As they are on `jour`. One query for all of them: a page of the back office counts its queries.
    """
    offered = [geste for geste in gestes_for(user, model) if not geste.creates]
    itself = model._default_manager.filter(pk=OuterRef("pk"))
    asked = {
        f"geste_{n}": Exists(geste.candidates(itself, jour)) for n, geste in enumerate(offered)
    }
    if not asked or not keys:
        return {}
    found = model._default_manager.filter(pk__in=keys).values_list("pk", *asked.values())
    return {
        key: [geste for geste, yes in zip(offered, possible, strict=True) if yes]
        for key, *possible in found
    }
