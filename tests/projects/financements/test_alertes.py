"""What looks wrong in the money and the days of an action: each rule on its boundary days."""

from decimal import Decimal

import pytest

from projects.actions.faits import CoutDate
from projects.actions.regles import Depuis
from projects.financements.alertes import Acceptee, Dossier, alertes
from projects.financements.delais import RegleDatee, ReglesDispositifs
from tests.factories import day
from tests.projects.actions.test_regles import ACTION, forecast
from tests.projects.actions.test_regles import fait as fact
from tests.projects.financements.test_regles import a_line, fait

DETR = RegleDatee(None, None, 24, 48, Decimal(30), Decimal(80), "CGCT, art. R. 2334-28", True)
RULES = ReglesDispositifs({"detr": [DETR]})
BUILT = ACTION._replace(investissement=True)


def a_cost(amount, base="HT"):
    return [CoutDate(day("2021-07-16"), "jour", "estime", Decimal(amount), base)]


def told(action=BUILT, lignes=(), jour="2024-01-01", **fields):
    fields = {"communes": ["34142"], "derogations": [], "acceptees": []} | fields
    found = alertes(Dossier(action, list(lignes), **fields), RULES, day(jour))
    return [alerte for alerte in found if alerte.sorte != "sans_nouvelles"]


def sorts(*args, **fields):
    return [alerte.sorte for alerte in told(*args, **fields)]


def granted(amount, jour="2023-06-01", **fields):
    return a_line(fait("accord", jour, amount, **fields))


@pytest.mark.parametrize(
    ("grant", "found"),
    [("800", []), ("800.01", ["part_du_maitre_d_ouvrage"])],
)
def test_the_owner_pays_at_least_a_fifth_of_the_public_money(grant, found):
    action = BUILT._replace(couts=a_cost(1000))
    lines = [granted(grant)._replace(dispositif="region")]
    assert sorts(action, lines) == found


def test_private_money_is_outside_the_sum():
    action = BUILT._replace(couts=a_cost(1000))
    patron = granted("500")._replace(dispositif="mecenat", public=False)
    public = [granted(amount)._replace(dispositif="region") for amount in ("400", "400.01")]
    assert sorts(action, [patron, public[0]]) == []
    assert sorts(action, [patron, public[1]]) == ["part_du_maitre_d_ouvrage"]


def test_the_computation_is_written_out_with_its_article():
    action = BUILT._replace(couts=a_cost(540000))
    lines = [
        a_line(fait("prevision", "2023-01-01", amount))._replace(dispositif="region")
        for amount in ("189000", "108000", "150000")
    ]
    (alerte,) = told(action, lines)
    assert alerte.sorte == "part_prevue"
    assert "17,2\u00a0%" in alerte.texte
    assert "447" in alerte.calcul
    assert "L. 1111-10" in alerte.article


@pytest.mark.parametrize("cost", [[], a_cost(1000, "TTC")])
def test_a_cost_unknown_or_after_tax_cannot_be_checked(cost):
    lines = [granted("900")._replace(dispositif="region")]
    action = BUILT._replace(couts=cost)
    assert sorts(action, lines) == ["part_du_maitre_d_ouvrage_non_verifiable"]


@pytest.mark.parametrize(
    ("fields", "dossier"),
    [
        ({"investissement": None}, {}),
        ({"investissement": False}, {}),
        ({"maitre_ouvrage": (None, None, 7)}, {"lignes": "other"}),
        ({}, {"communes": ["97411"]}),
        ({}, {"derogations": [("participation", day("2024-01-01"))]}),
    ],
)
def test_who_is_not_asked_for_a_share(fields, dossier):
    action = BUILT._replace(couts=a_cost(1000), **fields)
    line = granted("900")._replace(dispositif="region", financeur_organisme=9)
    dossier.pop("lignes", None)
    assert sorts(action, [line], **dossier) == []
    later = [("participation", day("2024-01-02"))]
    if "derogations" in dossier:
        assert sorts(action, [line], derogations=later) == ["part_du_maitre_d_ouvrage"]


def test_a_loan_is_no_subsidy():
    action = BUILT._replace(couts=a_cost(1000))
    loan = granted("900")._replace(dispositif="bdt", forme="pret")
    assert sorts(action, [loan]) == []


@pytest.mark.parametrize(("amount", "found"), [("400", []), ("400.01", ["dotations"])])
def test_the_grants_of_the_state_reach_four_fifths_of_the_smallest_spending(amount, found):
    lines = [
        granted("400", depense_subventionnable=Decimal(1200)),
        granted(amount, depense_subventionnable=Decimal(1000))._replace(dispositif="dsil"),
    ]
    assert sorts(BUILT._replace(investissement=None), lines) == found


@pytest.mark.parametrize(
    ("jour", "left", "found"),
    [
        ("2024-05-31", "0", ["dotations"]),
        ("2024-06-01", "0", []),
        # A part of it stands: so does its spending.
        ("2024-06-01", "1", ["dotations"]),
    ],
)
def test_a_grant_withdrawn_whole_accuses_none_of_those_that_stand(jour, left, found):
    withdrawn = a_line(
        fait("accord", "2023-06-01", "10000", depense_subventionnable=Decimal(20000)),
        fait("retrait", "2024-06-01", left),
    )
    stands = granted("300000", "2023-12-01", depense_subventionnable=Decimal(400000))
    alerted = sorts(BUILT._replace(investissement=None), [withdrawn, stands], jour)
    assert [sorte for sorte in alerted if sorte == "dotations"] == found


def test_grants_of_all_forms_are_within_the_cost():
    action = ACTION._replace(couts=a_cost(1000))
    loan = granted("1000")._replace(dispositif="bdt", forme="pret")
    assert sorts(action, [loan]) == []
    assert sorts(action, [loan, granted("0.01")]) == ["au_dela_du_cout"]


@pytest.mark.parametrize(
    ("begun", "found"), [("2023-02-28", ["commence_trop_tot"]), ("2023-03-01", [])]
)
def test_nothing_begins_before_the_file_is_complete(begun, found):
    line = a_line(fait("demande", "2023-01-01", "10"), fait("dossier_complet", "2023-03-01"))
    action = ACTION._replace(faits=[fact("debut", begun)])
    assert sorts(action, [line]) == found
    allowed = [("commencement", day("2023-01-15"))]
    assert sorts(action, [line], derogations=allowed) == []


@pytest.mark.parametrize(
    ("begun", "precision", "days"),
    [
        # The file of the eve, of the day and of the day after the last that the beginning may be.
        ("2024-03-10", "jour", ["2024-03-09", "2024-03-10", "2024-03-11"]),
        ("2024-03-01", "mois", ["2024-03-30", "2024-03-31", "2024-04-01"]),
        ("2024-01-01", "annee", ["2024-12-30", "2024-12-31", "2025-01-01"]),
        ("2024-03-10", "au_plus_tard", ["2024-03-09", "2024-03-10", "2024-03-11"]),
    ],
)
def test_a_vague_beginning_is_too_early_only_if_it_surely_is(begun, precision, days):
    action = ACTION._replace(faits=[fact("debut", begun, precision=precision)])
    found = [
        sorts(action, [a_line(fait("dossier_complet", filed))], jour="2025-06-01") for filed in days
    ]
    assert found == [[], [], ["commence_trop_tot"]]


@pytest.mark.parametrize(
    ("filed", "precision", "days"),
    [
        ("2024-03-01", "mois", ["2024-02-29", "2024-03-01", "2024-03-02"]),
        ("2024-01-01", "annee", ["2023-12-31", "2024-01-01", "2024-01-02"]),
    ],
)
def test_a_vague_file_is_late_only_if_it_surely_is(filed, precision, days):
    line = a_line(fait("demande", filed, "10", precision=precision))
    found = [
        sorts(ACTION._replace(faits=[fact("debut", begun)]), [line], jour="2025-06-01")
        for begun in days
    ]
    assert found == [["commence_trop_tot"], [], []]
    known_by = a_line(fait("dossier_complet", "2024-06-01", precision="au_plus_tard"))
    assert sorts(ACTION._replace(faits=[fact("debut", days[0])]), [known_by]) == []


def test_a_beginning_is_told_as_it_is_known():
    line = a_line(fait("dossier_complet", "2024-06-10"))
    action = ACTION._replace(faits=[fact("debut", "2024-03-01", precision="mois")])
    (alerte,) = told(action, [line], jour="2024-06-10")
    assert alerte.calcul == "début en mars 2024, dossier le 10 juin 2024"
    # An end says that it had begun by then, and never that it began on that day.
    action = ACTION._replace(
        faits=[fact("debut", "2024-01-01", precision="annee"), fact("fin", "2024-06-09")]
    )
    (alerte,) = told(action, [line], jour="2024-06-10")
    assert alerte.calcul == "début au plus tard le 9 juin 2024, dossier le 10 juin 2024"


def lapses(jour, *facts, action=ACTION):
    line = a_line(fait("accord", "2022-01-05", "10", date_notification=day("2022-01-20")), *facts)
    found = told(action, [line], jour=jour)
    return [alerte.sorte for alerte in found if alerte.sorte.startswith("caducite")]


@pytest.mark.parametrize(
    ("jour", "found"),
    [
        ("2023-07-19", []),
        ("2023-07-20", ["caducite_proche"]),
        ("2024-01-20", ["caducite_proche"]),
        ("2024-01-21", ["caducite"]),
    ],
)
def test_a_grant_lapses_when_nothing_has_begun_two_years_after_its_notification(jour, found):
    assert lapses(jour) == found


def test_a_beginning_an_extension_a_pause_and_a_withdrawal_stop_it():
    begun = ACTION._replace(faits=[fact("debut", "2024-01-20")])
    assert lapses("2024-01-21", action=begun) == []
    paused = ACTION._replace(faits=[fact("pause", "2023-01-01")])
    assert lapses("2024-01-21", action=paused) == []
    dropped = ACTION._replace(faits=[fact("abandon", "2023-01-01")])
    assert lapses("2024-01-21", action=dropped) == []
    again = ACTION._replace(faits=[fact("pause", "2023-01-01"), fact("reprise", "2024-01-21")])
    assert lapses("2024-01-21", action=again) == ["caducite"]
    longer = fait(
        "prorogation", "2023-12-01", delai="commencement", date_limite_prevue=day("2025-01-20")
    )
    assert lapses("2024-01-21", longer) == []
    assert lapses("2025-01-21", longer) == ["caducite"]
    corrected = fait(
        "prorogation", "2024-02-01", delai="commencement", date_limite_prevue=day("2024-06-01")
    )
    assert lapses("2024-06-02", longer, corrected) == ["caducite"]
    assert lapses("2024-01-21", fait("retrait", "2023-01-01", "0")) == []


def test_an_operation_is_finished_four_years_after_it_began():
    action = ACTION._replace(faits=[fact("debut", "2020-01-31")])
    line = a_line(
        fait("accord", "2022-01-05", "10"), fait("versement", "2022-02-01", "1", "avance")
    )
    assert sorts(action, [line], jour="2024-01-31") == []
    assert sorts(action, [line], jour="2024-02-01") == ["achevement"]
    ended = action._replace(faits=[*action.faits, fact("fin", "2024-02-01")])
    assert sorts(ended, [line], jour="2024-02-01") == []


@pytest.mark.parametrize(
    ("begun", "precision", "days", "calcul"),
    [
        ("2020-03-01", "mois", ["2024-03-31", "2024-04-01"], "commencé en mars 2020 + 48 mois"),
        ("2020-01-01", "annee", ["2024-12-31", "2025-01-01"], "commencé en 2020 + 48 mois"),
        (
            "2020-03-10",
            "au_plus_tard",
            ["2024-03-10", "2024-03-11"],
            "commencé au plus tard le 10 mars 2020 + 48 mois",
        ),
    ],
)
def test_four_years_run_from_the_last_day_that_a_beginning_may_be(begun, precision, days, calcul):
    action = ACTION._replace(faits=[fact("debut", begun, precision=precision)])
    line = a_line(
        fait("accord", "2022-01-05", "10"), fait("versement", "2022-02-01", "1", "avance")
    )
    last, after = days
    assert sorts(action, [line], jour=last) == []
    (alerte,) = told(action, [line], jour=after)
    assert (alerte.sorte, alerte.calcul) == ("achevement", calcul)
    assert alerte.date == (day(last), "jour")


def test_an_extension_is_told_as_it_is_known():
    action = ACTION._replace(faits=[fact("debut", "2020-01-31")])
    longer = fait(
        "prorogation",
        "2023-01-01",
        precision="annee",
        delai="achevement",
        date_limite_prevue=day("2025-06-30"),
    )
    line = a_line(fait("accord", "2022-01-05", "10"), fait("versement", "2022-02-01", "1"), longer)
    (alerte,) = told(action, [line], jour="2025-07-01")
    assert (alerte.sorte, alerte.calcul) == ("achevement", "prorogé en 2023")


@pytest.mark.parametrize(
    ("payments", "found"),
    [
        ([("30", "avance")], []),
        ([("30.01", "avance")], ["avance"]),
        ([("30", "avance"), ("50", "acompte")], []),
        ([("30", "avance"), ("50.01", "acompte")], ["acomptes"]),
        ([("30", "avance"), ("50", "acompte"), ("20", "solde")], []),
        # Of what was decided, and not of what the balance makes of it.
        ([("30", "avance"), ("50", "acompte"), ("10", "solde")], []),
    ],
)
def test_what_is_paid_before_the_balance_has_a_ceiling(payments, found):
    line = a_line(
        fait("accord", "2023-06-01", "100"),
        *(fait("versement", "2023-07-01", amount, kind) for amount, kind in payments),
    )
    assert sorts(ACTION, [line]) == found


def test_a_demand_without_answer_is_made_again_after_the_end_of_the_next_year():
    line = a_line(fait("demande", "2022-06-01", "10"))
    assert sorts(ACTION, [line], jour="2023-12-31") == []
    (alerte,) = told(ACTION, [line], jour="2024-01-01")
    assert (alerte.sorte, alerte.verifiee) == ("demande_perimee", False)
    assert alerte.texte.startswith(
        "Demandé le 1er juin 2022 et sans décision au 31 décembre 2023 :"
    )


def test_what_is_finished_for_a_year_is_balanced():
    action = ACTION._replace(faits=[fact("debut", "2022-01-01"), fact("fin", "2022-12-31")])
    line = a_line(
        fait("accord", "2023-06-01", "10"), fait("versement", "2023-07-01", "1", "acompte")
    )
    assert sorts(action, [line], jour="2023-12-30") == []
    assert sorts(action, [line], jour="2023-12-31") == ["achevee_non_soldee"]


@pytest.mark.parametrize(
    ("ended", "precision", "days"),
    [
        ("2022-12-01", "mois", ["2023-12-30", "2023-12-31"]),
        ("2022-01-01", "annee", ["2023-12-30", "2023-12-31"]),
        ("2022-12-10", "au_plus_tard", ["2023-12-09", "2023-12-10"]),
    ],
)
def test_a_year_runs_from_the_last_day_that_an_end_may_be(ended, precision, days):
    action = ACTION._replace(
        faits=[fact("debut", "2022-01-01"), fact("fin", ended, precision=precision)]
    )
    line = a_line(
        fait("accord", "2023-06-01", "10"), fait("versement", "2023-07-01", "1", "acompte")
    )
    eve, due = days
    assert sorts(action, [line], jour=eve) == []
    assert sorts(action, [line], jour=due) == ["achevee_non_soldee"]


def unpaid(jour, precision="jour", **fields):
    return granted("10", jour, precision=precision, **fields)._replace(dispositif="bdt")


@pytest.mark.parametrize(
    ("line", "days", "texte"),
    [
        (
            unpaid("2022-12-15", date_notification=day("2023-01-02")),
            ["2024-01-01", "2024-01-02", "2024-01-03"],
            "Notifié le 2 janvier 2023, et rien n'est versé.",
        ),
        (
            unpaid("2022-12-01", "mois", date_notification=day("2023-01-02")),
            ["2024-01-01", "2024-01-02", "2024-01-03"],
            "Notifié le 2 janvier 2023, et rien n'est versé.",
        ),
        (
            unpaid("2023-01-02"),
            ["2024-01-01", "2024-01-02", "2024-01-03"],
            "Accordé le 2 janvier 2023, et rien n'est versé.",
        ),
        (
            unpaid("2024-03-01", "mois"),
            ["2025-03-30", "2025-03-31", "2025-04-01"],
            "Accordé en mars 2024, et rien n'est versé.",
        ),
        (
            unpaid("2024-01-01", "annee"),
            ["2025-12-30", "2025-12-31", "2026-01-01"],
            "Accordé en 2024, et rien n'est versé.",
        ),
        (
            unpaid("2024-03-10", "au_plus_tard"),
            ["2025-03-09", "2025-03-10", "2025-03-11"],
            "Accordé au plus tard le 10 mars 2024, et rien n'est versé.",
        ),
    ],
)
def test_a_grant_is_paid_within_a_year_of_its_notification(line, days, texte):
    found = [[alerte.texte for alerte in told(ACTION, [line], jour=jour)] for jour in days]
    assert found == [[], [texte], [texte]]


def without_news(jour, action=ACTION, lignes=(), **fields):
    dossier = Dossier(action, list(lignes), ["34142"], [], [], **fields)
    found = alertes(dossier, RULES, day(jour))
    return [alerte.texte for alerte in found if alerte.sorte == "sans_nouvelles"]


@pytest.mark.parametrize(
    ("jour", "precision", "days", "since"),
    [
        ("2024-01-01", "jour", ["2024-12-31", "2025-01-01"], "depuis le 1er janvier 2024"),
        ("2024-03-01", "mois", ["2025-03-31", "2025-04-01"], "depuis mars 2024"),
        ("2024-01-01", "annee", ["2025-12-31", "2026-01-01"], "depuis 2024"),
        (
            "2024-01-01",
            "au_plus_tard",
            ["2024-12-31", "2025-01-01"],
            "depuis le 1er janvier 2024 au plus tard",
        ),
    ],
)
def test_nothing_new_for_more_than_a_year(jour, precision, days, since):
    of_action = ACTION._replace(faits=[fact("debut", jour, precision=precision)])
    of_money = a_line(fait("demande", jour, "10", precision=precision), dispositif="region")
    of_reading = [Depuis(day(jour), precision)]
    last, after = days
    for known in ({"action": of_action}, {"lignes": [of_money]}, {"releves": of_reading}):
        assert without_news(last, **known) == []
        assert without_news(after, **known) == [f"Rien de nouveau {since}."]
    ended = of_action._replace(faits=[*of_action.faits, fact("fin", jour)])
    assert without_news(after, ended) == []


def test_the_last_news_is_what_may_be_the_last():
    vague = fact("debut", "2024-01-01", precision="annee")
    action = ACTION._replace(faits=[vague, fact("point", "2024-03-10")])
    assert without_news("2025-12-31", action) == []
    assert without_news("2026-01-01", action) == ["Rien de nouveau depuis 2024."]
    later = ACTION._replace(faits=[vague, fact("point", "2025-01-01")])
    assert without_news("2026-01-02", later) == ["Rien de nouveau depuis le 1er janvier 2025."]
    # What comes after the day is not known on it.
    coming = [Depuis(day("2026-01-03"), "jour")]
    assert without_news("2026-01-02", later, releves=coming) != []
    assert without_news("2026-01-03", later, releves=coming) == []


def test_an_action_late_is_told():
    action = ACTION._replace(previsions=[forecast("2023-12-31", "2023-06-01")])
    assert sorts(action, jour="2023-12-31") == []
    assert sorts(action, jour="2024-01-01") == ["en_retard"]


@pytest.mark.parametrize(
    ("jour", "silent"),
    [("2023-12-31", False), ("2024-01-01", True), ("2024-06-30", True), ("2024-07-01", False)],
)
def test_a_warning_accepted_is_silent_from_a_day_to_another(jour, silent):
    line = granted("10", "2022-01-01")._replace(dispositif="bdt")
    accepted = Acceptee("accord_sans_versement", line.pk, day("2024-01-01"), day("2024-06-30"))
    assert (sorts(ACTION, [line], jour=jour, acceptees=[accepted]) == []) is silent
    other = accepted._replace(financement=99)
    assert sorts(ACTION, [line], jour=jour, acceptees=[other]) == ["accord_sans_versement"]


def test_the_share_of_the_owner_is_warned_of_nothing():
    own = granted("900")._replace(nature="fonds_propres")
    assert sorts(BUILT._replace(couts=a_cost(1000)), [own], jour="2026-01-01") == []
