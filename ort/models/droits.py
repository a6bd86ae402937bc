"""What an agent may write of a convention over several départements, and what it has to propose.

A convention is kept by the agents of its reference département. The others bring in and take out their own
communes; what touches those of another département is theirs to propose: see `Proposition`.
"""

from functools import cached_property

from communes.models import Commune, Departement
from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.couvertures import CommuneCouverte

# What moves the days, or the count, of all the communes of a convention, and who keeps it.
DE_TOUTES = {"date_signature", "precision_signature", "duree_annees", "vaut_ort"}
DE_LA_REFERENCE = {"departement_reference"}
# What moves the days of the communes that an avenant brings in or takes out.
D_UN_ACTE = {"convention", "date_signature", "precision_signature"}
# What says by which acts a commune comes in and goes out, and what its DDT answers of it to the ministry.
D_UNE_COMMUNE = {"convention", "commune", "entree", "sortie", "remarques_enquete"}
# A record that is removed changes whole.
RETIREE = frozenset(D_UN_ACTE | D_UNE_COMMUNE | DE_TOUTES)

A_LA_REFERENCE = "Seule la DDT de référence ({}) en décide : proposez-le-lui."
A_LA_SIENNE = "{} n'est pas de vos départements : proposez-le à sa DDT."


class Plume:
    """Who writes: its départements, read once; the national level writes everywhere."""

    def __init__(self, agent):
        self.agent, self.national = agent, agent.is_superuser

    @cached_property
    def departements(self):
        return set(Departement.objects.for_user(self.agent).values_list("pk", flat=True))

    def tient(self, reference):
        """Tell whether a convention of that reference département is kept by whoever writes."""
        return self.national or reference in self.departements

    def refus(self, fiche, changed, reference):
        """Return why the fields `changed` of a record of a convention are not to be changed, or None.

        `reference` is the key of the reference département before the change: whoever takes it would
        otherwise be judged as its holder.
        """
        if self.tient(reference):
            return None
        if isinstance(fiche, Convention):
            moves = changed & (DE_TOUTES | DE_LA_REFERENCE)
            return A_LA_REFERENCE.format(reference) if moves else None
        for commune in communes_moved(fiche, changed):
            if commune.departement_id not in self.departements:
                return A_LA_SIENNE.format(commune)
        return None


def communes_moved(fiche, changed):
    """Return the communes whose days in a convention the change of an avenant, or of a row, moves."""
    if isinstance(fiche, CommuneCouverte) and changed & D_UNE_COMMUNE:
        return [fiche.commune]
    if isinstance(fiche, Avenant) and changed & D_UN_ACTE:
        return Commune.objects.filter(pk__in=fiche.convention.communes_moved_by(fiche))
    return []
