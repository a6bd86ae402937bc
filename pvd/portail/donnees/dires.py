"""The public files on who says what: the sources, and what each of them says of the public dates.

What is published is a closed list of dates: how the service knows, and what is said of anything else,
stays inside.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from communes.models import Commune, Departement, Labellisation, Mouvement, Tenue
from communes.territoire.colonnes import (
    LE_MOINS_TENU,
    a_la_saisie,
    colonne_precision,
    moins_tenue,
    tenues_par_commune,
)
from communes.territoire.mouvements import Sorte
from ort.exports import tenues_des_ort
from ort.models import Avenant, CommuneCouverte, Convention
from projects.postes.models import Desserte, Poste
from pvd.suivi.faits import Faits, codes_du_programme
from socle.dates import Precision
from socle.fichiers.colonnes import Colonne, Table
from socle.sources import Affirmation, Source, record_type
from socle.web.choix import FicheFilter
from socle.web.filtres import Filtres


@dataclass(frozen=True)
class Publics:
    """The dates of a model of which what sources say is public, and how a file names its records."""

    fiche: str
    model: type
    champs: tuple[str, ...]
    identifiant: str


PUBLICS = (
    Publics(
        "labellisation", Labellisation, ("debut", "date_signature_adhesion", "fin"), "commune_id"
    ),
    Publics("commune", Commune, ("date_entree_ort",), "pk"),
    Publics("ort", Convention, ("date_signature",), "identifiant"),
    Publics("avenant", Avenant, ("date_signature",), "identifiant"),
    Publics("poste", Poste, ("date_ouverture", "date_fermeture"), "identifiant"),
    Publics("millesime", Mouvement, ("date_effet",), "date_effet"),
)
BY_MODEL = {publics.model: publics for publics in PUBLICS}


class DiresFiltres(Filtres):
    """What is said of the records known by a day, in a département or in France."""

    departement = FicheFilter(label="Département", queryset=Departement.objects.all())

    class Meta(Filtres.Meta):
        model = Affirmation
        fields = []

    @cached_property
    def fiches(self):
        """The records of each model that were known by the day, over by then or not."""
        departements, jour = self.chosen("departement"), self.jour
        codes = list(Faits(codes_du_programme(departements)).fiches)
        entered = CommuneCouverte.objects.with_dates().filter(date_entree__lte=jour)
        ort = Convention.objects.ort().signees(jour)
        ort = ort.filter(pk__in=entered.filter(commune__dans=codes).values("convention"))
        served = Desserte.objects.filter(Q(debut__isnull=True) | Q(debut__lte=jour))
        if departements:
            served = served.filter(commune__departement__in=departements)
        return {
            Labellisation: Labellisation.objects.filter(debut__lte=jour, commune__dans=codes),
            Commune: Commune.objects.filter(pk__dans=codes),
            Convention: ort,
            Avenant: Avenant.objects.signes(jour).filter(convention__in=ort.values("pk")),
            Poste: Poste.objects.known_on(jour).filter(pk__in=served.values("poste")),
            Mouvement: Mouvement.objects.filter(sorte=Sorte.MILLESIME, date_effet__lte=jour),
        }

    def filter_queryset(self, queryset):
        """Keep the public affirmations of these records: a query a model for their keys."""
        said = Q(pk__in=[])
        for publics in PUBLICS:
            cles = self.fiches[publics.model].order_by().values_list("pk", flat=True).distinct()
            said |= Q(
                content_type=record_type(publics.model),
                champ__in=publics.champs,
                object_id__dans=[str(cle) for cle in cles] or [""],
            )
        return queryset.filter(said)


def affirmation_rows(affirmations, jour):
    """Yield the public affirmations of days that had come by `jour`, in the order of what they speak of.

    What a source writes and that is no day, a text that nobody has read again, is not told.
    """
    read = affirmations.select_related("source", "content_type").prefetch_related("fiche")
    found = [row for row in read if row.fiche and row.jour and row.jour <= jour]
    tenues = tenues_des_fiches([row.fiche for row in found], jour)
    for row in found:
        row.publics = BY_MODEL[type(row.fiche)]
        row.identifiant = str(getattr(row.fiche, row.publics.identifiant))
        row.tenue = tenues.get(row.fiche)
    yield from sorted(found, key=order)


def tenues_des_fiches(fiches, jour):
    """Return how far the records around each of `fiches` are kept on `jour`; of a vintage, nothing.

    That of a commune, of an ORT, or of the communes that a post serves. Five queries.
    """
    communes = {f: code_of(f) for f in fiches if isinstance(f, (Commune, Labellisation))}
    conventions = {f: convention_of(f) for f in fiches if isinstance(f, (Convention, Avenant))}
    par_commune = tenues_par_commune("tenue", set(communes.values()))
    asked = Convention.objects.filter(pk__dans=list(set(conventions.values())))
    par_ort = tenues_des_ort("tenue", asked, jour)
    return {
        **{fiche: par_commune[code] for fiche, code in communes.items()},
        **{fiche: par_ort[cle] for fiche, cle in conventions.items()},
        **tenues_des_postes([fiche for fiche in fiches if isinstance(fiche, Poste)], jour),
    }


def code_of(fiche):
    return fiche.pk if isinstance(fiche, Commune) else fiche.commune_id


def convention_of(fiche):
    return fiche.pk if isinstance(fiche, Convention) else fiche.convention_id


def tenues_des_postes(postes, jour):
    """Return how far posts are kept on `jour`, by the communes that each serves: one query."""
    served = Desserte.objects.as_of(jour).filter(poste__dans=[poste.pk for poste in postes])
    found = defaultdict(list)
    for cle, tenue in served.order_by().values_list("poste", "commune__departement__tenue_postes"):
        found[cle].append(tenue)
    return {poste: moins_tenue(found[poste.pk]) for poste in postes}


def order(row):
    return row.publics.fiche, row.identifiant, row.champ, row.valeur, row.source.cle, row.pk


TENUE = Colonne(
    "tenue",
    lambda row: row.tenue,
    "Jusqu'où vont aujourd'hui les données du programme, ou des chefs de projet, dans le département de ce "
    f"dont parle la source{LE_MOINS_TENU} ; vide d'un millésime, de toute la France.",
    contraintes={"enum": Tenue.values},
)

AFFIRMATIONS = Table(
    "affirmations",
    "Ce que disent les sources",
    "Une ligne par date qu'une source donne, connue ce jour-là : entrée dans le programme, adhésion, "
    "sortie, signature des ORT et des avenants, ouverture et fermeture des postes. Les ORT sont celles où "
    "une commune qui est ou a été du programme est entrée, terminées ou non ; les postes, fermés ou non. "
    "Ce que les sources disent des actions, des études et de leur argent n'y est pas.",
    (
        Colonne(
            "fiche",
            lambda a: a.publics.fiche,
            "Ce dont parle la source.",
            contraintes={"enum": [publics.fiche for publics in PUBLICS]},
        ),
        Colonne(
            "identifiant",
            lambda a: a.identifiant,
            "Code INSEE de la commune (commune, et labellisation : son temps dans le programme), "
            "identifiant de l'ORT, de l'avenant ou du poste, jour d'effet du millésime.",
            contraintes={"required": True},
        ),
        Colonne(
            "champ",
            lambda a: a.champ,
            "Date dont elle parle.",
            contraintes={"enum": sorted({champ for p in PUBLICS for champ in p.champs})},
        ),
        Colonne("valeur", lambda a: a.jour, "Jour qu'elle donne.", "date", {"required": True}),
        Colonne(
            "precision_valeur",
            lambda a: a.precision,
            "Ce qu'elle sait de ce jour.",
            contraintes={"enum": list(Precision.values)},
        ),
        Colonne(
            "source_cle",
            lambda a: a.source.cle,
            "Source qui le dit, celle du fichier des sources.",
            contraintes={"required": True},
        ),
        Colonne(
            "retenue",
            lambda a: a.retenue,
            "La fiche retient ce jour ; sinon la source la contredit.",
            "boolean",
        ),
        TENUE,
    ),
)


@dataclass
class SourceDuJour:
    """A source, and how many public dates rest on it, by what they are; those set aside apart."""

    source: Source
    faits: dict = field(default_factory=lambda: defaultdict(int))
    ecartes: int = 0
    tenues: set = field(default_factory=set)

    @property
    def tenue(self):
        """Return how far the least kept of what it speaks of is kept."""
        return moins_tenue(self.tenues - {None})


def source_rows(affirmations, jour):
    """Yield a `SourceDuJour` for each source of the public affirmations known on `jour`, by its key."""
    found = {}
    for row in affirmation_rows(affirmations, jour):
        told = found.setdefault(row.source.cle, SourceDuJour(row.source))
        told.tenues.add(row.tenue)
        if row.retenue:
            told.faits[f"{row.publics.fiche}.{row.champ}"] += 1
        else:
            told.ecartes += 1
    for _, told in sorted(found.items()):
        yield told


SOURCES = Table(
    "sources",
    "Sources",
    "Une ligne par source qui donne au moins une des dates de « Ce que disent les sources », connue ce "
    "jour-là.",
    (
        Colonne(
            "source_cle",
            lambda s: s.source.cle,
            "Clé de la source dans ces fichiers, qui ne change pas.",
            contraintes={"required": True, "unique": True},
        ),
        Colonne(
            "genre",
            lambda s: s.source.genre,
            "Document, acte signé, presse, ou ce que le service sait par lui-même.",
            contraintes={"enum": Source.Genre.values},
        ),
        Colonne("titre", lambda s: s.source.titre, "Titre de la source."),
        Colonne("editeur", lambda s: s.source.editeur, "Qui la publie ; vide si inconnu."),
        Colonne(
            "date_document",
            lambda s: s.source.date_document,
            "Date du document ; vide s'il n'en a pas.",
            "date",
        ),
        Colonne("adresse", lambda s: s.source.url, "Adresse du document ; vide s'il n'en a pas."),
        Colonne(
            "nb_faits",
            lambda s: sum(s.faits.values()),
            "Nombre de dates publiques, retenues, qu'elle donne.",
            "integer",
        ),
        Colonne(
            "faits",
            lambda s: "|".join(f"{nom}={nombre}" for nom, nombre in sorted(s.faits.items())),
            "Ces dates par sorte, avec leur nombre (ort.date_signature=12), séparées par « | ».",
        ),
        Colonne(
            "nb_ecartes",
            lambda s: s.ecartes,
            "Nombre de dates qu'elle donne et que les fiches ne retiennent pas.",
            "integer",
        ),
        TENUE,
        colonne_precision(
            "precision_document",
            a_la_saisie(lambda s: s.source.date_document),
            "la date du document",
        ),
    ),
)
