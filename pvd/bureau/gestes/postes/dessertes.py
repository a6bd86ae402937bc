"""Communes join a post, or leave it: a post is shared by those that it serves."""

from django import forms
from django.contrib import admin

from communes.models import Commune
from projects.postes.avertissements import Service, avant_le_programme
from projects.postes.models import Desserte
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import CasesField, SansPrecisionForm, offer
from pvd.bureau.gestes.postes.commun import GesteDePoste, said_of
from socle.admin.portee import CommunesField, CommunesSelect
from socle.dates import Precision, in_words
from socle.francais import liste


class AjoutAuPosteForm(SansPrecisionForm):
    communes = CommunesField(
        label="Communes ajoutées",
        queryset=Commune.objects.none(),
        help_text=(
            "Tapez le début d'un nom ou un code INSEE ; plusieurs communes sont possibles. "
            "D'un autre département, où ce poste n'est pas : l'administrateur national l'ajoute."
        ),
    )
    field_order = ["communes", "date"]

    def prepare(self):
        self.fields["date"].label = "Desservies depuis le"
        joining = self.record.communes_within_reach(self.user)
        offer(self, "communes", joining, CommunesSelect(Desserte, admin.site, self.record))

    def clean_communes(self):
        """Refuse a commune that the post serves already."""
        chosen = self.cleaned_data["communes"]
        served = Desserte.objects.filter(poste=self.record, fin__isnull=True)
        if names := liste(chosen.filter(pk__in=served.values("commune"))):
            raise forms.ValidationError(f"Déjà desservies par ce poste : {names}.")
        return chosen


class AjouterCommunesAuPoste(GesteDePoste):
    slug = "poste-ajouter-communes"
    titre = "Ajouter des communes au poste"
    fait = "Communes ajoutées au poste"
    form = AjoutAuPosteForm
    adds = [Desserte]

    def communes(self, record, data):
        return [*super().communes(record, data), *(commune.pk for commune in data["communes"])]

    def phrases(self, record, data):
        return [
            f"Le poste dessert aussi, depuis {in_words(data['date'])} : {liste(data['communes'])}."
        ]

    def warnings(self, record, data):
        """Tell whom the post would serve before the programme does."""
        return avant_le_programme(
            Service(commune.pk, data["date"], Precision.JOUR) for commune in data["communes"]
        )

    def write(self, record, form, reason):
        data = form.cleaned_data
        said = []
        for commune in data["communes"]:
            served = Desserte(poste=record, commune=commune, debut=data["date"])
            said.append(said_of(save(served, reason), "debut"))
        return record, said


class RetraitDuPosteForm(SansPrecisionForm):
    dessertes = CasesField(label="Communes retirées", queryset=Desserte.objects.none())
    field_order = ["dessertes", "date"]

    def prepare(self):
        self.fields["date"].label = "Ne sont plus desservies le"
        self.fields["date"].help_text = "Premier jour où le poste ne les dessert plus."
        field = self.fields["dessertes"]
        served = Desserte.objects.as_of(self.jour).filter(poste=self.record)
        field.queryset = served.select_related("commune")
        field.label_from_instance = lambda desserte: str(desserte.commune)

    def clean(self):
        """Refuse that a commune leaves before joining, and that a post serves no commune at all."""
        data = super().clean()
        leaving, jour = data.get("dessertes"), data.get("date")
        if not leaving or not jour:
            return data
        for desserte in leaving:
            if desserte.debut and jour <= desserte.debut:
                joined = in_words(desserte.debut)
                self.add_error("dessertes", f"{desserte.commune} est desservie depuis {joined}.")
        staying = Desserte.objects.as_of(jour).filter(poste=self.record, fin__isnull=True)
        if not staying.exclude(pk__in=[desserte.pk for desserte in leaving]).exists():
            self.add_error(
                "dessertes",
                "Un poste dessert au moins une commune : s'il n'en dessert plus aucune, "
                "fermez le poste.",
            )
        return data


class RetirerCommunesDuPoste(GesteDePoste):
    slug = "poste-retirer-communes"
    titre = "Retirer des communes du poste"
    fait = "Communes retirées du poste"
    form = RetraitDuPosteForm

    def phrases(self, record, data):
        names = liste(desserte.commune for desserte in data["dessertes"])
        return [f"Le poste ne dessert plus, depuis {in_words(data['date'])} : {names}."]

    def write(self, record, form, reason):
        data = form.cleaned_data
        said = []
        for desserte in data["dessertes"]:
            desserte.fin = data["date"]
            said.append(said_of(save(desserte, reason), "fin"))
        return record, said
