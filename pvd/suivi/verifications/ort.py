"""The ORT: what they cover, who leads them, who has to settle what."""

from django.db.models import Count, F, OuterRef, Subquery

from communes.models import Commune, Departement
from ort.models import Avenant, CommuneCouverte, Convention, Partie, Secteur
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
    "derogation_et_ville",
    "Dérogation, et ville principale couverte",
    "Le préfet a permis que la ville principale ne soit pas de l'ORT (article L. 303-3 du CCH), et elle en "
    "est : l'un des deux est de trop.",
)
def waiver_with_ville_principale(perimetre, jour):
    """Yield the ORT in force on `jour` with the préfet's waiver, and that cover their ville principale."""
    covered = CommuneCouverte.objects.en_vigueur(jour).filter(
        convention__derogation_l303_3=True, commune=F("convention__ville_principale")
    )
    found = perimetre.of(Convention).filter(pk__in=covered.order_by().values("convention"))
    yield found.annotate(detail=F("ville_principale__nom"))


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


@verification(
    "apres_la_fin",
    "Avenant après la fin de l'ORT",
    "L'avenant est signé alors que la convention avait pris fin : entre les deux, les pages disent qu'elle "
    "n'est pas en vigueur. Vérifiez les deux jours, la durée de la convention, et s'il manque un avenant.",
)
def after_the_end(perimetre, jour):
    """Yield the avenants signed by `jour` once their convention had ended: see `apres_la_fin`."""
    found = perimetre.of(Avenant).signes(jour).apres_la_fin()
    yield found.annotate(detail=F("date_signature"))


@verification(
    "sans_convention_signee",
    "Avenant d'une convention non signée",
    "L'avenant est signé et la convention ne l'est pas : il ne fait rien tant que le jour de la convention, "
    "même « au plus tard », n'est pas enregistré.",
)
def without_signed_convention(perimetre, jour):
    """Yield the avenants signed by `jour` of a convention that is not."""
    found = perimetre.of(Avenant).signes(jour).sans_convention_signee()
    yield found.annotate(detail=F("date_signature"))


@verification(
    "acte_d_une_autre",
    "Acte d'une autre convention",
    "Une partie, ou un secteur d'intervention, est dit d'un avenant d'une autre convention : dites le sien.",
)
def act_of_another(perimetre, jour):
    """Yield the conventions one of whose parties or sectors names the avenant of another."""
    for model, name in ((Partie, "role"), (Secteur, "nom")):
        astray = model.objects.exclude(avenant__convention=F("convention"))
        astray = astray.filter(avenant__isnull=False).order_by()
        first = astray.filter(convention=OuterRef("pk")).order_by("pk").values(name)[:1]
        found = perimetre.of(Convention).filter(pk__in=astray.values("convention"))
        yield found.annotate(detail=Subquery(first))


def kept_there(perimetre):
    """Return the conventions that the agent keeps there: those of another DDT are for that DDT to settle."""
    own = Departement.objects.for_user(perimetre.user)
    if perimetre.departement is not None:
        own = own.filter(pk=perimetre.departement.pk)
    return perimetre.of(Convention).filter(departement_reference__in=own)
