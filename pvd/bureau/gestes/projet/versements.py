"""What is paid of what was granted."""

from django.utils import timezone

from ort.avertissements import Avertissement
from projects.etudes.models.etudes import SANS_ARGENT
from projects.financements import regles
from projects.financements.coherence import CLOTURES
from projects.financements.models import (
    Financement,
    SorteVersement,
)
from pvd.bureau.gestes.projet.argent import FaitDeLigne, PourUneAction, PourUneEtude, avec
from pvd.bureau.gestes.projet.commun import GesteDeLigne
from pvd.bureau.gestes.projet.lignes import (
    NouveauVersementForm,
    VersementForm,
    accorde,
    ligne_du_jour,
    plafond_accorde,
)
from socle.francais import euros


class Verser(FaitDeLigne, GesteDeLigne):
    slug = "financement-enregistrer-un-versement"
    titre = "Enregistrer un versement"
    fait = "Versement enregistré"
    nature = "versement"
    form = VersementForm
    impossible = "Ce financement est soldé : plus rien n'en est versé."

    def candidates(self, records, jour):
        return records.filter(~avec("versement", sorte_versement__in=CLOTURES))

    def phrases(self, record, data):
        sort = SorteVersement(data["sorte"]).label
        told = [
            f"{self.de_qui(record, data)} : {euros(data['montant'])} versés ({sort}) {self.quand(data)}."
        ]
        if not accorde(record):
            told.append(
                "Aucun accord n'en est connu : il est supposé, au plus tard ce jour-là, sans montant."
            )
        return told

    def warnings(self, record, data):
        """Tell what a balance leaves unpaid: the grant is then what was paid."""
        if data["sorte"] not in CLOTURES or not isinstance(record, Financement):
            return []
        granted = plafond_accorde(record)
        paid = regles.montant_verse(ligne_du_jour(record), timezone.localdate())
        if granted is None or paid >= granted:
            return []
        return [
            Avertissement(
                f"Le financement est soldé à {euros(paid)}, pour {euros(granted)} accordés.",
                "L'accordé devient ce qui a été versé (CGCT, art. R. 2334-30).",
            )
        ]

    def faits(self, ligne, data):
        paid = self.fait_de(
            ligne,
            "versement",
            data,
            montant=data["montant"],
            sorte_versement=data["sorte"],
            reference=data["reference"],
        )
        if accorde(ligne):
            return [paid]
        return [paid.accord_suppose(), paid]


class NouveauVersement(PourUneAction, Verser):
    slug = "action-enregistrer-un-versement"
    titre = "Enregistrer un versement, sans accord connu"
    form = NouveauVersementForm


class NouveauVersementDEtude(PourUneEtude, Verser):
    slug = "etude-enregistrer-un-versement"
    titre = "Enregistrer un versement, sans accord connu"
    form = NouveauVersementForm
    impossible = SANS_ARGENT
