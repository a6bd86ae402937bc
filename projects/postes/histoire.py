"""The story of a post, for its agents: what happened to it, in order, and what is known to come.

It names people: it is never shown outside the back office.
"""

import datetime
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Q
from django.utils.text import capfirst

from projects.postes.du_jour import situer, situer_offres
from projects.postes.faits import dates_lues
from projects.postes.models import (
    CofinancementPoste,
    Desserte,
    Etat,
    MotifDepart,
    Recrutement,
    TypeContrat,
)
from socle.dates import ONE_DAY, Precision, bare
from socle.francais import UNKNOWN, liste, nombre, pluriel
from socle.sources import Affirmation, record_type


def in_days(count):
    """Write « 1 jour », « 448 jours »."""
    return pluriel(count, "jour,jours")


def tell_holder(occupation):
    """Write who holds a post, and the terms that are known of the contract."""
    return ", ".join([occupation.titulaire or "nom non enregistré", *terms_of(occupation)])


@dataclass
class FaitDePoste:
    """What happened on a day, or what is planned for it; `jour` None: on a day that is not known."""

    genre: str
    jour: datetime.date | None
    texte: str
    precision: str = Precision.JOUR
    details: list = field(default_factory=list)
    adresse: str = ""
    source: str = ""
    a_venir: bool = False

    @property
    def quand(self):
        return bare(self.jour, self.precision) if self.jour else "date non renseignée"


@dataclass(frozen=True)
class Vacance:
    """Days with nobody in post, from `premier`; `fin`, the first day held again, or None."""

    premier: datetime.date
    fin: datetime.date | None
    jours: int | None


@dataclass
class Histoire:
    """All that the page of a post tells, on `jour`."""

    faits: list
    titulaires: list
    communes: list
    annees: list
    cofinancements: list

    @property
    def tableau(self):
        """Return the rows of the table of the fundings: those of each year, then their sum."""
        rows = []
        for annee in self.annees:
            of_year = [f for f in self.cofinancements if f.annee == annee.annee]
            rows += [funding_row(funding) for funding in of_year]
            if len(of_year) > 1:
                rows.append(sum_row(annee))
        return rows


@dataclass(frozen=True)
class LigneDeTableau:
    """A row of a table, as text; `total` is the sum of the rows above."""

    cellules: list
    total: bool = False


def amount(number, unit):
    """Write « 45 000 € », or that it is not known."""
    return UNKNOWN if number is None else f"{nombre(number)}\xa0{unit}"


def funding_row(funding):
    period = [funding.debut, funding.fin and funding.fin - ONE_DAY]
    return LigneDeTableau(
        [
            funding.annee,
            funding.nom_financeur,
            amount(funding.taux, "%"),
            amount(funding.montant, "€"),
            amount(funding.plafond, "€"),
            *(bare(day) if day else "—" for day in period),
            funding.reference_decision or "—",
        ]
    )


def sum_row(annee):
    """Sum the fundings of a year; a sum in which an amount is missing says so."""
    missing = f" (sans {annee.sans_montant} montant{'s' * (annee.sans_montant > 1)})"
    money = amount(annee.montant, "€") + (missing if annee.sans_montant else "")
    cells = [annee.annee, "En tout", amount(annee.taux, "%"), money]
    return LigneDeTableau(
        [*cells, f"{amount(annee.plafond, '€')} (programme)", "", "", ""], total=True
    )


def vacances(poste, occupations, jour):
    """Return the times with nobody in an open post, up to `jour`, in order.

    The first begins at the opening, where it is known and nobody was there; each other on the day
    after the last one of a holder. Its days are not told where the opening is not known to the day.
    """
    limit = min(filter(None, [poste.date_fermeture, jour + ONE_DAY]))
    free, found = poste.date_ouverture, []
    for held in sorted(occupations, key=lambda occupation: occupation.debut):
        if held.debut >= limit:
            break
        if free and free < held.debut:
            found.append((free, held.debut))
        if held.fin is None:
            free = None
            break
        free = max(filter(None, [free, held.fin]))
    if free and free < limit:
        found.append((free, poste.date_fermeture if limit == poste.date_fermeture else None))
    return [vacance_of(poste, *gap, jour) for gap in found]


def vacance_of(poste, premier, fin, jour):
    vague = premier == poste.date_ouverture and poste.precision_ouverture != Precision.JOUR
    days = None if vague else ((fin or jour) - premier).days
    return Vacance(premier, fin, days)


class Sources:
    """Who says each date of a post and of what hangs on it, read in one query."""

    def __init__(self, *records):
        said = Q(pk__in=[])
        for sort, rows in groupby(records, key=type):
            keys = [str(row.pk) for row in rows]
            said |= Q(content_type=record_type(sort), object_id__in=keys)
        retained = Affirmation.objects.retenues().filter(said).select_related("source")
        self.titles = {(a.content_type_id, a.object_id, a.champ): a.source.nommee for a in retained}

    def of(self, record, champ):
        """Return the title of the source retained for a date, or nothing."""
        return self.titles.get((record_type(record).pk, str(record.pk), champ), "")


def histoire(poste, jour):
    """Return the story of a post by `jour`, with what is already known to come after.

    On the way the post is given its `du_jour`, of the rows that the story has read.
    """
    occupations = list(poste.occupations.order_by("debut", "pk"))
    offers = list(poste.recrutements.order_by("date_publication", "pk"))
    served = list(Desserte.objects.filter(poste=poste).select_related("commune"))
    dates = {poste.pk: dates_lues(poste, served, occupations, offers)}
    situer([poste], jour, dates)
    situer_offres(offers, jour, dates)
    funds = list(CofinancementPoste.objects.filter(poste=poste))
    sources = Sources(poste, *occupations, *offers, *served)
    events = [
        *of_existence(poste, sources),
        *of_communes(served, sources),
        *of_offers(offers, sources),
        *of_holders(occupations, offers, sources),
        *of_vacances(vacances(poste, occupations, jour)),
    ]
    for event in events:
        event.a_venir = event.jour is not None and event.jour > jour
    return Histoire(
        faits=sorted(events, key=lambda event: event.jour or datetime.date.min),
        titulaires=[
            tell_holder(occupation)
            for occupation in occupations
            if occupation.holds_on(jour) and poste.du_jour.etat == Etat.POURVU
        ],
        communes=[desserte.commune for desserte in served if desserte.holds_on(jour)],
        annees=poste.cofinancements.annees(),
        cofinancements=funds,
    )


def of_existence(poste, sources):
    """Yield the opening and the closing of the post."""
    if poste.date_ouverture:
        employer = [f"Employeur : {poste.employeur}"] if poste.employeur else []
        yield FaitDePoste(
            "poste",
            poste.date_ouverture,
            "Ouverture du poste",
            poste.precision_ouverture,
            employer,
            source=sources.of(poste, "date_ouverture"),
        )
    if poste.date_fermeture:
        yield FaitDePoste(
            "poste",
            poste.date_fermeture,
            "Fermeture du poste : il n'existe plus à partir de ce jour",
            poste.precision_fermeture,
            source=sources.of(poste, "date_fermeture"),
        )


def of_communes(served, sources):
    """Yield the communes that join and leave, those of one day together."""
    for champ, texte in (
        ("debut", "Le poste dessert"),
        ("fin", "Le poste ne dessert plus"),
    ):
        dated = [d for d in served if champ == "debut" or d.fin]
        dated.sort(key=lambda d: (getattr(d, champ) or datetime.date.min, d.commune.nom_recherche))
        for day, rows in groupby(dated, key=lambda d: getattr(d, champ)):
            rows = list(rows)
            names = liste(desserte.commune for desserte in rows)
            yield FaitDePoste("commune", day, f"{texte} {names}", source=sources.of(rows[0], champ))


def of_offers(offers, sources):
    """Yield each offer when it is published, then its outcome."""
    for offer in offers:
        details = []
        if offer.date_cloture:
            details.append(f"Clôture des candidatures : {bare(offer.date_cloture)}")
        if offer.date_entretiens:
            details.append(f"Entretiens : {bare(offer.date_entretiens)}")
        yield FaitDePoste(
            "offre",
            offer.date_publication,
            "Publication de la 1re offre" if offer.rang == 1 else f"Relance : {offer.rang}e offre",
            details=details,
            adresse=offer.adresse_offre,
            source=sources.of(offer, "date_publication"),
        )
        if offer.date_issue:
            days = (offer.date_issue - offer.date_publication).days
            yield FaitDePoste(
                "offre",
                offer.date_issue,
                f"Issue de l'offre : {Recrutement.Issue(offer.issue).label}",
                details=[f"{in_days(days)} après sa publication"],
                source=sources.of(offer, "date_issue"),
            )


def terms_of(occupation):
    """Return the terms of the contract of someone, those that are known."""
    terms = [TypeContrat(occupation.type_contrat).label] if occupation.type_contrat else []
    if occupation.quotite:
        terms.append(f"{occupation.quotite} % d'un temps plein")
    if occupation.fin_contrat_prevue:
        terms.append(f"contrat jusqu'au {bare(occupation.fin_contrat_prevue - ONE_DAY)}")
    return terms


def of_holders(occupations, offers, sources):
    """Yield each arrival and departure, and the end of a contract that is still to come or over."""
    delays = {o.date_prise_de_poste: o for o in offers if o.date_prise_de_poste}
    for occupation in occupations:
        name = occupation.titulaire or "une personne dont le nom n'est pas enregistré"
        offer = delays.get(occupation.debut)
        terms = terms_of(occupation)
        details = [capfirst(", ".join(terms))] if terms else []
        if offer:
            details.append(f"{in_days(offer.delai_jours)} après la publication de l'offre")
        yield FaitDePoste(
            "titulaire",
            occupation.debut,
            f"Arrivée : {name}",
            details=details,
            source=sources.of(occupation, "debut"),
        )
        if occupation.fin:
            yield departure(occupation, name, sources)
        elif occupation.fin_contrat_prevue:
            yield FaitDePoste(
                "titulaire",
                occupation.fin_contrat_prevue - ONE_DAY,
                f"Dernier jour prévu au contrat : {name}",
                details=["Le départ n'est pas enregistré"],
                source=sources.of(occupation, "fin_contrat_prevue"),
            )


def departure(occupation, name, sources):
    """Return the last day in post of someone, and why they left."""
    motif = occupation.motif_depart
    return FaitDePoste(
        "titulaire",
        occupation.fin - ONE_DAY,
        f"Dernier jour en poste : {name}",
        details=[f"Motif : {MotifDepart(motif).label}"] if motif else [],
        source=sources.of(occupation, "fin"),
    )


def of_vacances(found):
    """Yield the first day of each time with nobody in post."""
    for vacance in found:
        how_long = f" : {in_days(vacance.jours)}" if vacance.jours is not None else ""
        until = "jusqu'à aujourd'hui"
        if vacance.fin:
            until = f"jusqu'au {bare(vacance.fin - ONE_DAY)} inclus"
        yield FaitDePoste("vacance", vacance.premier, f"Sans titulaire{how_long}, {until}")
