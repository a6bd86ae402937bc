"""What happens to the plan: an action, a study comes, lives, costs; money is asked, granted, paid."""

from pvd.bureau.gestes.projet.argent import (
    DeposerDemande,
    EnregistrerAccord,
    JoindreDecision,
    ModifierAccord,
    NouvelAccord,
    NouvelAccordDEtude,
    NouvelleDemande,
    NouvelleDemandeDEtude,
    Proroger,
    RefusOuSansSuite,
    Retirer,
)
from pvd.bureau.gestes.projet.calendrier import (
    ReviserCalendrier,
    ReviserCout,
    ReviserCoutDEtude,
)
from pvd.bureau.gestes.projet.etudes import (
    AbandonnerEtude,
    CommanderEtude,
    InscrireEtude,
    JoindreRapport,
    RendreEtude,
    ValiderEtude,
)
from pvd.bureau.gestes.projet.inscription import InscrireAction
from pvd.bureau.gestes.projet.lieu import SituerLAction
from pvd.bureau.gestes.projet.mesures import MESURES
from pvd.bureau.gestes.projet.plan import AppliquerAvenant, AttacherActions
from pvd.bureau.gestes.projet.point import FaireLePoint
from pvd.bureau.gestes.projet.versements import NouveauVersement, NouveauVersementDEtude, Verser
from pvd.bureau.gestes.projet.vie import (
    Abandonner,
    Achever,
    Bloquer,
    Demarrer,
    Lever,
    MettreEnPause,
    Relancer,
    Reprendre,
)

# In the order in which buttons and lists show them.
DU_PROJET = (
    InscrireAction(),
    Demarrer(),
    Bloquer(),
    Lever(),
    MettreEnPause(),
    Reprendre(),
    Achever(),
    Abandonner(),
    Relancer(),
    ReviserCalendrier(),
    ReviserCout(),
    SituerLAction(),
    NouvelleDemande(),
    NouvelAccord(),
    NouveauVersement(),
    DeposerDemande(),
    EnregistrerAccord(),
    JoindreDecision(),
    RefusOuSansSuite(),
    Verser(),
    ModifierAccord(),
    Proroger(),
    Retirer(),
    FaireLePoint(),
    AttacherActions(),
    AppliquerAvenant(),
    InscrireEtude(),
    CommanderEtude(),
    RendreEtude(),
    JoindreRapport(),
    ValiderEtude(),
    AbandonnerEtude(),
    ReviserCoutDEtude(),
    NouvelleDemandeDEtude(),
    NouvelAccordDEtude(),
    NouveauVersementDEtude(),
    *MESURES,
)

__all__ = ["DU_PROJET"]
