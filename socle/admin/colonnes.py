"""« Vos colonnes »: what each column of a file is taken for, as an agent confirms or corrects it."""

from django import forms

from socle.fichiers.correspondance import IGNOREE, missing_columns
from socle.fichiers.tableau.noms import en_clair


class ColonnesForm(forms.Form):
    """One choice by column of a file, proposed by `correspondance`."""

    def __init__(self, colonnes, ressource, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.colonnes, self.ressource = colonnes, ressource
        choices = [(IGNOREE, "ignorer cette colonne"), *choices_of(ressource)]
        for place, colonne in enumerate(colonnes):
            self.fields[self.name_of(place)] = forms.ChoiceField(
                label=colonne.entete,
                choices=choices,
                required=False,
                initial=colonne.colonne or IGNOREE,
            )

    @staticmethod
    def name_of(place):
        return f"colonne_{place}"

    @property
    def lignes(self):
        """Return the columns of the file, each with its field."""
        return [(colonne, self[self.name_of(n)]) for n, colonne in enumerate(self.colonnes)]

    def clean(self):
        """Refuse two columns that would be the same, and a table without what tells its records."""
        data, taken = super().clean(), {}
        for place, colonne in enumerate(self.colonnes):
            chosen = data.get(self.name_of(place))
            if chosen and chosen in taken:
                text = f"« {taken[chosen]} » est déjà prise pour cela."
                self.add_error(self.name_of(place), text)
            colonne.colonne = chosen
            taken[chosen] = colonne.entete
        if absent := missing_columns(self.colonnes, self.ressource):
            names = ", ".join(f"« {en_clair(column)} »" for column in absent)
            raise forms.ValidationError(f"Dites quelle colonne du fichier donne {names}.")
        return data

    @property
    def choix(self):
        """Return what each header is, once the form is valid."""
        return {colonne.entete: colonne.colonne for colonne in self.colonnes}


def choices_of(ressource):
    """Return the columns that one may choose, under what they tell of where that is several things."""
    groups = [
        (title, [(column, en_clair(column)) for column in columns])
        for title, columns in ressource.groupes
    ]
    return groups if len(groups) > 1 else groups[0][1]
