"""What happens to a convention: it is made, signed, completed, then avenants change it."""

from pvd.bureau.gestes.conventions.avenant import SignerAvenant
from pvd.bureau.gestes.conventions.completer import CompleterConvention
from pvd.bureau.gestes.conventions.deplacement import DeplacerCommunes
from pvd.bureau.gestes.conventions.nouvelle import NouvelleConvention
from pvd.bureau.gestes.conventions.regroupement import ConfirmerRegroupement, ConfirmerRegroupements
from pvd.bureau.gestes.conventions.signature import SignerConvention

__all__ = [
    "CompleterConvention",
    "ConfirmerRegroupement",
    "ConfirmerRegroupements",
    "DeplacerCommunes",
    "NouvelleConvention",
    "SignerAvenant",
    "SignerConvention",
]
