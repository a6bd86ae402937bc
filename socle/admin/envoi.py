"""The form by which an agent sends a file to import, and what is asked once for all its rows."""

from django import forms

from socle.fichiers import depot as depots
from socle.fichiers.tableau.fichier import LARGEST_FILE, MOST_ROWS
from socle.lignes import validate_one_line
from socle.sources import Source


class FichierForm(forms.Form):
    """A file, and what is asked once for all its rows."""

    required_css_class = "required"

    sorte = forms.ChoiceField(label="Le fichier contient", widget=forms.RadioSelect)
    fichier = forms.FileField(
        label="Tableau XLSX, XLS, ODS ou CSV",
        required=False,
        help_text=f"5 Mo et {MOST_ROWS} lignes au plus.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods"}),
    )
    envoi = forms.CharField(required=False, widget=forms.HiddenInput)
    feuille = forms.CharField(
        label="Feuille",
        required=False,
        max_length=50,
        help_text="Le nom de celle à lire, si plusieurs feuilles du classeur ont des colonnes connues.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    autre_jour = forms.BooleanField(
        label="Importer même un fichier d'un autre jour",
        required=False,
        help_text="Pour un fichier téléchargé ici à une autre date, si tout y est encore vrai aujourd'hui.",
    )
    raison = forms.CharField(
        label="Motif",
        max_length=250,
        validators=[validate_one_line],
        help_text="Pourquoi ces fiches changent : gardé dans l'historique de chacune.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    source = forms.ModelChoiceField(
        Source.objects.exclude(genre=Source.Genre.SERVICE).order_by("-date_document", "titre"),
        label="Source des dates",
        required=False,
        empty_label="aucun document",
        help_text="Le document qui dit les dates que le fichier change, quand ses colonnes n'en nomment pas.",
    )
    connaissance = forms.BooleanField(
        label="Le service le sait par lui-même",
        required=False,
        help_text=(
            "Aucun document ne dit ces dates : la source publiée sera « Connaissance du service », à la "
            "date d'aujourd'hui."
        ),
    )
    detail = forms.CharField(
        label="Comment il le sait",
        max_length=400,
        required=False,
        validators=[validate_one_line],
        help_text="Un appel, une réunion… Pour le service seul : jamais publié.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, ressources, user, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user
        sorts = [(sort, ressource.titre) for sort, ressource in ressources.items()]
        self.fields["sorte"].choices = sorts
        if len(sorts) == 1:
            self.fields["sorte"].initial = sorts[0][0]
            self.fields["sorte"].widget = forms.HiddenInput()

    def clean(self):
        """Refuse two origins for the same dates, and a detail of what the service does not say."""
        data = super().clean()
        data["fichier"] = data.get("fichier") or depots.sent(data.get("envoi"), self.user)
        if data["fichier"] is None and "fichier" not in self.errors:
            self.add_error("fichier", "Choisissez un fichier.")
        if data.get("source") and data.get("connaissance"):
            self.add_error("connaissance", "Choisissez un document ou le service, pas les deux.")
        if data.get("detail") and not data.get("connaissance"):
            self.add_error("detail", "Cochez aussi « Le service le sait par lui-même ».")
        return data

    def ask_again(self, feuilles=()):
        """Keep the file for the next answer, since no browser sends it again; offer its `feuilles`."""
        upload = self.cleaned_data.get("fichier")
        if upload and upload.size <= LARGEST_FILE:
            self.data = self.data.copy()
            self.data["envoi"] = depots.keep_sent(upload, self.user)
            kept = f"Gardé : {upload.name}. Choisissez-en un autre pour le remplacer."
            self["fichier"].help_text = kept
        if feuilles:
            self.fields["feuille"].widget = forms.Select(
                choices=[(name, name) for name in feuilles]
            )
