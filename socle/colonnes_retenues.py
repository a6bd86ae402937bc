"""What agents have said of the columns of their files, so that the same table needs no question again."""

from django.db import models

from socle.fichiers.tableau.noms import bare_name


class ColonneRetenueQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep what was said by those who share a reach with `user`: the agents of its départements."""
        return self.filter(portee__in=user.portees)

    def of_sort(self, user, sorte):
        """Return what `user` needs not say again of a sort of file: the column of each bare name."""
        said = self.for_user(user).filter(sorte=sorte).order_by("portee")
        return dict(said.values_list("entete", "colonne"))


class ColonneRetenue(models.Model):
    """What a header of a sort of file was said to be, in a reach: a département, or the national level.

    Headers are compared by their bare name; an empty `colonne` is not read.
    """

    portee = models.CharField("portée", max_length=10)
    sorte = models.CharField("sorte de fichier", max_length=40)
    entete = models.CharField("en-tête", max_length=250)
    colonne = models.CharField("colonne", max_length=60, blank=True)

    objects = ColonneRetenueQuerySet.as_manager()

    class Meta:
        verbose_name = "colonne retenue"
        verbose_name_plural = "colonnes retenues"
        constraints = [
            models.UniqueConstraint(
                fields=["portee", "sorte", "entete"],
                name="socle_colonne_retenue_unique",
                violation_error_message="Cet en-tête est déjà retenu.",
            )
        ]

    def __str__(self):
        return f"{self.entete} : {self.colonne or 'ignorée'}"


def retain(user, sorte, choices):
    """Keep what each header of `choices` was said to be, for all who share a reach with `user`."""
    rows = [
        ColonneRetenue(portee=portee, sorte=sorte, entete=bare_name(header)[:250], colonne=column)
        for portee in user.portees
        for header, column in choices.items()
        if bare_name(header)
    ]
    ColonneRetenue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["portee", "sorte", "entete"],
        update_fields=["colonne"],
    )
