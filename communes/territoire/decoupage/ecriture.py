"""The territory in the database: read whole as a state, and written where two states differ."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction

from communes.models import (
    AncienCode,
    AncienNomCommune,
    AncienNomIntercommunalite,
    CodePostal,
    Commune,
    Departement,
    Intercommunalite,
    InterruptionCommune,
    InterruptionIntercommunalite,
    Millesime,
    Mouvement,
    Population,
    Rattachement,
    Region,
    Succession,
    names_search_key,
)
from communes.territoire.decoupage.accords import FaitALaMain
from communes.territoire.decoupage.etat import (
    FicheCommune,
    FicheIntercommunalite,
    FichePopulation,
    Territoire,
    ValeurDatee,
)
from communes.territoire.decoupage.lecture import FicheCode, FicheDepartement, FicheRegion
from communes.territoire.designations import cles_ancien_code
from socle.recherche import bare_keys

DATES = ("debut", "fin")
# SQLite takes a limited number of values in one query, and PostgreSQL is slow on huge ones.
BATCH = 500
# The values are those of a `FichePopulation`, in their order.
INSERT_POPULATION = (
    f"INSERT INTO {Population._meta.db_table} (commune_id, millesime, annee, valeur)"
    " VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (commune_id, millesime)"
    " DO UPDATE SET annee = excluded.annee, valeur = excluded.valeur"
)

# Each with its owner, and who answered for it.
INTERRUPTIONS_DE_COMMUNES = (InterruptionCommune, "commune", "successeur_id")
INTERRUPTIONS_D_INTERCOMMUNALITES = (
    *(InterruptionIntercommunalite, "intercommunalite", "intercommunalite_id"),
)


class Seulement(NamedTuple):
    """A part of the territory: what a change reads and writes of each table; None is the whole table."""

    communes: set[str] | None = None
    intercommunalites: set[str] | None = None
    codes: set[str] | None = None


TOUT = Seulement()


def load_territoire(annee=None, seulement=TOUT):
    """Return the state that the database holds, in a constant number of queries.

    Of communes, intercommunalités and codes, those of `seulement`; of the populations, those of the
    vintage `annee` if it is told, else those of these communes.
    """
    state = Territoire()
    state.annees = set(Millesime.objects.values_list("annee", flat=True))
    state.regions = load_fiches(FicheRegion, Region.objects, "code", "nom")
    state.departements = load_fiches(
        FicheDepartement, Departement.objects, "code", "nom", "type_liaison", "region_id"
    )
    codes = part(AncienCode, "pk", seulement.codes)
    state.codes = load_fiches(FicheCode, codes, "code", "nature", "nom", "commune_id")
    load_intercommunalites(state, seulement.intercommunalites)
    load_communes(state, seulement.communes)
    populations = (
        Population.objects.filter(millesime=annee)
        if annee
        else part(Population, "commune", seulement.communes)
    )
    for row in populations.order_by().values_list("commune_id", "millesime", "annee", "valeur"):
        fiche = FichePopulation(*row)
        state.populations[fiche.commune, fiche.millesime] = fiche
    for fait in Mouvement.objects.a_la_main():
        state.a_la_main[fait.pk] = FaitALaMain(
            fait.pk, str(fait), fait.date_effet, fait.repris_par, fait.ecart
        )
    return state


def part(model, field, keys):
    """Return the rows of a table, those that have one of `keys` in `field`, or all when it is None."""
    return model.objects.all() if keys is None else model.objects.filter(**{f"{field}__dans": keys})


def load_intercommunalites(state, asked):
    anciens_noms = load_faits(AncienNomIntercommunalite, "intercommunalite", "nom", asked)
    interruptions = load_faits(*INTERRUPTIONS_D_INTERCOMMUNALITES, asked)
    rows = part(Intercommunalite, "pk", asked)
    for siren, nature, debut, fin, nom in rows.values_list("siren", "nature", *DATES, "nom"):
        noms = with_present_name(anciens_noms.get(siren, ()), nom, debut)
        state.intercommunalites[siren] = FicheIntercommunalite(
            siren, nature, debut, fin, noms, interruptions.get(siren, ())
        )


def load_communes(state, asked):
    anciens_noms = load_faits(AncienNomCommune, "commune", "nom", asked)
    rattachements = load_faits(Rattachement, "commune", "intercommunalite_id", asked)
    interruptions = load_faits(*INTERRUPTIONS_DE_COMMUNES, asked)
    codes_postaux = {}
    postaux = part(CodePostal, "commune", asked)
    for code, code_postal in postaux.values_list("commune_id", "code"):
        codes_postaux.setdefault(code, []).append(code_postal)
    for code, *values, nom in part(Commune, "pk", asked).values_list(
        "code_insee", "type_liaison", "siren", "departement_id", *DATES, "successeur_id", "nom",
    ):  # fmt: skip
        noms = with_present_name(anciens_noms.get(code, ()), nom, debut=values[3])
        state.communes[code] = FicheCommune(
            *(code, *values, noms, rattachements.get(code, ())),
            *(tuple(codes_postaux.get(code, ())), interruptions.get(code, ())),
        )


def load_fiches(fiche, rows, *fields):
    """Return the records of a table without history, by code, which comes first."""
    return {row[0]: fiche(*row) for row in rows.values_list(*fields)}


def load_faits(model, owner, valeur, asked):
    """Return the dated facts of a table, by owner, in the order of time; of those `asked`, or of all."""
    faits = {}
    for key, *fait in part(model, owner, asked).values_list(f"{owner}_id", valeur, *DATES):
        faits.setdefault(key, []).append(ValeurDatee(*fait))
    return {
        key: tuple(sorted(group, key=lambda f: f.fin or date.max)) for key, group in faits.items()
    }


def with_present_name(anciens_noms, nom, debut):
    """Return all the names of a territory: the present one holds since the last former one."""
    # A former name may have no dates: it is taken for the oldest.
    former = sorted(anciens_noms, key=lambda ancien: ancien.fin or date.min)
    return (*former, ValeurDatee(nom, (former[-1].fin if former else None) or debut))


@transaction.atomic
def write_territoire(before, after):
    """Write in the database, which is in the state `before`, what differs in the state `after`.

    A vintage removes nothing but facts that its correction denies; what is taken back, what it made.
    """
    write_a_la_main(before.a_la_main, after.a_la_main)
    Millesime.objects.bulk_create(Millesime(annee) for annee in after.annees - before.annees)
    write_fiches(Region, region_values, before.regions, after.regions)
    write_fiches(Departement, departement_values, before.departements, after.departements)
    formers, fiches = before.intercommunalites, after.intercommunalites
    write_fiches(Intercommunalite, intercommunalite_values, formers, fiches)
    names = anciens_noms(formers), anciens_noms(fiches)
    write_faits(AncienNomIntercommunalite, "intercommunalite", "nom", *names)
    gone = interruptions(formers), interruptions(fiches)
    write_faits(*INTERRUPTIONS_D_INTERCOMMUNALITES, *gone)
    formers, fiches = before.communes, after.communes
    write_fiches(Commune, commune_values, formers, fiches)
    names = anciens_noms(formers), anciens_noms(fiches)
    write_faits(AncienNomCommune, "commune", "nom", *names)
    write_faits(*INTERRUPTIONS_DE_COMMUNES, interruptions(formers), interruptions(fiches))
    memberships = rattachements(formers), rattachements(fiches)
    write_faits(Rattachement, "commune", "intercommunalite_id", *memberships)
    write_codes_postaux(codes_postaux(formers), codes_postaux(fiches))
    write_populations(before.populations, after.populations)
    write_fiches(AncienCode, code_values, before.codes, after.codes)
    remove_made(before, after)
    if ends(formers) != ends(fiches):
        Succession.objects.rewrite()


def ends(communes):
    """Return what the successions follow from: the communes that are, or were, no more, or follow one."""
    return {
        (code, fiche.debut, fiche.fin, fiche.successeur, fiche.interruptions)
        for code, fiche in communes.items()
        if fiche.debut or fiche.fin or fiche.successeur or fiche.interruptions
    }


def write_a_la_main(formers, faits):
    """Write what becomes of the facts recorded by hand: given up, or « repris » by a vintage."""
    for fait in Mouvement.objects.filter(pk__in=formers.keys() - faits.keys()):
        fait.delete()
    changed = [cle for cle, fait in faits.items() if fait.repris_par != formers[cle].repris_par]
    for fait in Mouvement.objects.filter(pk__in=changed):
        fait.repris_par = faits[fait.pk].repris_par
        fait.save()


def remove_made(before, after):
    """Remove the records that are no longer there, those that name others first."""
    gone = {name: rows.keys() - getattr(after, name).keys() for name, rows in tables(before)}
    remove_populations(before.populations, after.populations, before.annees - after.annees)
    for name, model in (
        ("codes", AncienCode),
        ("communes", Commune),
        ("intercommunalites", Intercommunalite),
        ("departements", Departement),
        ("regions", Region),
    ):
        if gone[name]:
            model.objects.filter(pk__dans=list(gone[name])).delete()
    Millesime.objects.filter(pk__in=before.annees - after.annees).delete()


def tables(state):
    """Yield the name and the records of each table of a state that is keyed by a code."""
    for name in ("codes", "communes", "intercommunalites", "departements", "regions"):
        yield name, getattr(state, name)


def remove_populations(formers, fiches, annees):
    """Remove the populations of the vintages `annees`, and those that a correction had added."""
    Population.objects.filter(millesime__in=annees).order_by().delete()
    gone = defaultdict(list)
    for commune, millesime in formers.keys() - fiches.keys():
        gone[millesime].append(commune)
    for millesime in gone.keys() - annees:
        rows = Population.objects.filter(millesime=millesime, commune__dans=gone[millesime])
        rows.order_by().delete()


def region_values(fiche):
    return {"code": fiche.code, "nom": fiche.nom}


def departement_values(fiche):
    return {
        "code": fiche.code,
        "nom": fiche.nom,
        "type_liaison": fiche.type_liaison,
        "region_id": fiche.region,
    }


def code_values(fiche):
    return {
        "code": fiche.code,
        "nature": fiche.nature,
        "nom": fiche.nom,
        "cles": cles_ancien_code(fiche.nom),
        "commune_id": fiche.commune,
    }


def intercommunalite_values(fiche):
    return {
        "siren": fiche.siren,
        "nature": fiche.nature,
        "debut": fiche.debut,
        "fin": fiche.fin,
        **names_values(fiche),
    }


def commune_values(fiche):
    return {
        "code_insee": fiche.code,
        "type_liaison": fiche.type_liaison,
        "siren": fiche.siren,
        "departement_id": fiche.departement,
        "debut": fiche.debut,
        "fin": fiche.fin,
        "successeur_id": fiche.successeur,
        **names_values(fiche),
    }


def names_values(fiche):
    """Return the present name, and the keys of all names, the present one first."""
    names = [fait.valeur for fait in reversed(fiche.noms)]
    return {
        "nom": names[0],
        "nom_recherche": names_search_key(*names),
        "cles": bare_keys(*names),
    }


def write_fiches(model, to_values, formers, fiches):
    """Insert, or update by their code, the records that are not what they were.

    Only the columns that the découpage knows are updated.
    """
    rows = [to_values(fiche) for code, fiche in fiches.items() if formers.get(code) != fiche]
    if rows:
        _, *others = [name.removesuffix("_id") for name in rows[0]]
        upsert(model, rows, others)


def write_populations(formers, fiches):
    """Insert, or correct, what the vintages say of the populations.

    In plain SQL, that both databases read: through models, the 210 000 rows of a first load would
    take as long as all the rest.
    """
    rows = [fiche for key, fiche in fiches.items() if formers.get(key) != fiche]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_POPULATION, rows)


def upsert(model, rows, update_fields):
    """Insert the rows in batches; where the key is taken, update `update_fields` instead."""
    model.objects.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=update_fields,
        batch_size=BATCH,
    )


def anciens_noms(fiches):
    """Return the former names of the territories: (owner, name, debut, fin)."""
    return {
        (code, fait.valeur, fait.debut, fait.fin)
        for code, fiche in fiches.items()
        for fait in fiche.noms[:-1]
    }


def interruptions(fiches):
    """Return when territories were no more: (owner, who answered for it, debut, fin)."""
    return {(code, *fait) for code, fiche in fiches.items() for fait in fiche.interruptions}


def rattachements(communes):
    """Return the memberships of the communes: (commune, SIREN, debut, fin)."""
    return {
        (code, fait.valeur, fait.debut, fait.fin)
        for code, fiche in communes.items()
        for fait in fiche.rattachements
    }


def codes_postaux(communes):
    """Return the postcodes of the communes: (commune, postcode)."""
    return {(code, postal) for code, fiche in communes.items() for postal in fiche.codes_postaux}


def write_codes_postaux(formers, codes):
    """Write the postcodes that differ."""
    gone = formers - codes
    if gone:
        rows = CodePostal.objects.filter(commune__dans={commune for commune, _ in gone})
        stored = rows.values_list("pk", "commune_id", "code")
        rows.filter(pk__dans=[pk for pk, *key in stored if tuple(key) in gone]).delete()
    CodePostal.objects.bulk_create(
        (CodePostal(commune_id=commune, code=code) for commune, code in sorted(codes - formers)),
        BATCH,
    )


def write_faits(model, owner, valeur, formers, faits):
    """Write the dated facts that differ; one that only ended, or goes on again, keeps its row."""
    gone = {fait[:3] for fait in formers - faits}
    new = {fait[:3]: fait[3] for fait in faits - formers}
    pks = {}
    if gone:
        theirs = model.objects.filter(**{f"{owner}__dans": list({key for key, *_ in gone})})
        stored = theirs.values_list("pk", f"{owner}_id", valeur, "debut")
        pks = {tuple(key): pk for pk, *key in stored if tuple(key) in gone}
    removed = [pks[key] for key in gone - new.keys()]
    for start in range(0, len(removed), BATCH):
        model.objects.filter(pk__in=removed[start : start + BATCH]).delete()
    rows = [
        {
            "pk": pks.get(key),
            **dict(zip((f"{owner}_id", valeur, "debut"), key, strict=True)),
            "fin": fin,
        }
        for key, fin in new.items()
    ]
    upsert(model, [row for row in rows if row["pk"]], ["fin"])
    model.objects.bulk_create((model(**row) for row in rows if not row["pk"]), BATCH)
