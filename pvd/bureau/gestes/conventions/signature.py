"""A convention that was planned is signed."""

from django import forms

from communes.models import Commune
from ort.models import Document
from pvd.bureau.gestes.conventions.commun import ActeDeConventionForm, GesteDeSignature
from pvd.bureau.gestes.ecriture import save
from socle.dates import in_words
from socle.francais import liste, pluriel


class ConventionForm(ActeDeConventionForm):
    duree_annees = forms.IntegerField(
        label="Durée, en années", min_value=1, max_value=99, required=False
    )
    field_order = ["date", "precision", "duree_annees"]

    def nom_de_l_acte(self, data):
        return str(self.record)

    def prepare(self):
        self.fields["date"].label = "Signée le"
        self.fields["duree_annees"].initial = self.record.duree_annees


class SignerConvention(GesteDeSignature):
    slug = "signer-convention"
    titre = "Signer la convention"
    fait = "Convention signée"
    form = ConventionForm
    adds = [Document]
    impossible = "Cette convention est déjà signée."

    def candidates(self, records, jour):
        """Keep the conventions that are not signed."""
        return records.filter(date_signature__isnull=True)

    def phrases(self, record, data):
        phrases = [f"{record} est signée {in_words(data['date'], data['precision'])}."]
        if data["duree_annees"]:
            phrases.append(f"Elle vaut pour {pluriel(data['duree_annees'], 'an,ans')}.")
        covered = Commune.objects.filter(
            couvertures__convention=record, couvertures__entree__isnull=True
        )
        if names := liste(covered):
            return [*phrases, f"Communes couvertes dès ce jour-là : {names}."]
        return [*phrases, "Aucune commune n'y est enregistrée : ajoutez-les d'abord sur sa fiche."]

    def write(self, record, form, reason):
        data = form.cleaned_data
        record.date_signature, record.precision_signature = data["date"], data["precision"]
        record.duree_annees = data["duree_annees"] or record.duree_annees
        save(record, reason)
        return record, [(record, "date_signature", data["date"], data["precision"])]
