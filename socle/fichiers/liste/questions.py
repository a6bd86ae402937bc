"""What is asked of a list once for all its rows: its day, and whether it is whole."""

from django import forms

from socle.fichiers.liste.jour import JourRefuse, jour_du_nom, refuse_impossible


class QuestionsDeListe(forms.Form):
    """The day is proposed by the name of the file, where it says it."""

    jour = forms.DateField(
        label="Jour de la liste",
        help_text="Celui que son nom porte (…-20260427.csv), ou celui de sa publication : la liste est la "
        "source de ses dates, et dit ce qui est ce jour-là.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    extrait = forms.BooleanField(
        label="Ce fichier n'est qu'un extrait",
        required=False,
        help_text="Il n'a pas toutes les lignes de la liste : ce qui n'y est pas ne dit rien.",
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    @staticmethod
    def proposees(nom):
        """Return the answers that the name of a file proposes."""
        jour = jour_du_nom(nom)
        return {"jour": jour.isoformat()} if jour else {}

    def clean_jour(self):
        jour = self.cleaned_data["jour"]
        try:
            refuse_impossible(jour)
        except JourRefuse as refusal:
            raise forms.ValidationError(str(refusal)[:1].upper() + str(refusal)[1:]) from None
        return jour

    @property
    def reponses(self):
        """Return the answers, as a deposit keeps them."""
        data = self.cleaned_data
        return {"jour": data["jour"].isoformat()} | ({"extrait": "on"} if data["extrait"] else {})
