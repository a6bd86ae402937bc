"""The tables of the actions and of their money, in and out: one list of the back office has them all."""

from projects.actions.exports_internes import (
    ACTIONS_INTERNES,
    AXES,
    COUTS,
    DEROGATIONS,
    EFFETS,
    FAITS,
    PREVISIONS,
    THEMES,
)
from projects.actions.imports import (
    AxeRessource,
    CoutRessource,
    DerogationRessource,
    EffetAvenantRessource,
    FaitActionRessource,
    PrevisionRessource,
    ThemeRessource,
)
from projects.actions.imports_actions import ActionRessource
from projects.financements.exports_internes import (
    DISPOSITIFS,
    FAITS_FINANCEMENTS,
    FINANCEMENTS,
    REGLES,
    VERSEMENTS,
)
from projects.financements.imports import DispositifRessource, FinancementRessource, RegleRessource
from projects.financements.imports_faits import FaitFinancementRessource, VersementRessource
from projects.projet.plan.export import PLAN
from projects.projet.plan.ressource import PlanDActions
from projects.projet.plan.subventions.liste import ListeDesSubventions
from socle.admin.exports import ExportAdmin
from socle.admin.imports import ImportAdmin


class TableauxDesActions(ImportAdmin, ExportAdmin):
    """The list of the actions, with the files that it takes and gives; the national level has its own."""

    imports = {
        "plan": PlanDActions,
        "subventions": ListeDesSubventions,
        "actions": ActionRessource,
        "axes": AxeRessource,
        "faits": FaitActionRessource,
        "previsions": PrevisionRessource,
        "couts": CoutRessource,
        "financements": FinancementRessource,
        "faits-financements": FaitFinancementRessource,
        "versements": VersementRessource,
        "effets-avenants": EffetAvenantRessource,
        "derogations": DerogationRessource,
        "themes": ThemeRessource,
        "dispositifs": DispositifRessource,
        "regles-dispositifs": RegleRessource,
    }
    exports = {
        "plan": PLAN,
        "actions": ACTIONS_INTERNES,
        "axes": AXES,
        "faits": FAITS,
        "previsions": PREVISIONS,
        "couts": COUTS,
        "financements": FINANCEMENTS,
        "faits-financements": FAITS_FINANCEMENTS,
        "versements": VERSEMENTS,
        "effets-avenants": EFFETS,
        "derogations": DEROGATIONS,
        "themes": THEMES,
        "dispositifs": DISPOSITIFS,
        "regles-dispositifs": REGLES,
    }
