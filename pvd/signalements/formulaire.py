"""The form of a visitor who reports an error: three fields, and one that only robots fill."""

from django import forms

from pvd.signalements.models import Signalement
from socle.lignes import plain_lines

TROP_LONG = "Ce texte compte %(show_value)d caractères : 2 000 au plus."
LIBELLES = {
    "message": "Ce qui est faux",
    "correction": "Ce qui serait juste, et où le vérifier",
    "courriel": "Votre adresse électronique, si vous souhaitez une réponse",
}


class SignalementForm(forms.ModelForm):
    # Its name tempts robots; people neither see it nor reach it.
    site_internet = forms.CharField(
        label="Laissez ce champ vide",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta:
        model = Signalement
        fields = ["message", "correction", "courriel"]
        labels = LIBELLES
        help_texts = {
            "courriel": "Format attendu : nom@domaine.fr. Elle ne sert qu'à vous répondre."
        }
        widgets = {
            "message": forms.Textarea(attrs={"class": "fr-input", "rows": 4}),
            "correction": forms.Textarea(attrs={"class": "fr-input", "rows": 3}),
            "courriel": forms.EmailInput(attrs={"class": "fr-input", "autocomplete": "email"}),
        }
        error_messages = {
            "message": {"required": "Dites ce qui est faux.", "max_length": TROP_LONG},
            "correction": {"max_length": TROP_LONG},
            "courriel": {
                "invalid": "Cette adresse n'est pas complète. Format attendu : nom@domaine.fr",
                "max_length": "Cette adresse est trop longue : 254 caractères au plus.",
            },
        }

    def __init__(self, data=None, **kwargs):
        super().__init__(with_plain_lines(data), auto_id="signaler-%s", **kwargs)

    @property
    def champs(self):
        """Return the fields that people fill in."""
        return [self[name] for name in self._meta.fields]

    @property
    def filled_by_a_robot(self):
        return bool(self.data.get("site_internet"))


def with_plain_lines(data):
    """Write an end of line as one character, as the browser counts it, and not as it sends it."""
    if data is None:
        return None
    return {name: plain_lines(value) for name, value in data.items()}
