"""Whom an agent calls, and what was said: internal, and of a commune, an intercommunalité or an ORT."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from communes.models import Commune, Intercommunalite
from ort.models import Convention
from socle.historique import CREATED, Historisee, HistoriseeQuerySet
from socle.periodes import Periode, PeriodeQuerySet

# What a contact, or a note, may be about: one of them.
SUJETS = {"commune": Commune, "intercommunalite": Intercommunalite, "convention": Convention}


class DuCarnetQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep what is about the records of `user`, who may read it; a lecteur reads nothing here."""
        return self.filter(self.about(user)) if self.may_read(user) else self.none()

    def removed_for_user(self, user):
        """Return the removals of what was about the records of `user`, who may read it."""
        removals = self.model.history.removed()
        return removals.filter(self.about(user)) if self.may_read(user) else removals.none()

    def may_read(self, user):
        return user.has_perm(f"projects.view_{self.model._meta.model_name}")

    def about(self, user):
        within = Q()
        for sujet, model in SUJETS.items():
            within |= Q(**{f"{sujet}__in": model.objects.for_user(user)})
        return within

    def sur(self, fiche):
        """Keep what is about a commune, an intercommunalité or a convention."""
        (sujet,) = (nom for nom, model in SUJETS.items() if isinstance(fiche, model))
        return self.filter(**{sujet: fiche})


class DuCarnet(Historisee):
    """What agents keep for themselves of a commune, an intercommunalité or an ORT, one of them."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, "%(class)ss", null=True, blank=True, verbose_name="commune"
    )
    intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "%(class)ss",
        null=True,
        blank=True,
        verbose_name="intercommunalité",
    )
    convention = models.ForeignKey(
        Convention, models.CASCADE, "%(class)ss", null=True, blank=True, verbose_name="convention"
    )

    class Meta:
        abstract = True
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    commune__isnull=False, intercommunalite__isnull=True, convention__isnull=True
                )
                | Q(commune__isnull=True, intercommunalite__isnull=False, convention__isnull=True)
                | Q(commune__isnull=True, intercommunalite__isnull=True, convention__isnull=False),
                name="%(app_label)s_%(class)s_un_seul_sujet",
                violation_error_message=(
                    "Choisissez une commune, une intercommunalité ou une convention, une seule."
                ),
            )
        ]

    @property
    def sujet(self):
        """Return the commune, the intercommunalité or the convention."""
        return self.commune or self.intercommunalite or self.convention


class Fonction(models.TextChoices):
    MAIRE = "maire", "maire ou président"
    ELU_REFERENT = "elu_referent", "élu référent"
    DGS = "dgs", "direction générale des services"
    CHEF_DE_PROJET = "chef_de_projet", "chef de projet"
    DDT = "ddt", "correspondant à la DDT"
    AUTRE = "autre", "autre"


class ContactQuerySet(DuCarnetQuerySet, PeriodeQuerySet):
    def par_fonction(self):
        """Sort as one looks for somebody: by function, as `Fonction` lists them."""
        rank = {fonction: models.Value(place) for place, fonction in enumerate(Fonction.values)}
        whens = [models.When(fonction=fonction, then=place) for fonction, place in rank.items()]
        return self.order_by(models.Case(*whens), "nom", "pk")


class Contact(DuCarnet, Periode):
    """Somebody whom agents call, for as long as that function is theirs.

    A person: internal, never published, downloaded by agents alone, erased some years after they left.
    """

    fonction = models.CharField("fonction", max_length=14, choices=Fonction)
    precision = models.CharField(
        "précision",
        max_length=150,
        blank=True,
        help_text="« adjointe à l'urbanisme », « service habitat ». Pour « autre », dites laquelle.",
    )
    nom = models.CharField("nom", max_length=150, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta(DuCarnet.Meta, Periode.Meta):
        verbose_name = "contact"
        ordering = ["pk"]
        constraints = [
            *DuCarnet.Meta.constraints,
            *Periode.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(fonction="autre", precision=""),
                name="projects_contact_fonction_dite",
                violation_error_message="« Autre » : dites quelle est sa fonction.",
            ),
            models.CheckConstraint(
                condition=~Q(nom="", courriel="", telephone=""),
                name="projects_contact_joignable",
                violation_error_message="Un contact a un nom, un courriel ou un téléphone.",
            ),
        ]

    def __str__(self):
        # The journal of the back office keeps it: it names nobody.
        return f"contact : {self.en_tant_que}"

    @property
    def en_tant_que(self):
        """Write the function: « élu référent, adjoint à l'urbanisme »."""
        if self.fonction == Fonction.AUTRE:
            return self.precision
        return ", ".join(filter(None, [str(self.get_fonction_display()), self.precision]))


class NoteQuerySet(DuCarnetQuerySet):
    def a_relancer(self):
        """Keep the notes whose reminder is not done, the first due first."""
        return self.filter(rappel__isnull=False, rappel_fait=False).order_by("rappel", "pk")

    def with_auteur(self):
        """Add `auteur`: the name of who wrote the note first, as its history tells."""
        written = self.model.history.filter(id=OuterRef("pk"), history_type=CREATED)
        full_name = Trim(
            Concat("history_user__first_name", models.Value(" "), "history_user__last_name")
        )
        named = Coalesce(NullIf(full_name, models.Value("")), F("history_user__username"))
        first = written.order_by("history_id").values_list(named)[:1]
        return self.annotate(auteur=Subquery(first, output_field=models.CharField()))


class Note(DuCarnet):
    """What was said or seen on a day, for colleagues, and when to come back to it: internal."""

    jour = models.DateField("jour")
    texte = models.TextField("note", max_length=4000)
    rappel = models.DateField(
        "rappel", null=True, blank=True, help_text="Le jour où y revenir : « relancer le 12 »."
    )
    rappel_fait = models.BooleanField("rappel fait", default=False)

    feminin = True

    objects = NoteQuerySet.as_manager()

    class Meta(DuCarnet.Meta):
        verbose_name = "note"
        ordering = ["-jour", "-pk"]
        constraints = [
            *DuCarnet.Meta.constraints,
            models.CheckConstraint(
                condition=Q(rappel__gte=F("jour")),
                name="projects_note_rappel_apres_la_note",
                violation_error_message="Un rappel ne peut pas précéder sa note.",
            ),
        ]

    def __str__(self):
        # The journal of the back office keeps it: it says nothing of what the note does.
        return f"note du {self.jour:%d/%m/%Y}" if self.jour else "note"
