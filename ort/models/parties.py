"""Who signs or supports a convention, and where it acts: parties, organismes, sectors."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q

from communes.models import Commune, Intercommunalite
from communes.territoire.codes import of_length, un_siren
from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.couvertures import CommuneCouverte
from ort.models.liees import LieeQuerySet
from ort.models.publication import PublieeParUnActe
from socle.ensembles import refuse_to_come, says_anew
from socle.historique import Historisee
from socle.recherche import search_key

A_VENIR = "Une délibération, une signature : du jour même ou d'avant."


class Organisme(Historisee):
    """A body, public or private, that signs, supports or employs, other than the communes."""

    class Nature(models.TextChoices):
        ETAT = "etat", "État"
        REGION = "region", "région"
        DEPARTEMENT = "departement", "département"
        PETR = "petr", "pôle d'équilibre territorial et rural"
        ETABLISSEMENT = "etablissement", "établissement public"
        CHAMBRE = "chambre", "chambre consulaire"
        PRIVE = "prive", "acteur privé"
        AUTRE = "autre", "autre"

    nom = models.CharField("nom", max_length=200, unique=True)
    nature = models.CharField("nature", max_length=14, choices=Nature)
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[un_siren])

    textes_publics = ("nom",)

    class Meta:
        verbose_name = "organisme"
        ordering = ["nom"]
        constraints = [of_length("siren", 9, empty=True)]

    def __str__(self):
        return self.nom

    def clean(self):
        """Refuse a body already there under its name written otherwise, unless the two have each a SIREN."""
        super().clean()
        if not says_anew(self, "nom"):
            return
        others, key = Organisme.objects.exclude(pk=self.pk), search_key(self.nom)
        if self.siren:
            others = others.filter(siren="")
        names = others.order_by("nom").values_list("nom", flat=True)
        if twin := next((name for name in names if search_key(name) == key), None):
            raise ValidationError({"nom": f"Cet organisme est déjà enregistré : « {twin} »."})


class ParUnActeQuerySet(LieeQuerySet):
    """The rows that the convention brings, or one of its avenants."""

    def connues(self, jour):
        """Keep what the convention brought, and the avenants signed on `jour` or before."""
        return self.filter(Q(avenant__isnull=True) | Q(avenant__date_signature__lte=jour))


class PartieQuerySet(ParUnActeQuerySet):
    def connues(self, jour):
        """Keep those not known to sign after `jour`, of the acts signed by then."""
        known = super().connues(jour)
        return known.filter(Q(date_signature__isnull=True) | Q(date_signature__lte=jour))


class SecteurQuerySet(ParUnActeQuerySet):
    def connues(self, jour):
        """Keep those that a convention signed on `jour` or before brought, or an avenant signed by then."""
        return super().connues(jour).filter(convention__date_signature__lte=jour)

    def delimites(self, jour):
        """Keep those of the communes that the convention holds on `jour`: one that left has none left.

        Where the communes of the convention are not recorded, its sectors are told all the same.
        """
        recorded = CommuneCouverte.objects.filter(
            convention=OuterRef("convention"), commune=OuterRef("commune")
        ).order_by()
        held = recorded.as_of(jour)
        return self.connues(jour).filter(Exists(held) | ~Exists(recorded))


class Partie(PublieeParUnActe, Historisee):
    """Who signs or supports a convention: a commune, an intercommunalité or an organisme."""

    class RolePartie(models.TextChoices):
        SIGNATAIRE = "signataire", "signataire"
        PARTENAIRE = "partenaire", "partenaire"

    convention = models.ForeignKey(Convention, models.CASCADE, "parties", verbose_name="convention")
    avenant = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "parties",
        null=True,
        blank=True,
        verbose_name="entrée par l'avenant",
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name="commune"
    )
    intercommunalite = models.ForeignKey(
        Intercommunalite, models.PROTECT, null=True, blank=True, verbose_name="intercommunalité"
    )
    organisme = models.ForeignKey(
        Organisme, models.PROTECT, null=True, blank=True, verbose_name="organisme"
    )
    role = models.CharField(
        "rôle", max_length=10, choices=RolePartie, default=RolePartie.SIGNATAIRE
    )
    date_deliberation = models.DateField("délibération", null=True, blank=True)
    date_signature = models.DateField("signature", null=True, blank=True)

    objects = PartieQuerySet.as_manager()

    feminin = True

    class Meta:
        verbose_name = "partie"
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    commune__isnull=False, intercommunalite__isnull=True, organisme__isnull=True
                )
                | Q(commune__isnull=True, intercommunalite__isnull=False, organisme__isnull=True)
                | Q(commune__isnull=True, intercommunalite__isnull=True, organisme__isnull=False),
                name="ort_partie_une_seule_identite",
                violation_error_message=(
                    "Une partie est une commune, une intercommunalité ou un organisme, un seul."
                ),
            ),
            *(
                models.UniqueConstraint(
                    fields=["convention", identity, "role"],
                    name=f"ort_partie_{identity}_une_fois",
                    violation_error_message="Cette partie est déjà enregistrée dans ce rôle.",
                )
                for identity in ("commune", "intercommunalite", "organisme")
            ),
        ]

    def __str__(self):
        return str(self.qui)

    def clean(self):
        """Refuse a day to come: no page would show the party before it, and none would say why."""
        super().clean()
        refuse_to_come(self, A_VENIR, "date_deliberation", "date_signature")

    @property
    def qui(self):
        """Return the commune, the intercommunalité or the organisme."""
        return self.commune or self.intercommunalite or self.organisme


SECTEUR_ENREGISTRE = "Ce secteur de cette commune est déjà enregistré."


class Secteur(PublieeParUnActe, Historisee):
    """A secteur d'intervention of an ORT (article L. 303-2 of the CCH)."""

    convention = models.ForeignKey(
        Convention, models.CASCADE, "secteurs", verbose_name="convention"
    )
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="commune")
    nom = models.CharField("nom", max_length=200)
    avenant = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "secteurs",
        null=True,
        blank=True,
        verbose_name="créé par l'avenant",
    )

    objects = SecteurQuerySet.as_manager()

    textes_publics = ("nom",)

    class Meta:
        verbose_name = "secteur d'intervention"
        verbose_name_plural = "secteurs d'intervention"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "commune", "nom"],
                name="ort_secteur_une_fois",
                violation_error_message=SECTEUR_ENREGISTRE,
            )
        ]

    def __str__(self):
        return self.nom

    def clean(self):
        """Refuse a sector of the commune that is already there, its name written otherwise."""
        super().clean()
        others = Secteur.objects.filter(convention=self.convention_id, commune=self.commune_id)
        names = set(others.exclude(pk=self.pk).values_list("nom", flat=True))
        if search_key(self.nom) in map(search_key, names) and says_anew(self, "nom"):
            raise ValidationError({"nom": SECTEUR_ENREGISTRE})
