"""What all guided actions share: a date, its source, a comment, and how they are written down."""

from typing import NamedTuple

from django import forms
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db import IntegrityError, transaction

from communes.models import Departement
from pvd.suivi.chiffres import chiffres
from socle.admin.champs import DayField, LastDayField
from socle.admin.choix import SearchedSelect
from socle.admin.evenements import Chapitre
from socle.admin.page_d_agent import page_url
from socle.dates import Precision, first_day
from socle.historique import ActeEnCours, Historisee, one_act
from socle.identifiants import bare_key, identifiant_de, libre
from socle.models import Affirmation, Source
from socle.personnes import ASKED, CONFIRMED, quoted, texts_naming_someone
from socle.remarques import precision_of
from socle.sources import Sourcee, affirm

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
    precision = getattr(fiche, precision_of(type(fiche), champ))
    return {"date": f"{getattr(fiche, champ):%d/%m/%Y}", "precision": precision}


def offer(form, name, rows, widget):
    """Let one of `rows`, or several, be searched by `widget`, and refuse any other."""
    field = form.fields[name]
    field.widget = widget
    field.widget.is_required = field.required
    field.queryset = rows
    field.widget.choices = field.choices


def free_key(title):
    """Return a key that no source has, made from `title`."""
    return unused(Source, "cle", title, "source")


def save_named(source, reason):
    """Save a new source under a key of its own, be it taken at the very moment by someone else."""
    source.cle = free_key(source.titre)
    try:
        with transaction.atomic():
            return save(source, reason)
    except IntegrityError:
        source.cle = free_key(source.titre)
        return save(source, reason)


def unused(model, field, text, default):
    """Return a key that no record of `model` has in `field`, made from `text`, else from `default`."""
    base = identifiant_de(text, default)
    begun = model._base_manager.filter(**{f"{field}__startswith": base})
    return libre(base, {bare_key(key) for key in begun.values_list(field, flat=True)})


def save(record, reason):
    """Check the record as its form in the back office would, and save it with the reason."""
    record.full_clean()
    record.because(reason).save()
    return record


class Ecrit(NamedTuple):
    """What a geste wrote: the record to show, and what its source says, as `Geste.write` gives it."""

    fiche: Historisee
    source: Source
    dires: list
    acte: ActeEnCours

    def remarques(self):
        """Return what looks wrong in the records written, each asked once."""
        written = {(type(record), record.pk): record for record in (self.fiche, *self.fiches_dites)}
        return [
            remarque
            for record in written.values()
            if isinstance(record, Sourcee)
            for remarque in record.remarques()
        ]

    @property
    def fiches_dites(self):
        return [fiche for fiche, *_ in self.dires]


class Geste:
    """Something that happens to a record of `model`: asked for by `form`, written by `apply`."""

    slug = ""
    # As a button says it, then as the history does.
    titre = ""
    fait = ""
    model = None
    form = GesteForm
    # What is added besides: whoever does the geste may add it by hand too.
    adds = ()
    impossible = "Ce n'est plus possible : la fiche a changé."
    # It tells what is decided for days to come, of which a document may well speak before them.
    annonce = False
    # It makes a record, and is not done to one: see `GesteQuiCree`.
    creates = False

    def candidates(self, records, jour):
        """Keep the records to which it can happen, as they are on `jour`."""
        raise NotImplementedError

    @classmethod
    def writable(cls, records, user):
        """Keep the records that `user` may write, of those that it reads: all, unless told otherwise."""
        return records

    def chiffres(self, departement, jour):
        """Return the public figures of a département that the geste may change, each with its label."""
        return chiffres(departement, jour)

    def etats(self, record, jour):
        """Return what anybody reads of the record itself, by label, where the geste changes it."""
        return {}

    def appuis(self, record):
        """Return, as chapters of history, what a preview rests on besides the record and its rows."""
        return []

    def allowed(self, user):
        """Tell whether `user` may do by hand, somewhere, all that the geste writes."""
        codes = [("change", self.model), ("view", Source), ("add", Source), ("add", Affirmation)]
        codes += [("add", model) for model in self.adds]
        return all(
            user.has_perm(f"{m._meta.app_label}.{get_permission_codename(action, m._meta)}")
            for action, m in codes
        )

    def name(self, record):
        """Return the name of the record, as the head of the page says it."""
        return str(record)

    def departements(self, record, data):
        """Return the départements whose figures may change."""
        return Departement.objects.filter(communes__in=self.communes(record, data)).distinct()

    def communes(self, record, data):
        """Return the keys of the communes that the geste may concern."""
        raise NotImplementedError

    def phrases(self, record, data):
        """Return, as sentences, what will be written."""
        raise NotImplementedError

    def warnings(self, record, data):
        """Return what to look at again once it is written, each a text and its explanation.

        Nothing is ever refused for it.
        """
        return []

    def told_document(self, data):
        """Return, as sentences, what becomes of the document that the form takes."""
        return []

    def deposit(self, form, sayings, reason):
        """Keep the document that the form takes, once what it says is written as `sayings`."""

    def address(self, record):
        """Return the page of the back office that the geste leads to."""
        return page_url(record)

    def current(self, record):
        """Return `record` as it is now, to try the geste on."""
        return self.model._base_manager.get(pk=record.pk)

    def typed_already(self, facts):
        """Return, by field of the form, what a page has typed of facts: (record, field) each."""
        return day_typed(*facts[0])

    def reason(self, data):
        """Return what was done, as the history says it."""
        return self.fait

    def write(self, record, form, reason):
        """Write the fact; return the record to show, and what the source says, for `affirm`."""
        raise NotImplementedError

    def say_besides(self, record, source, how):
        """Record what the source says of the record shown, that is no date."""

    def apply(self, record, form, for_good=False):
        """Write the fact, its source and its reason; return what was written.

        What is only tried, and not `for_good`, leaves no file behind. Raises `ValidationError`, in
        French, for what the records cannot hold; the caller holds the transaction.
        """
        comment, reason = form.cleaned_data["commentaire"], self.reason(form.cleaned_data)
        reason = f"{reason} : {comment}" if comment else reason
        with one_act(reason) as acte:
            source, how = form.get_source(reason), form.cleaned_data["connaissance_detail"]
            shown, sayings = self.write(record, form, reason)
            for fiche, champ, jour, precision in sayings:
                affirm(fiche, champ, f"{jour:%d/%m/%Y}", source, precision, how)
            self.say_besides(shown, source, how)
            if for_good:
                self.deposit(form, sayings, reason)
        return Ecrit(shown, source, sayings, acte)


class GesteQuiCree(Geste):
    """A geste that makes its record: asked for at its own address, with nothing to choose first."""

    creates = True
    # What it makes for each commune: another of the same commune was perhaps made in between.
    par_commune = None

    def candidates(self, records, jour):
        """Keep nothing: it happens to no record that is already there."""
        return records.none()

    def current(self, record):
        """Return a blank record: the one of the form is kept for the next try."""
        return self.model()

    def chapitres(self, data):
        """Return, as chapters of history, what of the same sort concerns the same communes."""
        made = self.par_commune.history.filter(commune__in=self.communes(None, data))
        return [Chapitre(made)]
