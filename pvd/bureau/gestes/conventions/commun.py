"""What the guided actions on a convention share: whose figures they may change."""

from ort.models import CommuneCouverte, Convention
from pvd.bureau.gestes.base import Geste


class GesteDeConvention(Geste):
    model = Convention

    def communes(self, record, data):
        covered = CommuneCouverte.objects.filter(convention=record).values_list("commune")
        added = [commune.pk for commune in data.get("communes") or []]
        return [*(pk for (pk,) in covered), *added]
