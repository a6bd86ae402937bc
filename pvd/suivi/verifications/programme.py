"""Communes in the programme: their adhésion, the national list, their size."""

from django.db.models import Case, Exists, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Concat

from communes.models import Labellisation, Population
from communes.programme.liste.connues import absences_en_attente
from ort.models import CommuneCouverte
from pvd.suivi.verifications.registre import as_text, verification
from socle.francais import nombre

# The programme is meant for towns under this number of inhabitants (ANCT); some have more.
INHABITANTS_AT_MOST = 20_000


@verification(
    "sans_adhesion",
    "Commune lauréate sans adhésion",
    "La commune est dans le programme, et la date de sa convention d'adhésion n'est pas renseignée.",
)
def without_adhesion(perimetre, jour):
    """Yield the labellisations that run on `jour` and have no date of adhésion."""
    yield perimetre.of(Labellisation).as_of(jour).filter(date_signature_adhesion__isnull=True)


@verification(
    "absente",
    "Absente de la liste nationale",
    "La liste nationale ne donne plus cette commune : « Quitter le programme » enregistre sa sortie, au plus "
    "tard le jour de la liste. Si elle y est toujours, « Garder dans le programme » dit comment vous le "
    "savez : elle n'est plus montrée ici.",
    gestes=("quitter-le-programme", "garder-dans-le-programme"),
)
def absent_from_list(perimetre, jour):
    """Yield the labellisations that run on `jour` and that a national list has no more.

    Until someone says how it is known that they go on all the same.
    """
    said = absences_en_attente().filter(object_id=as_text(OuterRef("pk")))
    first = said.order_by("source__date_document", "pk").values("source__titre")[:1]
    running = perimetre.of(Labellisation).filter(fin__isnull=True, debut__lte=jour)
    yield running.filter(Exists(said)).annotate(detail=Subquery(first))


@verification(
    "avant_adhesion",
    "ORT avant l'adhésion",
    "La commune est entrée dans une ORT avant de signer sa convention d'adhésion : cela existe, "
    "vérifiez les deux dates.",
)
def ort_before_adhesion(perimetre, jour):
    """Yield the running labellisations whose commune entered an ORT before its adhésion."""
    earlier = CommuneCouverte.objects.with_dates().filter(
        convention__vaut_ort=True,
        commune=OuterRef("commune"),
        date_entree__lt=OuterRef("date_signature_adhesion"),
    )
    running = perimetre.of(Labellisation).as_of(jour)
    entered = earlier.order_by("date_entree").values("date_entree")[:1]
    yield running.filter(Exists(earlier)).annotate(detail=entered)


@verification(
    "grande",
    f"Plus de {nombre(INHABITANTS_AT_MOST)} habitants",
    "Le programme vise les villes de moins de 20 000 habitants : quelques communes en ont plus.",
)
def too_large(perimetre, jour):
    """Yield the running labellisations of communes with more inhabitants than the programme is for.

    The population is the one in use on `jour`.
    """
    used = Population.objects.en_usage(jour).filter(commune=OuterRef("commune"))
    running = perimetre.of(Labellisation).as_of(jour)
    running = running.alias(habitants=Subquery(used.values("valeur")))
    when = Case(
        When(annee=None, then=Concat(Value(", millésime "), as_text(F("millesime")))),
        default=Concat(Value(" en "), as_text(F("annee"))),
    )
    texte = used.values_list(Concat(as_text(F("valeur")), when))
    yield running.filter(habitants__gt=INHABITANTS_AT_MOST).annotate(detail=Subquery(texte))
