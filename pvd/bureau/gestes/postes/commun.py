"""What the guided actions on a post share: which posts, whose figures, and how people are named."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from pvd.bureau.gestes.base import Geste
from socle.dates import ONE_DAY, Precision, bare, in_words

QUOTITE = {"min_value": 1, "max_value": 100, "required": False}


def last_day(fin):
    """Write the last day of what is over from `fin` on."""
    return in_words(fin - ONE_DAY)


def until(fin):
    """Write the same, after « jusqu'au »."""
    return bare(fin - ONE_DAY)


def running(jour):
    """Keep, of each post of the outer query, the people who hold it on `jour`."""
    return Exists(Occupation.objects.as_of(jour).filter(poste=OuterRef("pk")))


def offers(jour):
    """Keep, of each post of the outer query, the offers under way on `jour`."""
    return Exists(Recrutement.objects.under_way(jour).filter(poste=OuterRef("pk")))


def is_open(jour):
    return Q(date_fermeture__isnull=True) | Q(date_fermeture__gt=jour)


def named(occupation):
    """Name someone in post, by the day of arrival if the name is not recorded."""
    since = f"en poste depuis {in_words(occupation.debut)}"
    return f"{occupation.titulaire}, {since}" if occupation.titulaire else f"personne {since}"


def said_of(record, champ):
    """Return what the source says, to the day, of a date of a record that hangs on the post."""
    return (record, champ, getattr(record, champ), Precision.JOUR)


class GesteDePoste(Geste):
    model = Poste

    def name(self, record):
        """Say who employs too: posts often bear the same title."""
        employer = record.employeur
        if employer is None or str(employer) in record.intitule:
            return record.intitule
        return f"{record.intitule} ({employer})"

    def communes(self, record, data):
        return list(Desserte.objects.filter(poste=record).values_list("commune", flat=True))

    def candidates(self, records, jour):
        """Keep the posts that are not closed."""
        return records.filter(is_open(jour))

    def address(self, record):
        """Lead to the story of the post, where the geste is told among the others."""
        return reverse("admin:projects_poste_histoire", args=[record.pk])
