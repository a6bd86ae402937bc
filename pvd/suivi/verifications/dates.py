"""What is said of the dates of the records, and what is doubtful in them."""

from collections import defaultdict

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from communes.models import Commune, Labellisation, Succession
from communes.programme.liste.connues import ABSENTE
from ort.models import CommuneCouverte, Convention
from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from pvd.suivi.verifications.registre import NOMS, as_text, verification
from socle.sources import Affirmation, record_type, sourced_fields

# The facts of those records: none of them can be after today, each of them has a source.
DATES = [(m, champ) for m in NOMS if m is not Commune for champ in sourced_fields(m)]
# And those of the rows of a post: a departure, and the end of a contract, are known before their day.
DES_POSTES = [
    (Occupation, "debut"),
    (Recrutement, "date_publication"),
    (Recrutement, "date_issue"),
]


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
    "Une signature, une entrée, une arrivée ou une sortie enregistrée est un fait : elle ne peut pas être "
    "après aujourd'hui, ni le document qui la dit. Ce qui est prévu a son propre champ.",
)
def futures(perimetre, jour):
    """Yield the records one of whose dates, other than those that are planned, is after `jour`.

    And the posts of which a row is, and the records of which a document of a later day tells something.
    """
    for model, champ in DATES:
        found = perimetre.of(model).filter(**{f"{champ}__gt": jour})
        yield found.annotate(detail=F(champ))
    yield with_facts_to_come(perimetre.of(Poste), jour)
    coming = Affirmation.objects.filter(source__date_document__gt=jour).order_by("pk")
    for model in NOMS:
        said = coming.filter(content_type=record_type(model))
        of_record = said.filter(object_id=OuterRef("texte"))
        records = perimetre.of(model).alias(texte=as_text(F("pk")))
        records = records.filter(texte__in=said.order_by().values("object_id"))
        yield records.annotate(detail=Subquery(of_record.values("source__date_document")[:1]))


def with_facts_to_come(postes, jour):
    """Keep the posts of which a row is of a day after `jour`, once each, one such day being told.

    One that is to open after it is found by its own date.
    """
    found, days = Q(pk__in=[]), []
    for model, champ in DES_POSTES:
        coming = model.objects.filter(**{f"{champ}__gt": jour})
        found |= Q(pk__in=coming.order_by().values("poste"))
        of_post = coming.filter(poste=OuterRef("pk")).order_by(champ, "pk")
        days.append(Subquery(of_post.values(champ)[:1]))
    known = postes.filter(found).exclude(date_ouverture__gt=jour)
    return known.annotate(detail=Coalesce(*days))


@verification(
    "improbable",
    "Date improbable",
    "Une entrée, une adhésion ou l'ouverture d'un poste d'avant le lancement du programme (1er octobre "
    "2020), une adhésion signée avant l'entrée ou une fois sortie, une ORT d'avant la loi (23 novembre "
    "2018) : cela se peut, vérifiez la date.",
)
def improbable(perimetre, jour):
    """Yield the records that their own model finds doubtful, once for each date: see `socle.remarques`."""
    for model in NOMS:
        doubts = defaultdict(Q)
        for remarque in getattr(model, "remarques_possibles", ()):
            doubts[remarque.champ] |= remarque.condition(model)
        for champ, doubtful in doubts.items():
            yield perimetre.of(model).filter(doubtful).annotate(detail=F(champ))


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
