"""The tables of the studies and of their money, in and out: one list of the back office has them all."""

from projects.etudes.exports_internes import COUTS_ETUDES, ETUDES_INTERNES, FAITS_ETUDES
from projects.etudes.imports import (
    CoutEtudeRessource,
    EtudeRessource,
    FaitEtudeRessource,
    FinancementEtudeRessource,
)
from projects.financements.exports_internes import faits_de, financements_de, versements_de
from projects.financements.imports_faits import FaitFinancementRessource, VersementRessource
from socle.admin.exports import ExportAdmin
from socle.admin.imports import ImportAdmin


class TableauxDesEtudes(ImportAdmin, ExportAdmin):
    """The list of the studies, with the files that it takes and gives."""

    imports = {
        "etudes": EtudeRessource,
        "faits-etudes": FaitEtudeRessource,
        "couts-etudes": CoutEtudeRessource,
        "financements-etudes": FinancementEtudeRessource,
        "faits-financements-etudes": FaitFinancementRessource,
        "versements-etudes": VersementRessource,
    }
    exports = {
        "etudes": ETUDES_INTERNES,
        "faits-etudes": FAITS_ETUDES,
        "couts-etudes": COUTS_ETUDES,
        "financements-etudes": financements_de("etude"),
        "faits-financements-etudes": faits_de("etude"),
        "versements-etudes": versements_de("etude"),
    }
