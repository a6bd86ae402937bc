"""The ORT: what they cover, who leads them, who has to settle what."""

from django.db.models import Count

from communes.models import Commune, Departement
from ort.models import CommuneCouverte, Convention
from pvd.suivi.verifications.registre import verification


@verification(
    "deux_ort",
    "Commune dans deux ORT",
    "La commune est couverte aujourd'hui par plusieurs ORT en vigueur.",
)
def in_two_ort(perimetre, jour):
    """Yield the communes that at least two ORT in force on `jour` cover."""
    covered = CommuneCouverte.objects.en_vigueur(jour).communes_du_jour(jour)
    twice = covered.annotate(nombre=Count("convention", distinct=True)).filter(nombre__gt=1)
    yield perimetre.of(Commune).filter(pk__in=twice.values("commune_du_jour"))


@verification(
    "sans_ville_principale",
    "ORT sans ville principale",
    "La ville principale de l'intercommunalité signe l'ORT, sauf dérogation du préfet (articles "
    "L. 303-2 et L. 303-3 du CCH) : indiquez l'une ou l'autre.",
)
def without_ville_principale(perimetre, jour):
    """Yield the ORT signed by `jour` with neither a ville principale nor the préfet's waiver."""
    signed = perimetre.of(Convention).ort().signees(jour)
    yield signed.filter(ville_principale__isnull=True).exclude(derogation_l303_3=True)


@verification(
    "par_regle",
    "ORT regroupée par règle",
    "La liste nationale ne nomme aucune convention : celle-ci est faite des communes d'une même "
    "intercommunalité et d'un même jour. Corrigez-la s'il le faut (« Séparer ou réunir des "
    "communes »), puis « Confirmer le regroupement » ; "
    "« Confirmer plusieurs regroupements » le fait de toutes celles que vous cochez.",
    gestes=("separer-ou-reunir", "confirmer-le-regroupement"),
)
def grouped_by_rule(perimetre, jour):
    """Yield the conventions that a rule put together, and that the DDT that keeps them has not confirmed."""
    yield kept_there(perimetre).par_regle()


@verification(
    "a_valider",
    "ORT modifiée par un autre département, à valider",
    "L'ORT couvre des communes de plusieurs départements et un agent d'un autre département l'a "
    "modifiée : relisez-la, puis « Valider la fiche ».",
)
def to_validate(perimetre, jour):
    """Yield the conventions that wait, now, for the validation of their reference département."""
    yield kept_there(perimetre).a_valider()


def kept_there(perimetre):
    """Return the conventions that the agent keeps there: those of another DDT are for that DDT to settle."""
    own = Departement.objects.for_user(perimetre.user)
    if perimetre.departement is not None:
        own = own.filter(pk=perimetre.departement.pk)
    return perimetre.of(Convention).filter(departement_reference__in=own)
