"""A convention-cadre is made, signed or planned, with its carrier and its communes."""

from django import forms
from django.contrib import admin

from communes.models import Commune, Departement, Intercommunalite
from ort.models import CommuneCouverte, Convention, Document
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.conventions.commun import ActeDeConventionForm, GesteDeSignature
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import offer
from socle.admin.champs import DayField
from socle.admin.choix import SearchedSelect, SearchedSelectMultiple
from socle.admin.portee import CommunesField
from socle.dates import Precision, in_words
from socle.francais import liste, nom_au, pluriel

VAUT_ORT = {"oui": "convention-cadre valant ORT", "non": "convention-cadre, sans valoir ORT"}
# Beyond, the usual title names one commune for all.
NAMED_AT_MOST = 3
WRITTEN = [
    "porteur",
    "departement_reference",
    "duree_annees",
    "ville_principale",
    "origine",
    "date_signature_prevue",
]


class NouvelleConventionForm(ActeDeConventionForm):
    nature = forms.ChoiceField(
        label="Nature",
        choices=VAUT_ORT.items(),
        initial="oui",
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
        help_text="Une convention d'adhésion s'enregistre par « Entrer dans le programme » ou "
        "« Signer la convention d'adhésion ».",
    )
    date_signature_prevue = DayField(
        label="ou signature prévue le",
        required=False,
        help_text="Une convention prévue ne compte pas avant d'être signée.",
    )
    duree_annees = forms.IntegerField(
        label="Durée, en années", min_value=1, max_value=99, required=False
    )
    porteur = forms.ModelChoiceField(
        label="Intercommunalité porteuse", queryset=Intercommunalite.objects.none(), required=False
    )
    communes = CommunesField(
        label="Communes couvertes",
        queryset=Commune.objects.none(),
        help_text="Tapez le début d'un nom ou un code INSEE. Celles d'un autre département "
        "s'ajoutent ensuite, par « Compléter la convention ».",
    )
    ville_principale = forms.ModelChoiceField(
        label="Ville principale signataire", queryset=Commune.objects.none(), required=False
    )
    derogation = forms.BooleanField(
        label="ou dérogation du préfet (article L. 303-3 du CCH)", required=False
    )
    departement_reference = forms.ModelChoiceField(
        label="Département de référence", queryset=Departement.objects.none()
    )
    origine = forms.ChoiceField(
        label="Origine", choices=Convention.Origine, initial=Convention.Origine.PVD
    )
    intitule = forms.CharField(
        label="Intitulé",
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Vide : « ORT de », puis le nom des communes.",
    )

    textes_publics = (*ActeDeConventionForm.textes_publics, "intitule")
    parts = (
        ("L'acte", ["nature", "date", "precision", "date_signature_prevue", "duree_annees"]),
        ("Qui la porte, qui elle couvre", ["porteur", "communes"]),
        ("Ville principale", ["ville_principale", "derogation"]),
        ("La fiche", ["intitule", "departement_reference", "origine"]),
    )

    def nom_de_l_acte(self, data):
        return data["intitule"]

    def prepare(self):
        self.fields["date"].label, self.fields["date"].required = "Signée le", False
        own = Departement.objects.for_user(self.user)
        self.fields["departement_reference"].queryset = own
        if len(only := own[:2]) == 1:
            self.fields["departement_reference"].initial = only[0]
        communes = Commune.objects.for_user(self.user)
        for name, rows in {
            "porteur": Intercommunalite.objects.for_user(self.user),
            "ville_principale": communes,
        }.items():
            link = Convention._meta.get_field(name)
            offer(self, name, rows, SearchedSelect(link, admin.site))
        link = CommuneCouverte._meta.get_field("commune")
        offer(self, "communes", communes, SearchedSelectMultiple(link, admin.site))

    def clean(self):
        """Ask whether it is signed or planned, one and only one; name it as usual if nobody did."""
        data = super().clean()
        planned = data.get("date_signature_prevue")
        if not self.errors and not (data.get("date") or planned):
            self.add_error("date", "Dites quand elle est signée, ou quand sa signature est prévue.")
        elif data.get("date") and planned:
            self.add_error("date_signature_prevue", "Signée ou prévue, pas les deux.")
        if data.get("ville_principale") and data.get("derogation"):
            self.add_error("derogation", "La dérogation vaut pour une ORT sans ville principale.")
        if data.get("communes") and not data.get("intitule"):
            data["intitule"] = intitule_usuel(data)
        return data


def intitule_usuel(data):
    """Return « ORT de Gignac et Saint-André-de-Sangonis »; of many communes, the first alone."""
    first = data.get("ville_principale") or data["communes"][0]
    others = [commune for commune in data["communes"] if commune != first]
    sort = "ORT" if data.get("nature") == "oui" else "Convention-cadre"
    return f"{sort} {liste([first.avec_de, *(others if len(others) < NAMED_AT_MOST else ())])}"


class NouvelleConvention(GesteQuiCree, GesteDeSignature):
    slug = "nouvelle-convention"
    titre = "Nouvelle convention"
    fait = "Nouvelle convention"
    form = NouvelleConventionForm
    adds = [Convention, CommuneCouverte, Document]
    par_commune = CommuneCouverte

    def communes(self, record, data):
        return [commune.pk for commune in data["communes"]]

    def phrases(self, record, data):
        what = f"« {data['intitule']} », {VAUT_ORT[data['nature']]}"
        if data["date"]:
            signed = (
                f"La convention {what}, est signée {in_words(data['date'], data['precision'])}."
            )
        else:
            planned = in_words(data["date_signature_prevue"])
            signed = f"La signature de la convention {what}, est prévue {planned}."
        told = [signed]
        if data["duree_annees"]:
            told.append(f"Elle vaut pour {pluriel(data['duree_annees'], 'an,ans')}.")
        if data["porteur"]:
            day = data["date"] or data["date_signature_prevue"]
            told.append(f"Elle est portée par {nom_au(data['porteur'], day)}.")
        told.append(f"Communes couvertes par elle : {liste(data['communes'])}.")
        if data["ville_principale"]:
            told.append(f"Ville principale : {data['ville_principale']}.")
        elif data["derogation"]:
            told.append("Le préfet a permis que la ville principale n'en soit pas signataire.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        for name in ("intitule", *WRITTEN):
            setattr(record, name, data[name])
        record.identifiant = unused(Convention, "identifiant", data["intitule"], "ort")
        record.date_signature, record.precision_signature = data["date"], data["precision"]
        record.vaut_ort = data["nature"] == "oui"
        record.derogation_l303_3 = data["derogation"] or None
        save(record, reason)
        for commune in data["communes"]:
            save(CommuneCouverte(convention=record, commune=commune), reason)
        if data["date"]:
            return record, [(record, "date_signature", data["date"], data["precision"])]
        planned = data["date_signature_prevue"]
        return record, [(record, "date_signature_prevue", planned, Precision.JOUR)]
