"""A change of the territory is written with what takes it back, which is done while nothing rests on it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import F, ProtectedError, Q

from communes.models import (
    AncienCode,
    AncienNomCommune,
    AncienNomIntercommunalite,
    CodePostal,
    Commune,
    ContourCommune,
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
)
from communes.territoire.decoupage.ecarts import ecart, take_back
from communes.territoire.decoupage.ecriture import Seulement, load_territoire, write_territoire
from communes.territoire.decoupage.lecture import DecoupageError
from communes.territoire.mouvements import Sorte
from socle.annulation import ALSO_TAKEN_BACK
from socle.appuis import RESTING_ABOVE, rows_naming
from socle.dates import Precision
from socle.historique import CREATED, REMOVED, name_of
from socle.sources import Source, affirm
from socle.verrou import lock

# What the découpage itself writes of a commune or of an intercommunalité: it goes with them.
DU_DECOUPAGE = {
    *(AncienCode, AncienNomCommune, AncienNomIntercommunalite, CodePostal, Commune),
    *(ContourCommune, InterruptionCommune, InterruptionIntercommunalite),
    *(Population, Rattachement, Succession),
}
MODELS = {
    "regions": Region,
    "departements": Departement,
    "intercommunalites": Intercommunalite,
    "communes": Commune,
    "codes": AncienCode,
}


def hold_the_territory():
    """Have whoever changes the territory at the same time wait: see `socle.verrou`."""
    lock(Millesime, *Millesime.objects.values_list("pk", flat=True), no_key=False)


def write_vintage(before, after, annee):
    """Write a vintage, and what takes it back; return its `Mouvement`.

    None for what the territory is loaded with at first: nothing was before. The caller holds the
    transaction, and the act.
    """
    try:
        write_territoire(before, after)
    except ProtectedError as error:
        names = sorted({name_of(row) for row in error.protected_objects})
        raise DecoupageError(
            "Ce qui était enregistré à la main ne peut plus être annulé, des fiches en dépendent : "
            f"{', '.join(names[:10])}."
        ) from error
    if not before.annees:
        return None
    mouvement = Mouvement(
        sorte=Sorte.MILLESIME, date_effet=date(annee, 1, 1), ecart=ecart(before, after)
    )
    mouvement.full_clean()
    mouvement.save()
    affirm(mouvement, "date_effet", f"01/01/{annee}", source_of(annee), Precision.JOUR)
    return mouvement


def source_of(annee):
    """Return the source that a vintage is, written down the first time."""
    cle = f"decoupage-{annee}"
    known = Source.objects.filter(cle=cle).first()
    titre = f"Découpage administratif au 1er janvier {annee} (Insee, DGCL)"
    source = known or Source(cle=cle, titre=titre, editeur="Etalab", genre=Source.Genre.DOCUMENT)
    if not source.pk:
        source.full_clean()
        source.save()
    return source


def write_by_hand(mouvement, change, codes, sirens):
    """Write what `change` does to the state of these communes and intercommunalités; keep the `mouvement`.

    Raises `DecoupageError` for what the territory cannot be. The caller holds the transaction.
    """
    hold_the_territory()
    communes = Commune.objects.filter(pk__dans=list(codes))
    theirs = Rattachement.objects.filter(commune__in=communes).order_by()
    sirens = {*sirens, *theirs.values_list("intercommunalite", flat=True)}
    before = load_territoire(seulement=Seulement(set(codes), sirens, set(codes)))
    after = before.copy()
    change(after)
    write_territoire(before, after)
    mouvement.ecart = ecart(before, after)
    mouvement.full_clean()
    mouvement.save()
    return mouvement


def part_of(told):
    """Return the part of the territory that an `ecart` touched."""
    codes = {*told.get("communes", ()), *told.get("codes", ())}
    return Seulement(codes, set(told.get("intercommunalites", ())), codes)


def taken_back(mouvement):
    """Return the territory as it is and as it was before a movement, and what has been changed since."""
    before = load_territoire(mouvement.date_effet.year, part_of(mouvement.ecart))
    after = before.copy()
    return before, after, take_back(after, mouvement.ecart)


def put_back(mouvement):
    """Put the territory back as it was before a movement, which is no more."""
    hold_the_territory()
    before, after, moved = taken_back(mouvement)
    if moved:
        raise ValidationError([told_moved(deplacee) for deplacee in moved[:10]])
    write_territoire(before, after)


ALSO_TAKEN_BACK[Mouvement] = put_back


def resting_on_movements(acte, fiches):
    """Yield a sentence for each thing that rests on the movements that an act wrote."""
    ours = [fiche for fiche in fiches if fiche.model is Mouvement]
    made = [fiche.derniere.instance for fiche in ours if fiche.sort == CREATED]
    for mouvement in made:
        yield from resting_on_movement(mouvement)
    for fiche in ours:
        if fiche.sort == REMOVED and not made:
            yield (
                f"« {name_of(fiche.derniere.instance)} » a été annulé : rien ne le refait d'un coup. "
                "Enregistrez-le de nouveau."
            )


RESTING_ABOVE.append(resting_on_movements)


def resting_on_movement(mouvement):
    """Yield what keeps a movement from being taken back: later vintages, other changes, records."""
    annee = mouvement.date_effet.year
    later = Mouvement.objects.filter(sorte=Sorte.MILLESIME, pk__gt=mouvement.pk)
    if mouvement.sorte == Sorte.MILLESIME:
        years = Millesime.objects.filter(annee__gt=annee).values_list("annee", flat=True)
        for year in sorted({*years, *(m.date_effet.year for m in later)}):
            yield f"Le millésime {year} a été chargé depuis : annulez-le d'abord."
    else:
        repris = Mouvement.objects.filter(pk=mouvement.pk, repris_par__isnull=False).first()
        if repris:
            yield f"Le millésime {repris.repris_par}, chargé depuis, dit la même chose."
    _, _, moved = taken_back(mouvement)
    yield from map(told_moved, moved)
    yield from records_of_made(mouvement)


def told_moved(deplacee):
    model = MODELS[deplacee.table]
    record = model.objects.filter(pk=deplacee.code).first()
    name = f"« {name_of(record)} » ({deplacee.code})" if record else f"« {deplacee.code} »"
    return f"{name} a encore changé depuis : annulez d'abord ce changement."


def records_of_made(mouvement):
    """Yield the records that name a commune or an intercommunalité that a movement made."""
    for table, model in (("communes", Commune), ("intercommunalites", Intercommunalite)):
        made = [code for code, (former, _) in mouvement.ecart.get(table, {}).items() if not former]
        for rows, attname in rows_naming(model, made) if made else ():
            if rows.model in DU_DECOUPAGE:
                continue
            if rows.model is Mouvement:
                rows = rows.exclude(pk=mouvement.pk)
            for row in rows.annotate(nomme=F(attname)):
                yield (
                    f"« {name_of(row)} » ({row._meta.verbose_name}) s'appuie sur "
                    f"{name_of(model.objects.get(pk=row.nomme))} ({row.nomme})."
                )


def mouvements_de(annee):
    """Return the loads of the vintage `annee`, the last first."""
    return Mouvement.objects.filter(Q(sorte=Sorte.MILLESIME), date_effet=date(annee, 1, 1))
