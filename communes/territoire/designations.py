"""What a commune is found by besides its own names: the codes that lead to it, and its postcodes."""

from django.db import models
from django.db.models import Q

from communes.territoire.codes import of_length, un_ancien_code, un_code_postal
from socle.recherche import bare_keys


class AncienCode(models.Model):
    """A code that leads to a commune, and the name that goes with it.

    That of a commune déléguée may be the commune's own: « Drain », for Orée-d'Anjou.
    """

    class NatureCode(models.TextChoices):
        DELEGUEE = "deleguee", "commune déléguée"
        ASSOCIEE = "associee", "commune associée"
        ARRONDISSEMENT = "arrondissement", "arrondissement municipal"
        ANCIENNE = "ancienne", "ancien code"

    code = models.CharField("code", max_length=5, primary_key=True, validators=[un_ancien_code])
    nature = models.CharField("nature", max_length=14, choices=NatureCode)
    nom = models.CharField("nom", max_length=200, blank=True)
    # What it is found by: see `Renommable`.
    cles = models.CharField("noms cherchés", max_length=220, blank=True, editable=False)
    commune = models.ForeignKey(
        "communes.Commune", models.CASCADE, "anciens_codes", verbose_name="commune"
    )

    class Meta:
        verbose_name = "ancien code"
        verbose_name_plural = "anciens codes"
        constraints = [of_length("code", 5)]

    def __str__(self):
        return f"{self.code} {self.nom}".strip()

    def save(self, *args, **kwargs):
        """Keep the key equal to the name, whoever saves."""
        self.cles = cles_ancien_code(self.nom)
        super().save(*args, **kwargs)


def cles_ancien_code(nom):
    """Return what a code that leads to a commune is found by: nothing when it has no name."""
    return bare_keys(nom) if nom else ""


class CodePostal(models.Model):
    """A postcode of a commune, which may have several, as others may have it too: La Poste says so."""

    code = models.CharField("code postal", max_length=5, db_index=True, validators=[un_code_postal])
    commune = models.ForeignKey(
        "communes.Commune", models.CASCADE, "codes_postaux", verbose_name="commune"
    )

    class Meta:
        verbose_name = "code postal"
        verbose_name_plural = "codes postaux"
        ordering = ["code"]
        constraints = [
            of_length("code", 5),
            models.UniqueConstraint(
                fields=["commune", "code"],
                name="communes_code_postal_une_fois",
                violation_error_message="Cette commune a déjà ce code postal.",
            ),
        ]

    def __str__(self):
        return self.code


def meant_by(saisie):
    """Return the condition of the communes that what was typed may mean: of nothing, none."""
    if not saisie.cle and not saisie.code:
        return Q(pk__in=[])
    asked = Q()
    if saisie.cle:
        asked &= named(saisie.cle)
    if saisie.sinon:
        asked |= named(f"|{saisie.sinon}|")
    if saisie.code:
        asked &= coded(saisie.code)
    if saisie.departement:
        asked &= Q(departement=saisie.departement)
    return asked


def named(cle):
    """Return the condition of the communes found by a bare key, their own or that of a code."""
    others = AncienCode.objects.filter(cles__contains=cle)
    return Q(cles__contains=cle) | Q(pk__in=others.values("commune"))


def coded(code):
    """Return the condition of the communes that a code names or leads to, or that have a postcode."""
    leading = AncienCode.objects.filter(code=code)
    posted = CodePostal.objects.filter(code=code).order_by()
    return Q(pk=code) | Q(pk__in=leading.values("commune")) | Q(pk__in=posted.values("commune"))
