"""Data to check: what an agent ought to look at again. Warnings, never walls: all of it exists.

Each verification yields querysets of the records that it finds; all of them are read in one query.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from communes.models import Commune, Departement, Labellisation, Population, Succession
from communes.programme.liste.connues import ABSENTE, absences_en_attente
from ort.models import Avenant, CommuneCouverte, Convention
from projects.postes.models import CofinancementPoste, Desserte, Occupation, Poste
from projects.postes.models.cofinancements import (
    PLAFOND_ANNUEL,
    PLAFOND_ANNUEL_ANAH,
    PLAFOND_ANNUEL_AVEC_ANAH,
    TAUX_MAXIMUM,
    TAUX_MAXIMUM_ANAH,
)
from socle.dates import bare, parse_date
from socle.francais import euros, nombre, pour_cent
from socle.sources import Affirmation, record_type, sans_source, sourced_fields

# The programme is meant for towns under this number of inhabitants (ANCT); some have more.
INHABITANTS_AT_MOST = 20_000

# The sorts of records that are checked, and how a list names one.
NOMS = {
    Labellisation: "commune__nom",
    Convention: "intitule",
    Avenant: "convention__intitule",
    Poste: "intitule",
    Commune: "nom",
}
# The facts of those records: none of them can be after today, each of them has a source.
DATES = [(m, champ) for m in NOMS if m is not Commune for champ in sourced_fields(m)]
VERIFICATIONS = {}


@dataclass(frozen=True)
class Verification:
    """A reason to look at records again; `find(perimetre, jour)` yields querysets of them."""

    sorte: str
    titre: str
    explication: str
    find: Callable
    # The slugs of the gestes that answer it, done to the record found.
    gestes: tuple[str, ...] = ()

    def asked(self, perimetre, jour):
        """Yield the queries of the records found, but for sorts of which the perimeter has none."""
        return (found for found in self.find(perimetre, jour) if not found.query.is_empty())

    def findings(self, perimetre, jour):
        """Yield the records found, each sort of record as a queryset of rows of one shape."""
        for records in self.asked(perimetre, jour):
            detail = F("detail") if "detail" in records.query.annotations else Value("")
            yield records.order_by().values(
                sorte=as_text(Value(self.sorte)),
                modele=as_text(Value(records.model._meta.label_lower)),
                cle=as_text(F("pk")),
                fiche=as_text(F(NOMS[records.model])),
                precision=as_text(detail),
            )


def verification(sorte, titre, explication, gestes=()):
    """Add the function below to the verifications, in the order in which they are shown."""

    def register(find):
        VERIFICATIONS[sorte] = Verification(sorte, titre, explication, find, gestes)
        return find

    return register


def as_text(expression):
    """Cast to text: rows of several tables are read as one, and must be of one shape."""
    return Cast(expression, CharField())


@verification(
    "ecartee",
    "Dit par une source, non tranché",
    "Une source donne une date qui n'a pas été retenue, et aucune autre ne l'a été : "
    "enregistrez ce qui s'est passé, ou tranchez sur la fiche.",
)
def ecartees(perimetre, jour):
    """Yield the records of which a source says what was set aside, where nothing else was retained."""
    for model in NOMS:
        said = Affirmation.objects.filter(content_type=record_type(model))
        retained = said.retenues().filter(object_id=OuterRef("object_id"), champ=OuterRef("champ"))
        undecided = said.ecartees().filter(~Exists(retained)).exclude(valeur_brute=ABSENTE)
        of_record = undecided.filter(object_id=OuterRef("texte")).order_by("pk")
        records = perimetre.of(model).alias(texte=as_text(F("pk")))
        records = records.filter(texte__in=undecided.values("object_id"))
        yield records.annotate(detail=of_record.values("valeur_brute")[:1])


@verification(
    "a_venir",
    "Date à venir",
    "Une signature, une entrée ou une sortie enregistrée est un fait : elle ne peut pas être après "
    "aujourd'hui. Ce qui est prévu a son propre champ.",
)
def futures(perimetre, jour):
    """Yield the records one of whose dates, other than those that are planned, is after `jour`."""
    for model, champ in DATES:
        found = perimetre.of(model).filter(**{f"{champ}__gt": jour})
        yield found.annotate(detail=F(champ))


@verification(
    "improbable",
    "Date improbable",
    "Une entrée, une adhésion ou l'ouverture d'un poste d'avant le lancement du programme (1er octobre "
    "2020), une adhésion signée une fois sortie, une ORT d'avant la loi (23 novembre 2018) : cela se "
    "peut, vérifiez la date.",
)
def improbable(perimetre, jour):
    """Yield the records that their own model finds doubtful: see `socle.remarques`."""
    for model in NOMS:
        for remarque in getattr(model, "remarques_possibles", ()):
            found = perimetre.of(model).filter(remarque.condition(model))
            yield found.annotate(detail=F(remarque.champ))


@verification(
    "disparue",
    "Commune disparue",
    "La commune a disparu, le découpage officiel ne dit pas laquelle lui succède, et ses fiches courent "
    "encore : elle compte sous son ancien nom. Enregistrez leur fin, et ce qui passe à une autre.",
)
def vanished(perimetre, jour):
    """Yield what still runs on `jour` of communes that ended by then and that none is known to follow.

    What is recorded of the others is counted by their successor: see `Succession`.
    """
    followed = Succession.objects.as_of(jour).values("commune")
    gone = Commune.objects.filter(fin__lte=jour).exclude(pk__in=followed)
    name = F("commune__nom")
    yield perimetre.of(Labellisation).as_of(jour).filter(commune__in=gone).annotate(detail=name)
    covered = CommuneCouverte.objects.en_vigueur(jour).filter(commune__in=gone)
    served = Desserte.objects.as_of(jour).filter(commune__in=gone)
    for model, rows, link in ((Convention, covered, "convention"), (Poste, served, "poste")):
        first = rows.filter(**{link: OuterRef("pk")}).order_by("commune").values_list(name)[:1]
        found = perimetre.of(model).filter(pk__in=rows.order_by().values(link))
        yield found.annotate(detail=Subquery(first))


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


@verification(
    "plusieurs_titulaires",
    "Plusieurs personnes sur un poste",
    "Au moins deux personnes sont en poste aujourd'hui : un partage ou un tuilage, ou un départ qui "
    "n'a pas été enregistré.",
)
def held_by_several(perimetre, jour):
    """Yield the posts that at least two people hold on `jour`."""
    yield perimetre.of(Poste).a_plusieurs(jour)


@verification(
    "ferme_mais_occupe",
    "Poste fermé, encore occupé",
    "Le poste est fermé et quelqu'un y est encore en poste : enregistrez son dernier jour. En "
    "attendant, cette personne n'est pas comptée.",
)
def closed_and_held(perimetre, jour):
    """Yield the posts closed by `jour` of which an occupation still runs."""
    yield perimetre.of(Poste).fermes_mais_occupes(jour)


@verification(
    "contrat_echu",
    "Contrat échu, toujours en poste",
    "Le dernier jour prévu au contrat est passé et aucun départ n'est enregistré : prolongez le "
    "contrat ou enregistrez le départ.",
)
def contract_over(perimetre, jour):
    """Yield the open posts of which someone in post on `jour` has a contract that was over by then."""
    over = Occupation.objects.contrat_echu(jour)
    yield perimetre.of(Poste).filter(pk__in=over.values("poste"))


@verification(
    "cofinancement",
    "Cofinancement au-dessus des plafonds",
    f"En tout plus de {pour_cent(TAUX_MAXIMUM)} ; ou du programme plus de {euros(PLAFOND_ANNUEL)} "
    f"dans l'année, {euros(PLAFOND_ANNUEL_AVEC_ANAH)} quand l'Anah participe ; ou de l'Anah plus de "
    f"{pour_cent(TAUX_MAXIMUM_ANAH)} ou de {euros(PLAFOND_ANNUEL_ANAH)} : vérifiez les décisions.",
)
def above_limits(perimetre, jour):
    """Yield the posts paid, in a year, more than the programme pays; the first such year is told."""
    above = CofinancementPoste.objects.above_limits()
    first = above.filter(poste=OuterRef("pk")).order_by("annee").values("annee")[:1]
    found = perimetre.of(Poste).filter(pk__in=above.values("poste"))
    yield found.annotate(detail=Subquery(first))


@verification(
    "sans_source",
    "Date sans source",
    "Une date est enregistrée et aucune source retenue ne la dit : ajoutez-la sur la fiche.",
)
def without_source(perimetre, jour):
    """Yield the records one of whose dates is told by no retained source."""
    for model in dict.fromkeys(model for model, _ in DATES):
        yield sans_source(perimetre.of(model))


@dataclass
class Constat:
    """A record to look at again, named by its model and its key, and why."""

    sorte: str
    modele: str
    cle: str
    fiche: str
    precision: str
    # What answers it, for whoever may do it.
    gestes: list = field(default_factory=list)

    @property
    def verification(self):
        return VERIFICATIONS[self.sorte]

    @property
    def opts(self):
        return apps.get_model(self.modele)._meta

    @property
    def detail(self):
        """Return what is amiss, a date being written as French does."""
        try:
            return bare(parse_date(self.precision or ""))
        except ValueError:
            return self.precision or ""


def constats(perimetre, jour, sorte=None):
    """Return the rows of the findings of one sort, or of all, in one query: see `Constat`."""
    chosen = [VERIFICATIONS[sorte]] if sorte else VERIFICATIONS.values()
    rows = [rows for v in chosen for rows in v.findings(perimetre, jour)]
    # By all of them: two rows that nothing orders could be on two pages, or on none.
    order = ("sorte", "fiche", "cle", "modele", "precision")
    return rows[0].union(*rows[1:], all=True).order_by(*order) if rows else []


def count_constats(perimetre, jour):
    """Return, in one query, how many findings there are of each sort, in the order of the sorts."""
    arms = [
        # Of a record that is only counted, nothing else is asked: each home page comes here.
        records.order_by().values(sorte=as_text(Value(v.sorte))).annotate(nombre=Count("pk"))
        for v in VERIFICATIONS.values()
        for records in v.asked(perimetre, jour)
    ]
    counts = Counter()
    for row in arms[0].union(*arms[1:], all=True):
        counts[row["sorte"]] += row["nombre"]
    return [(v, counts[v.sorte]) for v in VERIFICATIONS.values() if counts[v.sorte]]
