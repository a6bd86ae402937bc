"""The régions and the départements: how far the records of each are kept, and who may reach them."""

from django.db import models

from communes.territoire.codes import of_length, un_code_departement

# INSEE's « type de nom en clair »: how a name follows « de » and how it takes its article.
DE_BY_LIAISON = {0: "de ", 1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}
ARTICLE_BY_LIAISON = {2: "le ", 3: "la ", 4: "les ", 5: "l'"}


class Region(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=80)

    feminin = True

    class Meta:
        verbose_name = "région"
        ordering = ["nom"]

    def __str__(self):
        return self.nom


class Tenue(models.TextChoices):
    """How far the records of a département go, the furthest first: every page and figure repeats it."""

    COMPLETE = "complete", "tenues en entier"
    PARTIELLE = "partielle", "tenues en partie"
    LISTES = "listes", "d'après les listes nationales"
    AUCUNE = "aucune", "non tenues"

    @classmethod
    def sans_listes(cls):
        """Return the choices for what no national list tells: posts, plans, reviews."""
        return [choice for choice in cls.choices if choice[0] != cls.LISTES]

    def au_moins(self, other):
        """Return whichever of the two goes the further."""
        return min(self, Tenue(other), key=list(Tenue).index)


class DepartementQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the départements where `user` may act: all for a national administrator, else its own.

        Every other `for_user` delegates to this one. A stranger, or an agent of no département,
        gets nothing.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(pk__in=user.departements.all())


class Departement(models.Model):
    code = models.CharField(
        "code", max_length=3, primary_key=True, validators=[un_code_departement]
    )
    nom = models.CharField("nom", max_length=80)
    type_liaison = models.PositiveSmallIntegerField("type de liaison", default=0)
    region = models.ForeignKey(Region, models.PROTECT, "departements", verbose_name="région")
    tenue = models.CharField(
        "données du programme", max_length=10, choices=Tenue, default=Tenue.AUCUNE
    )
    tenue_postes = models.CharField(
        "données des chefs de projet",
        max_length=10,
        choices=Tenue.sans_listes(),
        default=Tenue.AUCUNE,
    )
    tenue_plans = models.CharField(
        "données des plans d'action",
        max_length=10,
        choices=Tenue.sans_listes(),
        default=Tenue.AUCUNE,
    )
    tenue_bilans = models.CharField(
        "données des bilans", max_length=10, choices=Tenue.sans_listes(), default=Tenue.AUCUNE
    )
    courriel_service = models.EmailField(
        "adresse du service, pour les signalements",
        blank=True,
        help_text="Prévenue de chaque erreur signalée par un visiteur. Jamais publiée.",
    )
    page_prefecture = models.URLField(
        "page de la préfecture sur le programme",
        max_length=400,
        blank=True,
        help_text="Adresse complète. Publiée : les pages des communes y mènent.",
    )

    objects = DepartementQuerySet.as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ["code"]
        constraints = [of_length("code", 2, 3)]

    def __str__(self):
        return f"{self.nom} ({self.code})"

    @property
    def avec_de(self):
        """Return « de l'Hérault », « du Tarn », « de Paris »."""
        return DE_BY_LIAISON.get(self.type_liaison, "de ") + self.nom

    @property
    def avec_article(self):
        """Return « l'Hérault », « le Tarn », « Paris »."""
        return ARTICLE_BY_LIAISON.get(self.type_liaison, "") + self.nom


def plusieurs(lieu):
    """Return places as a list: a record, or its key, is a list of one."""
    return [lieu] if isinstance(lieu, models.Model | str) else list(lieu)
