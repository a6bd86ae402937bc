"""What a geste asks: the fact, on which day, how exactly it is known, and from which source."""

from typing import NamedTuple

from django import forms
from django.contrib import admin

from pvd.bureau.gestes.ecriture import save_named
from socle.admin.champs import DayField, LastDayField
from socle.admin.choix import SearchedSelect
from socle.dates import Precision, first_day, precisions
from socle.models import Affirmation, Source
from socle.personnes import ASKED, CONFIRMED, quoted, texts_naming_someone

SERVICE_FIELDS = ["connaissance", "connaissance_jour", "connaissance_detail"]
SOURCE_FIELDS = ["source", *SERVICE_FIELDS]
SOURCE_FIELDS += ["source_titre", "source_editeur", "source_genre", "source_date"]
# What a new document may be.
GENRES = [
    (genre.value, genre.label)
    for genre in (Source.Genre.DOCUMENT, Source.Genre.ACTE, Source.Genre.PRESSE)
]


class JourField(DayField):
    """The day of a fact: it cannot be after today."""


class DernierJourField(LastDayField, JourField):
    """The last day of a fact, kept as the day after; it cannot be after today either."""


class CasesField(forms.ModelMultipleChoiceField):
    """Boxes to tick: it takes the keys that it offers, and no number that a database cannot hold."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        offered = {str(key) for key in self.queryset.values_list("pk", flat=True)}
        for key in value or []:
            if str(key) not in offered:
                message = self.error_messages["invalid_choice"]
                raise forms.ValidationError(message, "invalid_choice", {"value": key})
        return super().clean(value)


class Groupe(NamedTuple):
    """Fields that the page shows together: folded or not, and then open or not, with what is said first."""

    titre: str
    champs: list
    plie: bool = False
    ouvert: bool = False
    aide: str = ""
    # What a button asks for there, that shows the form again; empty: no button.
    bouton: str = ""


class GesteForm(forms.Form):
    """The date of a fact and who says it; `record` is what the geste is about."""

    # How the page groups the fields of a fact that has many: (title, names).
    parts = ()
    # The fields that ask for the document itself, where a form takes it, and how the page calls it.
    joint = ()
    joint_titre = "L'acte signé, en PDF"
    # The fields of free text that the public reads: see `socle.personnes`.
    textes_publics = ("source_titre", "source_editeur")

    date = JourField(label="Date")
    precision = forms.ChoiceField(
        label="Précision", choices=Precision, initial=Precision.JOUR, required=False
    )
    source = forms.ModelChoiceField(
        label="Source connue", queryset=Source.objects.all(), required=False
    )
    connaissance = forms.BooleanField(
        label="Ou le service le sait par lui-même",
        required=False,
        help_text="Un appel, un courriel, une réunion. Publié : « Connaissance du service » et le jour.",
    )
    connaissance_jour = JourField(label="Su le", required=False, help_text="Vide : aujourd'hui.")
    connaissance_detail = forms.CharField(
        label="Comment",
        max_length=300,
        required=False,
        help_text="Interne, jamais publié : « appel de la DGS », « comité de pilotage ».",
    )
    source_titre = forms.CharField(label="Ou titre d'une autre", max_length=250, required=False)
    source_editeur = forms.CharField(
        label="et son éditeur",
        max_length=150,
        required=False,
        help_text="Qui l'a écrit : préfecture, commune, presse.",
    )
    source_genre = forms.ChoiceField(
        label="Ce que c'est", choices=GENRES, initial=Source.Genre.DOCUMENT, required=False
    )
    source_date = JourField(
        label="Date du document",
        required=False,
        help_text="L'aperçu la compare à ce que le document dit.",
    )
    personne_nommee = forms.BooleanField(label=CONFIRMED, required=False)
    commentaire = forms.CharField(
        label="Commentaire",
        max_length=300,
        required=False,
        help_text="Gardé dans l'historique de la fiche ; jamais publié.",
    )

    def __init__(self, *args, record, user, jour, **kwargs):
        super().__init__(*args, **kwargs)
        self.record, self.user, self.jour = record, user, jour
        # The first text that seems to name somebody: the question is under it.
        self.naming = None
        link = Affirmation._meta.get_field("source")
        self.fields["source"].widget = SearchedSelect(link, admin.site)
        self.fields["source"].widget.choices = self.fields["source"].choices
        for name in ("source_titre", "source_editeur", "connaissance_detail", "commentaire"):
            self.fields[name].widget.attrs["class"] = "vTextField"
        self.prepare()

    def prepare(self):
        """Adapt the fields to the record; a form that has to says how."""

    @property
    def unasked(self):
        """Return the names of the fields that the page does not ask for yet."""
        return ()

    @property
    def groups(self):
        """Return the fields as the page shows them: the fact, in its parts, its source, the comment."""
        groups = [
            *self.groupes_du_fait,
            *([self.groupe(self.joint_titre, self.joint)] if self.joint else ()),
            self.groupe("Qui le dit", SOURCE_FIELDS),
            self.groupe("Pour vos collègues", ["commentaire"]),
        ]
        return [groupe for groupe in groups if groupe.champs]

    @property
    def groupes_du_fait(self):
        """Return the parts of the fact; what was recorded already may have none."""
        others = {*SOURCE_FIELDS, *self.joint, "personne_nommee", "commentaire"}
        others |= {champ.name for champ in self.hidden_fields()}
        fact = self.parts or [("Ce qui s'est passé", [f for f in self.fields if f not in others])]
        return [self.groupe(title, names) for title, names in fact]

    def groupe(self, titre, names):
        return Groupe(titre, list(self.asked(names)))

    def asked(self, names):
        """Yield the fields of a group, and under a text that seems to name somebody, the question."""
        for name in names:
            if name not in self.unasked:
                yield self[name]
            if name == self.naming:
                yield self["personne_nommee"]

    def clean(self):
        data = super().clean()
        self.refuse_days_to_come(data)
        self.ask_for_one_source(data)
        self.ask_about_people(data)
        if data.get("date") and "precision" in self.fields:
            data["precision"] = data.get("precision") or Precision.JOUR
            data["date"] = first_day(data["date"], data["precision"])
        return data

    def refuse_days_to_come(self, data):
        """Refuse a fact dated after today: what is planned has fields of its own."""
        for name, field in self.fields.items():
            if not isinstance(field, JourField) or not data.get(name):
                continue
            typed = field.prepare_value(data[name])
            if typed > self.jour:
                self.add_error(name, "Cette date est à venir : on enregistre ici ce qui a eu lieu.")

    def ask_about_people(self, data):
        """Ask whether the public texts that seem to name somebody do so rightly: once, for all of them."""
        found = texts_naming_someone({name: data.get(name) for name in self.textes_publics})
        self.naming = next(iter(found), None)
        if not data.get("personne_nommee"):
            for name, passages in found.items():
                self.add_error(name, quoted(ASKED, passages))

    def ask_for_one_source(self, data):
        """Ask who says it: a recorded source, the service, or the title and the publisher of a new one."""
        chosen, title = data.get("source"), data.get("source_titre")
        service = data.get("connaissance")
        if chosen and (title or data.get("source_date")):
            self.add_error("source_titre", "Choisissez une source ou créez-en une, pas les deux.")
        elif service and (chosen or title):
            self.add_error("connaissance", "Choisissez un document ou le service, pas les deux.")
        elif title and not data.get("source_editeur"):
            self.add_error("source_editeur", "Indiquez qui a écrit ce document.")
        elif (
            not (chosen or title or service or self.brings_its_source(data))
            and "source" not in self.errors
        ):
            self.add_error("source", "Indiquez la source, le service, ou créez-en une en dessous.")
        if not service and data.get("connaissance_detail"):
            self.add_error("connaissance", "Cochez pour que le service soit la source.")

    def brings_its_source(self, data):
        """Tell whether the form takes the very document that says the fact."""
        return False

    def get_source(self, reason):
        """Return the source chosen, or the new one, written down."""
        data = self.cleaned_data
        if data["source"]:
            return data["source"]
        if data["connaissance"]:
            return Source.connaissance_du_service(data["connaissance_jour"] or self.jour).kept()
        return save_named(self.new_source(data), reason)

    def new_source(self, data):
        """Return the source that is told by its title, not written down yet."""
        return Source(
            titre=data["source_titre"],
            editeur=data["source_editeur"],
            genre=data["source_genre"] or Source.Genre.DOCUMENT,
            date_document=data["source_date"],
        )


class SansPrecisionForm(GesteForm):
    """The same, for a date that is known to the day."""

    precision = None


def day_typed(fiche, champ):
    """Return the day of a fact as a form asks for it, with its precision."""
    precision = getattr(fiche, precisions(type(fiche))[champ])
    return {"date": f"{getattr(fiche, champ):%d/%m/%Y}", "precision": precision}


def offer(form, name, rows, widget):
    """Let one of `rows`, or several, be searched by `widget`, and refuse any other."""
    field = form.fields[name]
    field.widget = widget
    field.widget.is_required = field.required
    field.queryset = rows
    field.widget.choices = field.choices
