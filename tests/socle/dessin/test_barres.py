"""Bars on one scale, with a mark that is none of them."""

from decimal import Decimal

from django.template.loader import render_to_string

from socle.dessin.barres import WIDTH, Barres, Mesure


def barres(*values, repere=None):
    rows = [Mesure(f"m{rank}", value, str(value)) for rank, value in enumerate(values)]
    mark = None if repere is None else Mesure("coût", repere, str(repere))
    return Barres("essai", "Essai", rows, ("Quoi", "Montant"), mark)


def test_bars_and_their_mark_are_on_one_scale():
    drawn = barres(Decimal(50), Decimal(25), repere=Decimal(100))
    granted, paid = (tracee.longueur for tracee in drawn.tracees)
    assert drawn.x_repere == WIDTH - 2
    assert (granted, paid) == (round((WIDTH - 2) / 2), round((WIDTH - 2) / 4))
    assert drawn.ancre == "end"


def test_a_grant_above_the_cost_fills_the_width_and_the_mark_falls_within():
    drawn = barres(Decimal(200), repere=Decimal(50))
    assert drawn.tracees[0].longueur == WIDTH - 2
    assert (drawn.x_repere, drawn.ancre) == (round((WIDTH - 2) / 4), "start")


def test_a_cent_is_seen_and_nothing_is_not():
    cent, nothing, unknown = barres(
        Decimal("0.01"), Decimal(0), None, repere=Decimal(10**9)
    ).tracees
    assert (cent.longueur, nothing.longueur, unknown.longueur) == (2, 0, 0)


def test_the_table_says_all_that_is_drawn():
    page = render_to_string(
        "includes/barres.html", {"barres": barres(3, None, repere=Decimal("4.50"))}
    )
    assert page.count("<tr>") == 4
    assert "4.50" in page
    assert 'id="essai-titre"' in page
    assert page.count("<rect") - page.count('<rect class="pvd-serie__fond') == 1
