"""What is asked to open a département: its files, sent once, and the account of its référent."""

from django import forms

from communes.models import Departement
from socle.fichiers.tableau.fichier import LARGEST_LIST

CONTOURS_EN_FRANCE = "Les contours d'un seul département à la fois : choisissez-le."


class FichierDeListe(forms.FileField):
    """A national list, or contours; one that is too large is refused before it is read."""

    def clean(self, data, initial=None):
        sent = super().clean(data, initial)
        if sent and sent.size > LARGEST_LIST:
            raise forms.ValidationError("50 Mo au plus.")
        return sent


class OuvrirForm(forms.Form):
    """Everything that opens a département; nothing is written when it is sent."""

    required_css_class = "required"

    departement = forms.ModelChoiceField(
        Departement.objects.order_by("nom"),
        label="Département",
        required=False,
        empty_label="la France entière",
    )
    pvd = FichierDeListe(label="Liste PVD (ANCT)", help_text="CSV ou tableur, tel que publié.")
    ort = FichierDeListe(label="Liste ORT (DGALN)", help_text="CSV ou tableur, tel que publié.")
    jour_pvd = forms.DateField(
        label="Jour de la liste PVD",
        required=False,
        help_text="Si le nom du fichier ne le porte pas.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    jour_ort = forms.DateField(
        label="Jour de la liste ORT",
        required=False,
        help_text="Si le nom du fichier ne le porte pas.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    extraits = forms.BooleanField(
        label="Ces listes ne sont que des extraits",
        required=False,
        help_text="Ce qui n'y est pas ne dit alors rien.",
    )
    contours = FichierDeListe(
        label="Contours (GeoJSON)", required=False, help_text="Des communes du département."
    )
    attribution = forms.CharField(
        label="Qui publie ces contours",
        required=False,
        max_length=200,
        help_text="Et sous quelle licence : la carte l'affiche.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    referent = forms.CharField(
        label="Identifiant du référent",
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    courriel = forms.EmailField(label="Son adresse électronique", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self):
        data = super().clean()
        if bool(data.get("referent")) != bool(data.get("courriel")):
            self.add_error("courriel", "L'identifiant et l'adresse vont ensemble.")
        if data.get("referent") and not data.get("departement"):
            self.add_error("referent", "Un référent est d'un département : choisissez-le.")
        if data.get("contours") and not data.get("departement"):
            self.add_error("contours", CONTOURS_EN_FRANCE)
        if data.get("contours") and not data.get("attribution"):
            self.add_error("attribution", "La licence demande de montrer qui les publie.")
        return data
