"""What happens to a commune between two vintages: it merges, is renamed, or changes its intercommunalité."""

from functools import partial

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse

from communes.models import Commune, Intercommunalite, Mouvement
from communes.territoire.codes import un_code_insee
from communes.territoire.decoupage import DecoupageError
from communes.territoire.decoupage.a_la_main import rattacher, renommer, reunir
from communes.territoire.decoupage.journal import write_by_hand
from communes.territoire.mouvements import Sorte
from ort.models import CommuneCouverte, Convention
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.formulaire import SansPrecisionForm, offer
from pvd.bureau.referentiel.touches import touches
from socle.admin.champs import DayField
from socle.admin.choix import SearchedSelect, SearchedSelectMultiple
from socle.dates import ONE_DAY, Precision, add_years, in_french
from socle.lignes import validate_one_line

COMMUNE = Mouvement._meta.get_field("commune")


class MouvementForm(SansPrecisionForm):
    """The day may be to come, by a year at most: such acts are taken months before they hold."""

    date = DayField(label="Vrai à partir du")

    def clean_date(self):
        jour = self.cleaned_data["date"]
        if jour and jour > add_years(self.jour, 1):
            raise forms.ValidationError("Ce jour est à plus d'un an : attendez l'acte qui le dit.")
        return jour

    def offer_communes(self, name, widget):
        offer(self, name, Commune.objects.filter(fin__isnull=True), widget)

    def offer_intercommunalite(self):
        link = Mouvement._meta.get_field("intercommunalite")
        rows = Intercommunalite.objects.filter(fin__isnull=True)
        offer(self, "intercommunalite", rows, SearchedSelect(link, admin.site))


def nom_field():
    return forms.CharField(
        label="Nouveau nom",
        max_length=200,
        validators=[validate_one_line],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Tel que l'acte l'écrit.",
    )


class CommuneNouvelleForm(MouvementForm):
    communes = forms.ModelMultipleChoiceField(
        label="Communes qui se réunissent", queryset=Commune.objects.none()
    )
    code = forms.CharField(
        label="Code INSEE de la commune nouvelle",
        max_length=5,
        validators=[un_code_insee],
        help_text="Celui de l'une d'elles le plus souvent, sinon celui que l'Insee lui donne.",
    )
    nom = nom_field()
    intercommunalite = forms.ModelChoiceField(
        label="Son intercommunalité", queryset=Intercommunalite.objects.none()
    )
    field_order = ["communes", "code", "nom", "intercommunalite", "date"]

    def prepare(self):
        link = CommuneCouverte._meta.get_field("commune")
        self.offer_communes("communes", SearchedSelectMultiple(link, admin.site))
        self.offer_intercommunalite()

    def clean(self):
        """Refuse one commune alone, and a code of another département."""
        data = super().clean()
        communes = list(data.get("communes") or ())
        if len(communes) == 1:
            self.add_error("communes", "Deux communes au moins se réunissent.")
        code = data.get("code", "")
        own = {commune.pk for commune in communes}
        departements = {commune.departement_id for commune in communes}
        if communes and code and code not in own and not code.startswith(tuple(departements)):
            self.add_error("code", "Ce code n'est pas d'un département de ces communes.")
        return data


class NomForm(MouvementForm):
    commune = forms.ModelChoiceField(label="Commune", queryset=Commune.objects.none())
    nom = nom_field()
    field_order = ["commune", "nom", "date"]

    def prepare(self):
        self.offer_communes("commune", SearchedSelect(COMMUNE, admin.site))

    def clean_date(self):
        """Refuse a day to come: a decree gives the name on the day when it is published."""
        jour = super().clean_date()
        if jour and jour > self.jour:
            raise forms.ValidationError(
                "Cette date est à venir : un nom change quand le décret paraît."
            )
        return jour


class IntercommunaliteForm(MouvementForm):
    commune = forms.ModelChoiceField(label="Commune", queryset=Commune.objects.none())
    intercommunalite = forms.ModelChoiceField(
        label="Nouvelle intercommunalité", queryset=Intercommunalite.objects.none()
    )
    field_order = ["commune", "intercommunalite", "date"]

    def prepare(self):
        self.offer_communes("commune", SearchedSelect(COMMUNE, admin.site))
        self.offer_intercommunalite()


class GesteDuTerritoire(GesteQuiCree):
    """A change of the territory: the national level alone does it, who alone has the right to add one."""

    model = Mouvement
    adds = [Mouvement]
    par_commune = Mouvement
    annonce = True

    def allowed(self, user):
        return user.is_active and user.is_superuser and super().allowed(user)

    def address(self, record):
        return reverse("admin:referentiel")

    def communes(self, record, data):
        return [data["commune"].pk]

    def sirens(self, data):
        return [data["intercommunalite"].pk]

    def passing(self, data, codes):
        """Yield, as sentences, what is recorded of communes and goes on under the change."""
        jour = data["date"]
        found = touches(codes, [], jour)
        named = {commune.pk: commune for commune in Commune.objects.filter(pk__dans=list(codes))}
        for code in codes:
            for touche in found.get(code, ()):
                yield named[code], touche
        # What nobody has recorded is not said to pass.

    def mouvement(self, data):
        raise NotImplementedError

    def change(self, data):
        """Return what is done to the state of the territory."""
        raise NotImplementedError

    def write(self, record, form, reason):
        data = form.cleaned_data
        mouvement = self.mouvement(data).because(reason)
        codes = {*self.communes(record, data), mouvement.commune_id}
        try:
            write_by_hand(mouvement, self.change(data), codes, self.sirens(data))
        except DecoupageError as error:
            raise ValidationError(str(error)) from error
        return mouvement, [(mouvement, "date_effet", data["date"], Precision.JOUR)]


class CreerCommuneNouvelle(GesteDuTerritoire):
    slug = "creer-une-commune-nouvelle"
    titre = "Créer une commune nouvelle"
    fait = "Commune nouvelle"
    form = CommuneNouvelleForm

    def communes(self, record, data):
        return [commune.pk for commune in data["communes"]]

    def phrases(self, record, data):
        jour, codes = data["date"], self.communes(record, data)
        names = ", ".join(f"{commune} ({commune.pk})" for commune in data["communes"])
        told = [
            f"{names} forment {data['nom']} ({data['code']}) à partir du {in_french(jour)}.",
            f"Jusqu'au {in_french(jour - ONE_DAY)}, rien ne change.",
        ]
        passing = list(self.passing(data, codes))
        for commune, touche in passing:
            stays = commune.pk == data["code"]
            verb = "reste de" if stays else "passe à"
            told.append(f"{commune} est {touche} : cela {verb} {data['nom']}.")
        if not passing:
            told.append("Aucune lauréate, aucune ORT ni aucun poste n'est concerné.")
        return told

    def mouvement(self, data):
        return Mouvement(
            sorte=Sorte.NOUVELLE,
            date_effet=data["date"],
            commune_id=data["code"],
            nom=data["nom"],
            intercommunalite=data["intercommunalite"],
        )

    def change(self, data):
        return partial(
            reunir,
            membres=[commune.pk for commune in data["communes"]],
            code=data["code"],
            nom=data["nom"],
            siren=data["intercommunalite"].pk,
            jour=data["date"],
        )


class ChangerNomCommune(GesteDuTerritoire):
    slug = "changer-le-nom-d-une-commune"
    titre = "Changer le nom d'une commune"
    fait = "Nouveau nom de commune"
    form = NomForm

    def sirens(self, data):
        return []

    def phrases(self, record, data):
        commune, jour = data["commune"], data["date"]
        told = [
            f"{commune} ({commune.pk}) se nomme {data['nom']} à partir du {in_french(jour)}.",
            f"Les pages d'avant ce jour gardent « {commune} ».",
        ]
        passing = self.passing(data, [commune.pk])
        return told + [f"{data['nom']} reste {touche}." for _, touche in passing]

    def mouvement(self, data):
        return Mouvement(
            sorte=Sorte.NOM, date_effet=data["date"], commune=data["commune"], nom=data["nom"]
        )

    def change(self, data):
        return partial(renommer, code=data["commune"].pk, nom=data["nom"], jour=data["date"])


class ChangerIntercommunalite(GesteDuTerritoire):
    slug = "changer-d-intercommunalite"
    titre = "Changer d'intercommunalité"
    fait = "Nouvelle intercommunalité"
    form = IntercommunaliteForm

    def phrases(self, record, data):
        commune, epci = data["commune"], data["intercommunalite"]
        told = [f"{commune} ({commune.pk}) est de {epci} à partir du {in_french(data['date'])}."]
        passing = self.passing(data, [commune.pk])
        told += [f"{commune} reste {touche}." for _, touche in passing]
        covering = Convention.objects.filter(couvertures__commune=commune).exclude(porteur=epci)
        if covering.exists():
            told.append("Ses ORT restent portées par qui les a signées, jusqu'à un avenant.")
        return told

    def mouvement(self, data):
        return Mouvement(
            sorte=Sorte.INTERCOMMUNALITE,
            date_effet=data["date"],
            commune=data["commune"],
            intercommunalite=data["intercommunalite"],
        )

    def change(self, data):
        siren = data["intercommunalite"].pk
        return partial(rattacher, code=data["commune"].pk, siren=siren, jour=data["date"])


DU_TERRITOIRE = (CreerCommuneNouvelle(), ChangerNomCommune(), ChangerIntercommunalite())
