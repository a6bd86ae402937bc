"""Guided actions: what happens in the life of the programme, each a short form, with its source."""

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
