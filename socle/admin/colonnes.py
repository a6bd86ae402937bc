"""« Vos colonnes »: what each column of a file is taken for, as an agent confirms or corrects it."""

from django import forms

from socle.fichiers.correspondance import IGNOREE, missing_columns
from socle.fichiers.montants import UNITES
from socle.fichiers.tableau.noms import en_clair

# What is answered of a column of which somebody has to say what it is.
A_DIRE = "?"
DITES_LE = "Dites ce que contient cette colonne, ou ignorez-la."


class ColonnesForm(forms.Form):
    """One choice by column of a file, proposed by `correspondance`, and the unit of its amounts."""

    def __init__(self, colonnes, ressource, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.colonnes, self.ressource = colonnes, ressource
        choices = [(IGNOREE, "ignorer cette colonne"), *choices_of(ressource)]
        for place, colonne in enumerate(colonnes):
            asked = colonne.colonne is None and colonne.entete in ressource.a_dire
            self.fields[self.name_of(place)] = forms.ChoiceField(
                label=colonne.entete,
                choices=[(A_DIRE, "à dire"), *choices] if asked else choices,
                required=False,
                initial=A_DIRE if asked else colonne.colonne or IGNOREE,
            )
            proposed = ressource.unite_proposee(colonne.entete, colonne.colonne)
            if colonne.unite or proposed:
                self.fields[self.unit_of(place)] = forms.ChoiceField(
                    label=f"Unité de « {colonne.entete} »",
                    choices=[(unite, unite) for unite in UNITES],
                    required=False,
                    initial=colonne.unite or proposed,
                )

    @staticmethod
    def name_of(place):
        return f"colonne_{place}"

    @staticmethod
    def unit_of(place):
        return f"unite_{place}"

    @property
    def lignes(self):
        """Return the columns of the file, each with its field."""
        return [(colonne, self[self.name_of(n)]) for n, colonne in enumerate(self.colonnes)]

    @property
    def lectures(self):
        """Return the columns of the file, each with its field, that of its unit, and its cells as read."""
        return [
            (
                colonne,
                champ,
                self[self.unit_of(n)] if self.unit_of(n) in self.fields else "",
                self.compris(n, colonne),
            )
            for n, (colonne, champ) in enumerate(self.lignes)
        ]

    @property
    def avec_unites(self):
        """Tell whether some column has amounts, whose unit is asked."""
        return any(name.startswith("unite_") for name in self.fields)

    def compris(self, place, colonne):
        """Return how the first cells of a column are read, under what is chosen of it."""
        column = self[self.name_of(place)].value()
        unite = self[self.unit_of(place)].value() if self.unit_of(place) in self.fields else ""
        if column in (IGNOREE, A_DIRE):
            return []
        return [self.ressource.compris(column, unite, text) for text in colonne.valeurs]

    def clean(self):
        """Refuse two columns that would be the same, and a table without what tells its records."""
        data, taken = super().clean(), {}
        for place, colonne in enumerate(self.colonnes):
            chosen = data.get(self.name_of(place))
            if chosen == A_DIRE:
                self.add_error(self.name_of(place), DITES_LE)
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

    @property
    def unites(self):
        """Return the unit of the amounts of each header, where it was asked, once the form is valid."""
        return {
            colonne.entete: self.cleaned_data[self.unit_of(place)]
            for place, colonne in enumerate(self.colonnes)
            if self.cleaned_data.get(self.unit_of(place))
        }


def choices_of(ressource):
    """Return the columns that one may choose, under what they tell of where that is several things."""
    told = ressource.intitules
    groups = [
        (title, [(column, told.get(column) or en_clair(column)) for column in columns])
        for title, columns in ressource.groupes
    ]
    return groups if len(groups) > 1 else groups[0][1]
