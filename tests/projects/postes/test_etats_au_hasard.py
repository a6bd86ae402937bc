"""The state of posts, since when and for how much: random histories, against a plain writing of the rules."""

import datetime
import random

import pytest

from projects.postes.du_jour import situer
from projects.postes.faits import postes_dates
from projects.postes.models import Poste
from projects.postes.regles import etapes_du_poste
from socle.dates import first_day
from tests import factories

pytestmark = pytest.mark.django_db

FIRST = datetime.date(2022, 1, 1)
DAYS = 24


def later(chance, rank):
    """Return a day at random from that of `rank`, as text."""
    return str(FIRST + datetime.timedelta(days=chance.randint(rank, DAYS)))


def rank_of(jour):
    return (datetime.date.fromisoformat(jour) - FIRST).days


def history(chance, town):
    """Record a post at random: its opening and closing, its people and its offers, known or not."""
    fields = {}
    if chance.random() < 0.6:
        precision = chance.choice(["jour", "jour", "mois", "au_plus_tard"])
        opened = FIRST + datetime.timedelta(days=chance.randint(0, 12))
        fields["date_ouverture"] = first_day(opened, precision)
        fields["precision_ouverture"] = precision
    if chance.random() < 0.3:
        fields["date_fermeture"] = FIRST + datetime.timedelta(days=chance.randint(13, DAYS))
    poste = factories.poste([town], **fields)
    for _ in range(chance.randint(0, 3)):
        start = later(chance, 0)
        end = later(chance, rank_of(start) + 1) if rank_of(start) < DAYS else None
        share = chance.choice([None, 50, 80, 100])
        factories.occupation(poste, start, chance.choice([end, None]), quotite=share)
    for _ in range(chance.randint(0, 2)):
        start = later(chance, 0)
        end = chance.choice([None, later(chance, rank_of(start))])
        factories.recrutement(poste, start, "infructueux" if end else "", end)
    return poste


def expected(poste, jour):
    """Return (state, days of vacancy, share filled), as « Les postes » of docs/regles.md says them."""
    people, offers = list(poste.occupations.all()), list(poste.recrutements.all())
    here = [p for p in people if p.debut <= jour and (p.fin is None or p.fin > jour)]
    gone = [p.fin for p in people if p.fin and p.fin <= jour]
    opening = poste.date_ouverture
    if poste.date_fermeture and poste.date_fermeture <= jour:
        return "ferme", None, None
    if here:
        shares = [p.quotite for p in here]
        return "pourvu", None, None if None in shares else sum(shares)
    if any(
        o.date_publication <= jour and (o.date_issue is None or o.date_issue > jour) for o in offers
    ):
        state = "recrutement"
    elif opening and opening > jour:
        return "prevu", None, None
    elif opening or gone:
        state = "vacant"
    else:
        return "inconnu", None, None
    first = max([*gone, *([opening] if opening and opening <= jour else [])], default=None)
    exact = first in gone or poste.precision_ouverture == "jour"
    return state, (jour - first).days if first and exact else None, 0


@pytest.mark.parametrize("seed", range(2))
def test_random_histories_have_the_states_that_the_rules_say(seed):
    chance = random.Random(seed)
    town = factories.commune("34142")
    postes = [history(chance, town) for _ in range(40)]
    days = [FIRST + datetime.timedelta(days=n) for n in range(-1, DAYS + 2)]
    steps = {cle: etapes_du_poste(dates, dates.dessertes) for cle, dates in postes_dates().items()}
    read = list(Poste.objects.prefetch_related("occupations", "recrutements"))
    for jour in days:
        for poste in situer(read, jour):
            told = poste.du_jour
            found = told.etat, told.jours_vacance, told.quotite_pourvue
            assert found == expected(poste, jour), (seed, jour, poste.pk)
            [step] = [
                step
                for step in steps[poste.pk]
                if (step.debut is None or step.debut <= jour)
                and (step.fin is None or jour < step.fin)
            ]
            assert step.valeur == told.etat
    assert len(steps) == len(postes)
