"""What the guided actions on a convention share: whose figures they may change, their act."""

from ort.avertissements import de_la_signature
from ort.models import Avenant, CommuneCouverte, Convention, Document
from pvd.bureau.gestes.acte_joint import ActeForm, AvecActe
from pvd.bureau.gestes.base import Geste


class ActeDeConventionForm(ActeForm):
    """An act of a convention: its publisher is who carries the convention."""

    def auteur(self, data):
        porteur = data.get("porteur") or self.record.porteur
        return porteur.nom if porteur else ""


class GesteDeConvention(Geste):
    model = Convention

    def communes(self, record, data):
        covered = CommuneCouverte.objects.filter(convention=record).values_list("commune")
        added = [commune.pk for commune in data.get("communes") or []]
        return [*(pk for (pk,) in covered), *added]


class GesteDActe(AvecActe, GesteDeConvention):
    """A geste whose form takes the PDF of the act of a convention."""

    def document_de(self, acte):
        avenant = acte if isinstance(acte, Avenant) else None
        return Document(convention=avenant.convention if avenant else acte, avenant=avenant)


class GesteDeSignature(GesteDActe):
    """The convention itself comes: it brings in those that no avenant does."""

    def warnings(self, record, data):
        return de_la_signature(record, data["date"] or data["date_signature_prevue"])
