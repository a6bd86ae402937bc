"""What the guided actions on a convention share: whose figures they may change."""

from communes.models import Commune
from ort.avertissements import de_la_convention, des_entrees
from ort.models import CommuneCouverte, Convention
from pvd.bureau.gestes.base import Geste


class GesteDeConvention(Geste):
    model = Convention

    def communes(self, record, data):
        covered = CommuneCouverte.objects.filter(convention=record).values_list("commune")
        added = [commune.pk for commune in data.get("communes") or []]
        return [*(pk for (pk,) in covered), *added]


class GesteDeSignature(GesteDeConvention):
    """The convention itself comes: it brings in those that no avenant does."""

    def warnings(self, record, data):
        jour = data["date"] or data["date_signature_prevue"]
        founding = Commune.objects.filter(
            couvertures__convention=record, couvertures__entree__isnull=True
        )
        return [*de_la_convention(record, jour), *des_entrees(record, founding, jour)]
