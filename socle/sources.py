"""Who says so: the one mechanism by which every dated fact names its source."""

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.text import capfirst

from socle.dates import (
    FIRST_DAY_MESSAGE,
    Precision,
    PrecisionField,
    bare,
    first_day,
    in_french,
    keep_first_days,
    parse_date,
    precisions,
)
from socle.ensembles import refuse_to_come
from socle.historique import Historisee, HistoriseeQuerySet
from socle.publication import Publiable

MENTION_PRESSE = "D'après la presse : "


class Source(Historisee):
    """What states facts: a document (a file, a page, a release, a signed act), or a service itself."""

    class Genre(models.TextChoices):
        DOCUMENT = "document", "liste, fichier, page ou autre document"
        ACTE = "acte", "acte signé"
        PRESSE = "presse", "presse"
        SERVICE = "service", "connaissance du service"

    cle = models.SlugField("clé", unique=True, help_text="Nom court, repris dans les fichiers.")
    genre = models.CharField("genre", max_length=10, choices=Genre, default=Genre.DOCUMENT)
    titre = models.CharField("titre", max_length=250)
    editeur = models.CharField("éditeur", max_length=150, blank=True)
    date_document = models.DateField("date du document", null=True, blank=True)
    url = models.URLField("adresse", blank=True, max_length=400)

    feminin = True
    textes_publics = ("titre", "editeur")

    class Meta:
        verbose_name = "source"
        ordering = ["cle"]

    def __str__(self):
        return self.titre

    def clean(self):
        """Refuse a document of a day to come: pages would say that they rest on it."""
        super().clean()
        refuse_to_come(self, "Ce document est d'un jour à venir.", "date_document")

    @property
    def d_apres(self):
        """Return who says so, in a sentence: what the press tells, it is told to be from the press."""
        if self.genre != self.Genre.PRESSE:
            return f"d'après {self.titre}"
        # Titles have been written with the mention, before it was that of the kind of document.
        return f"d'après la presse : {self.titre.removeprefix(MENTION_PRESSE)}"

    @property
    def nommee(self):
        """Return the title as pages show it: from the press, it says so."""
        return capfirst(self.d_apres) if self.genre == self.Genre.PRESSE else self.titre

    @classmethod
    def connaissance_du_service(cls, jour):
        """Return the source of what a service knows by itself on `jour`: a call, a meeting, a visit.

        One a day, not yet saved the first time. How the service knows is told of each fact, for
        itself alone: `Affirmation.detail_interne`.
        """
        cle = f"service-{jour.isoformat()}"
        return cls.objects.filter(cle=cle).first() or cls(
            cle=cle,
            genre=cls.Genre.SERVICE,
            titre=f"Connaissance du service, {in_french(jour)}",
            date_document=jour,
        )

    @property
    def jour_a_dire(self):
        """Return the day of the document in French, to be said after its title; "" if the title says it."""
        day = in_french(self.date_document) if self.date_document else ""
        return "" if day in self.titre else day

    def kept(self):
        """Return the source as it is in the base, written if nobody has yet."""
        if self.pk:
            return self
        told = ("genre", "titre", "editeur", "date_document", "url")
        written = {name: getattr(self, name) for name in told}
        return Source.objects.get_or_create(cle=self.cle, defaults=written)[0]


class AffirmationQuerySet(HistoriseeQuerySet):
    def retenues(self) -> models.QuerySet[Any]:
        """Keep the affirmations whose value the record holds."""
        return self.filter(retenue=True)

    def ecartees(self):
        """Keep the affirmations that disagree with the record: kept, and shown to the agent."""
        return self.filter(retenue=False)


class Affirmation(Historisee):
    """What a source says of one field of one record; the record holds the retained value.

    Affirmations that disagree are kept side by side: a disagreement is a finding, not an error.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name="sorte de fiche")
    object_id = models.CharField("identifiant de la fiche", max_length=40)
    fiche = GenericForeignKey("content_type", "object_id")
    champ = models.CharField("champ", max_length=60)
    valeur_brute = models.CharField(
        "valeur écrite", max_length=250, help_text="Telle que la source l'écrit."
    )
    valeur = models.CharField(
        "valeur lue", max_length=250, blank=True, help_text="Une date s'écrit AAAA-MM-JJ."
    )
    precision = PrecisionField("précision")
    source = models.ForeignKey(Source, models.PROTECT, "affirmations", verbose_name="source")
    retenue = models.BooleanField("retenue", default=True)
    note = models.CharField("note", max_length=400, blank=True)
    detail_interne = models.CharField(
        "détail interne",
        max_length=400,
        blank=True,
        help_text="Comment le service le sait : un appel, une réunion. Jamais publié.",
    )

    objects = AffirmationQuerySet.as_manager()

    feminin = True
    textes_publics = ("note",)

    class Meta:
        verbose_name = "affirmation"
        ordering = ["champ", "-retenue", "source__cle"]
        indexes = [models.Index(fields=["content_type", "object_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "champ", "source", "valeur_brute"],
                name="socle_affirmation_unique",
                violation_error_message="Cette source dit déjà cela de ce champ.",
            ),
            # A text, which may be no date at all: known to the day, it is whatever it is.
            models.CheckConstraint(
                condition=(
                    Q(precision__in=[Precision.JOUR.value, Precision.AU_PLUS_TARD.value])
                    | Q(valeur="")
                    | Q(precision=Precision.MOIS.value, valeur__endswith="-01")
                    | Q(precision=Precision.ANNEE.value, valeur__endswith="-01-01")
                ),
                name="socle_affirmation_valeur_premier_jour",
                violation_error_message=FIRST_DAY_MESSAGE,
            ),
        ]

    def __str__(self):
        return f"{self.nom_du_champ} : {self.dit} ({self.source.titre})"

    def clean(self):
        """Refuse what is said of a field that its record does not have; put a day on its first day.

        A model names in `autres_champs_dits` what sources say of it besides its fields.
        """
        super().clean()
        self.valeur = written_day(self.valeur, self.precision)
        if self.content_type_id and self.champ not in self.champs_de_la_fiche:
            raise ValidationError({"champ": f"Cette fiche n'a pas de champ « {self.champ} »."})

    @property
    def champs_de_la_fiche(self):
        """Return the names of what a source may speak of in this sort of record."""
        model = ContentType.objects.get_for_id(self.content_type_id).model_class()
        named = {field.name for field in model._meta.get_fields()}
        return named.union(getattr(model, "autres_champs_dits", ()))

    @property
    def dit(self):
        """Return what the source says, a date in French, by what is known of it."""
        try:
            return bare(parse_date(self.valeur), self.precision)
        except ValueError:
            return self.valeur_brute

    @property
    def nom_du_champ(self):
        """Return the name in French of what is spoken of, if it is a field or the rows of the record."""
        model = ContentType.objects.get_for_id(self.content_type_id).model_class()
        names = {f.name: str(f.verbose_name) for f in model._meta.concrete_fields}
        names |= {
            rows.name: str(rows.related_model._meta.verbose_name_plural)
            for rows in model._meta.related_objects
        }
        return names.get(self.champ, self.champ)

    @property
    def jour(self):
        """Return the day that is said, if it is one."""
        try:
            return parse_date(self.valeur)
        except ValueError:
            return None


def written_day(text, precision):
    """Return the day of `text` as an affirmation keeps it, on its first day; what is no day stays."""
    try:
        return first_day(parse_date(text), precision).isoformat()
    except ValueError:
        return text


def precision_of(fiche, champ):
    """Return how exactly a record knows one of its dates; to the day, when it does not tell."""
    named = precisions(type(fiche)).get(champ)
    return getattr(fiche, named) if named else Precision.JOUR


def record_type(fiche):
    """Return the content type under which the affirmations about `fiche` are kept."""
    return ContentType.objects.get_for_model(fiche)


def sourced_fields(model):
    """Return the names of the dates of fact of a record: neither those planned, nor those only chosen."""
    dates = [f.name for f in model._meta.fields if isinstance(f, models.DateField)]
    chosen = getattr(model, "dates_choisies", ())
    return [name for name in dates if not (name.endswith("_prevue") or name in chosen)]


def sans_source(records):
    """Keep the records that have a date of fact told by no retained source; an empty date asks for none."""
    missing = Q(pk__in=[])
    for champ in sourced_fields(records.model):
        affirmations = Affirmation.objects.retenues().filter(
            content_type=record_type(records.model),
            object_id=Cast(OuterRef("pk"), models.CharField()),
            champ=champ,
        )
        missing |= Q(~Exists(affirmations), **{f"{champ}__isnull": False})
    return records.filter(missing)


class Sourcee(Publiable, Historisee):
    """A record whose dates can be sourced, and whose every version is kept."""

    affirmations = GenericRelation(Affirmation)
    # The dates that no source says, chosen among those that the application computes.
    dates_choisies = ()
    # What looks wrong in such a record, as `socle.remarques` tells it.
    remarques_possibles = ()

    class Meta:
        abstract = True

    def remarques(self):
        """Return what looks wrong in the record: warnings, never refusals."""
        return [remarque for remarque in self.remarques_possibles if remarque.concerns(self)]

    def clean(self):
        """Store each date on the first day that its precision leaves open, before all other rules."""
        keep_first_days(self)
        super().clean()


def said_by(fiche, champ, jour):
    """Return the retained affirmations that say `jour` of a field of a record."""
    of_field = Affirmation.objects.retenues().filter(
        content_type=record_type(fiche), object_id=str(fiche.pk), champ=champ
    )
    return of_field.filter(valeur=jour.isoformat()).select_related("source")


def set_aside(affirmations):
    """Keep what disagrees with its record: no longer retained, and shown to the agents."""
    for affirmation in affirmations:
        affirmation.retenue = False
        affirmation.save()


def read_again(affirmation, jour, precision):
    """Have a source that was misread say `jour`: what it never said is not kept."""
    written = f"{jour:%d/%m/%Y}"
    others = Affirmation.objects.exclude(pk=affirmation.pk).filter(
        content_type=affirmation.content_type,
        object_id=affirmation.object_id,
        champ=affirmation.champ,
        source=affirmation.source,
        valeur_brute=written,
    )
    if others:
        # It was written twice: the right reading is retained, the wrong one disagrees.
        set_aside([affirmation])
        affirm(affirmation.fiche, affirmation.champ, written, affirmation.source, precision)
        return
    affirmation.valeur_brute, affirmation.precision = written, precision
    affirmation.valeur = jour.isoformat()
    affirmation.save()


def affirm(fiche, champ, valeur_brute, source, precision, detail_interne=""):
    """Record that `source` says `valeur_brute`, the retained date, of a field of `fiche`.

    `detail_interne` says how, for the service alone.

    What was retained until now and says another day is kept, and no longer retained. Only what
    changes is written: the history keeps each writing.
    """
    of_field = {"content_type": record_type(fiche), "object_id": str(fiche.pk), "champ": champ}
    said = {
        "valeur": first_day(parse_date(valeur_brute), precision).isoformat(),
        "precision": precision,
        "retenue": True,
    }
    if detail_interne:
        said["detail_interne"] = detail_interne
    identity = {**of_field, "source": source, "valeur_brute": valeur_brute}
    affirmation = Affirmation.objects.filter(**identity).first() or Affirmation(**identity)
    if affirmation.pk is None or said != {name: getattr(affirmation, name) for name in said}:
        for name, value in said.items():
            setattr(affirmation, name, value)
        affirmation.save()
    retained = Affirmation.objects.retenues().filter(**of_field)
    set_aside(retained.exclude(valeur=said["valeur"]))
