"""The data to check: each sort found on its boundary, nothing of another département, one query."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communes.models import Departement
from ort.models import Partie, Secteur
from pvd.bureau import a_verifier as page_a_verifier
from pvd.bureau.perimetre import Perimetre
from pvd.suivi.verifications import VERIFICATIONS, Constat, constats, count_constats
from socle.sources import Affirmation, affirm, record_type, sans_source
from tests import factories

JOUR = datetime.date(2024, 1, 1)


def say(fiche, champ, valeur, retenue=True):
    return Affirmation.objects.create(
        content_type=record_type(fiche),
        object_id=fiche.pk,
        champ=champ,
        valeur_brute=valeur,
        valeur=valeur,
        retenue=retenue,
        source=factories.source(),
    )


@pytest.fixture
def agent(db):
    return factories.agent("a34", [factories.departement("34")])


def found(user, sorte, jour=JOUR, code=None):
    """Return the names of the records found, of one sort."""
    departement = Departement.objects.get(pk=code) if code else None
    rows = constats(Perimetre(user, departement), jour, sorte)
    return [Constat(**row).fiche for row in rows]


def test_what_a_source_says_and_nobody_has_settled(agent):
    paulhan = factories.commune("34194", nom="Paulhan")
    say(paulhan, "date_entree_ort", "2026-10-03", retenue=False)
    settled = factories.labellisation()
    say(settled, "debut", "2021-01-01", retenue=False)
    say(settled, "debut", "2021-01-22")
    elsewhere = factories.commune("12001")
    say(elsewhere, "date_entree_ort", "2026-10-03", retenue=False)
    assert found(agent, "ecartee") == ["Paulhan"]
    (row,) = constats(Perimetre(agent), JOUR, "ecartee")
    assert Constat(**row).detail == "3 octobre 2026"
    assert (row["modele"], row["cle"]) == ("communes.commune", "34194")


def test_a_date_of_fact_after_today(agent):
    factories.convention("2024-01-01", intitule="Du jour")
    factories.convention("2024-01-02", intitule="Du lendemain")
    factories.convention(None, intitule="Prévue", date_signature_prevue=datetime.date(2024, 2, 1))
    assert found(agent, "a_venir") == ["Du lendemain"]


def test_a_document_after_today(agent):
    for name, jour in (("Du jour", JOUR), ("Du lendemain", factories.day("2024-01-02"))):
        signed = factories.convention("2023-07-06", intitule=name)
        Affirmation.objects.create(
            content_type=record_type(signed),
            object_id=signed.pk,
            champ="date_signature",
            valeur_brute="06/07/2023",
            valeur="2023-07-06",
            source=factories.source(date_document=jour),
        )
    assert found(agent, "a_venir") == ["Du lendemain"]
    (row,) = constats(Perimetre(agent), JOUR, "a_venir")
    assert Constat(**row).detail == "2 janvier 2024"


def test_a_fact_of_a_post_after_today(agent):
    on_the_day, day_after = "2024-01-01", "2024-01-02"
    for name, jour in (("du jour", on_the_day), ("du lendemain", day_after)):
        factories.occupation(poste(f"Arrivée {name}"), jour)
        factories.recrutement(poste(f"Offre {name}"), jour)
        factories.recrutement(poste(f"Issue {name}"), "2023-01-01", "infructueux", jour)
        # A departure is known before its day.
        factories.occupation(poste(f"Départ {name}"), "2022-01-01", jour)
    both = poste("Offre et arrivée du lendemain")
    factories.recrutement(both, "2023-01-01", "recrute", day_after)
    factories.occupation(both, day_after)
    to_open = poste("Ouvre le lendemain", date_ouverture=factories.day(day_after))
    factories.occupation(to_open, day_after)
    names = [f"{what} du lendemain" for what in ("Arrivée", "Issue", "Offre", "Offre et arrivée")]
    names = sorted([*names, "Ouvre le lendemain"])
    assert sorted(found(agent, "a_venir")) == names
    details = {row["precision"] for row in constats(Perimetre(agent), JOUR, "a_venir")}
    assert details == {day_after}


def test_a_waiver_and_the_ville_principale_in_the_ort(agent):
    lodeve, other = factories.commune("34142", nom="Lodève"), factories.commune("34001")
    waived = {"derogation_l303_3": True, "ville_principale": lodeve}
    factories.convention("2023-07-06", [lodeve], intitule="Les deux", **waived)
    factories.convention("2023-07-06", [other], intitule="Sans elle", **waived)
    without = {**waived, "derogation_l303_3": False}
    factories.convention("2023-07-06", [lodeve], intitule="Sans dérogation", **without)
    over = {**waived, "duree_annees": 1}
    factories.convention("2023-01-01", [lodeve], intitule="Échue", **over)
    factories.convention("2024-01-02", [lodeve], intitule="À venir", **waived)
    assert found(agent, "derogation_et_ville") == ["Les deux"]


def test_a_commune_in_the_programme_without_adhesion(agent):
    factories.labellisation(factories.commune("34001"))
    factories.labellisation(factories.commune("34002"), adhesion="2021-05-01")
    factories.labellisation(factories.commune("34003"), fin="2024-01-01")
    factories.labellisation(factories.commune("34004"), fin="2024-01-02")
    assert found(agent, "sans_adhesion") == ["Ville 34001", "Ville 34004"]


@pytest.mark.parametrize(
    ("fin", "gone"), [("2023-12-31", True), ("2024-01-01", True), ("2024-01-02", False)]
)
def test_a_commune_that_has_vanished_and_still_counts(agent, fin, gone):
    heir = factories.commune("34246", nom="Entre-Vignes")
    vanished = factories.commune("34300", nom="Vérargues", fin=factories.day(fin))
    factories.labellisation(vanished)
    factories.convention("2023-07-06", [vanished, heir], intitule="ORT du Lunellois")
    factories.poste([vanished], intitule="Chef de projet", employeur_commune=heir)
    expected = ["Chef de projet", "ORT du Lunellois", "Vérargues"] if gone else []
    assert sorted(found(agent, "disparue")) == expected
    details = {row["precision"] for row in constats(Perimetre(agent), JOUR, "disparue")}
    assert details == ({"Vérargues"} if gone else set())


def test_a_commune_whose_successor_is_known_is_nothing_to_check(agent):
    heir = factories.commune("34246", nom="Entre-Vignes")
    gone = {"fin": factories.day("2023-01-01"), "successeur": heir}
    factories.labellisation(factories.commune("34300", nom="Vérargues", **gone))
    assert found(agent, "disparue") == []


def test_a_date_that_no_retained_source_tells(agent):
    told = factories.convention("2023-07-06", intitule="Dite")
    say(told, "date_signature", "2023-07-06")
    untold = factories.convention("2023-07-06", intitule="Non dite")
    say(untold, "date_signature", "2023-07-07", retenue=False)
    factories.convention(None, intitule="Sans date")
    assert found(agent, "sans_source") == ["Non dite"]
    assert list(sans_source(type(untold).objects.all())) == [untold]


def test_an_ort_without_its_ville_principale_nor_a_waiver(agent):
    factories.convention(intitule="Sans")
    factories.convention(intitule="Avec", ville_principale=factories.commune("34003"))
    factories.convention(intitule="Dérogation", derogation_l303_3=True)
    factories.convention(intitule="Refus", derogation_l303_3=False)
    factories.convention(intitule="Pas une ORT", vaut_ort=False)
    factories.convention(None, intitule="Non signée")
    assert found(agent, "sans_ville_principale") == ["Refus", "Sans"]


def test_a_commune_of_more_than_twenty_thousand_inhabitants(agent):
    for year in (2021, 2024, 2025):
        factories.millesime(year)
    large = {2021: 30_000, 2024: 20_001, 2025: 10}
    factories.labellisation(factories.commune("34001", populations=large))
    small = {2021: 30_000, 2024: 20_000, 2025: 30_000}
    factories.labellisation(factories.commune("34002", populations=small))
    factories.labellisation(factories.commune("34003", populations={}))
    counted = factories.commune("34004", populations={})
    factories.population(counted, 2025, 31_000, annee=2023)
    factories.labellisation(counted)
    assert found(agent, "grande", datetime.date(2024, 1, 1)) == ["Ville 34001"]
    eve, new_year = datetime.date(2024, 12, 31), datetime.date(2025, 1, 1)
    said = {
        jour: [Constat(**row).detail for row in constats(Perimetre(agent), jour, "grande")]
        for jour in (eve, new_year)
    }
    assert said[eve] == ["20001, millésime 2024"]
    assert said[new_year] == ["30000, millésime 2025", "31000 en 2023"]


def test_an_ort_before_the_adhesion(agent):
    early, same = factories.commune("34001"), factories.commune("34002")
    factories.convention("2021-05-01", [early, same])
    factories.labellisation(early, adhesion="2021-05-02")
    factories.labellisation(same, adhesion="2021-05-01")
    assert found(agent, "avant_adhesion") == ["Ville 34001"]


def test_a_commune_in_two_ort(agent):
    twice, once = factories.commune("34001"), factories.commune("34002")
    factories.convention("2021-05-01", [twice, once])
    second = factories.convention("2022-05-01", [twice])
    assert found(agent, "deux_ort") == ["Ville 34001"]
    second.duree_annees = 1
    second.save()
    assert found(agent, "deux_ort") == []


@pytest.mark.parametrize(
    ("signed", "late"), [("2023-07-06", False), ("2023-07-07", True), ("2024-01-02", False)]
)
def test_an_avenant_signed_once_its_ort_had_ended(agent, signed, late):
    ended = factories.convention("2018-07-06", intitule="Échue", duree_annees=5)
    factories.avenant(ended, signed, duree_annees=9)
    assert found(agent, "apres_la_fin") == (["Échue"] if late else [])
    details = {row["precision"] for row in constats(Perimetre(agent), JOUR, "apres_la_fin")}
    assert details == ({signed} if late else set())


def test_an_avenant_signed_of_a_convention_that_is_not(agent):
    planned = factories.convention(None, intitule="Non signée")
    factories.avenant(planned, "2024-01-01")
    factories.avenant(planned, None)
    factories.avenant(factories.convention(None, intitule="Plus tard"), "2024-01-02")
    factories.avenant(factories.convention("2023-07-06", intitule="Signée"), "2023-09-01")
    assert found(agent, "sans_convention_signee") == ["Non signée"]


def test_a_row_said_to_be_of_the_act_of_another_convention(agent):
    town = factories.commune("34001")
    other = factories.avenant(factories.convention())
    for name, model in (("Partie", Partie), ("Secteur", Secteur)):
        astray, well = (factories.convention(intitule=f"{name} {n}") for n in ("ailleurs", "ici"))
        model.objects.create(convention=astray, commune=town, avenant=other)
        model.objects.create(convention=well, commune=town, avenant=factories.avenant(well))
        model.objects.create(convention=factories.convention(), commune=town)
    assert sorted(found(agent, "acte_d_une_autre")) == ["Partie ailleurs", "Secteur ailleurs"]


def test_the_national_level_sees_all_or_one_departement(db):
    national = factories.agent("national", is_superuser=True)
    for code in ("34001", "12001"):
        factories.labellisation(factories.commune(code))
    assert len(found(national, "sans_adhesion")) == 2
    assert found(national, "sans_adhesion", code="12") == ["Ville 12001"]


def test_counts_are_those_of_the_rows(agent):
    factories.labellisation()
    factories.convention()
    counts = {v.sorte: n for v, n in count_constats(Perimetre(agent), JOUR)}
    rows = [row["sorte"] for row in constats(Perimetre(agent), JOUR)]
    assert counts == {sorte: rows.count(sorte) for sorte in set(rows)}


def make_some():
    town = factories.commune(epci="new")
    factories.labellisation(town)
    factories.convention(communes=[town])


def test_the_page_takes_no_more_queries_when_there_is_more_to_check(agent_34):
    url = reverse("admin:a_verifier")
    make_some()
    agent_34.get(url)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert agent_34.get(url).status_code == 200
        counts.append(len(queries))
        for _ in range(5):
            make_some()
    assert counts[0] == counts[1] <= 12


def read_pages(browser, sorte):
    """Return the rows of all the pages, one after another, and the number that the last one announces."""
    rows, number, more = [], 0, True
    while more:
        number += 1
        asked = {"sorte": sorte, "page": number}
        page = browser.get(reverse("admin:a_verifier"), asked).context["page"]
        rows, more = [*rows, *page], page.has_next()
    return rows, page.paginator.count


@pytest.mark.parametrize("sorte", ["", "sans_adhesion", "grande"])
def test_the_pages_hold_each_finding_once(agent_34, monkeypatch, sorte):
    """Those of all sorts, of one, and of one of which there is none: their number is counted apart."""
    monkeypatch.setattr(page_a_verifier, "PER_PAGE", 2)
    for _ in range(3):
        make_some()
    expected = list(constats(Perimetre(agent_34.agent), timezone.localdate(), sorte))
    assert read_pages(agent_34, sorte) == (expected, len(expected))


def test_the_page_leads_to_each_record(agent_34):
    entered = factories.labellisation(factories.commune("34001"))
    page = agent_34.get(reverse("admin:a_verifier"), {"sorte": "sans_adhesion"})
    record = reverse("admin:communes_labellisation_change", args=[entered.pk])
    assert f'<a href="{record}">Ville 34001</a>' in page.content.decode()


def test_the_page_is_filtered_by_sort_and_by_departement(agent_34, national):
    factories.labellisation(factories.commune("34001"))
    factories.labellisation(factories.commune("12001"))
    url = reverse("admin:a_verifier")
    page = national.get(url, {"sorte": "sans_adhesion", "departement": "34"})
    assert [c.fiche for c in page.context["constats"]] == ["Ville 34001"]
    assert national.get(url, {"sorte": "inconnue"}).status_code == 404
    assert agent_34.get(url, {"departement": "12"}).status_code == 404
    for sorte in VERIFICATIONS:
        assert agent_34.get(url, {"sorte": sorte}).status_code == 200


def poste(name, code="34142", **fields):
    return factories.poste([factories.commune(code)], intitule=name, **fields)


def test_posts_that_two_people_hold(agent):
    for name, fin in (("Tuilage", "2024-01-02"), ("Relais", "2024-01-01")):
        shared = poste(name)
        factories.occupation(shared, "2022-01-01", fin)
        factories.occupation(shared, "2023-12-31")
    elsewhere = poste("Ailleurs", "12001")
    for _ in range(2):
        factories.occupation(elsewhere, "2022-01-01")
    assert found(agent, "plusieurs_titulaires") == ["Tuilage"]


@pytest.mark.parametrize(
    ("arrivee", "opened", "precision", "early"),
    [
        ("2023-05-31", "2023-06-01", "jour", True),
        ("2023-06-01", "2023-06-01", "jour", False),
        # « Juin 2023 » is the first of the month at the earliest.
        ("2023-05-31", "2023-06-01", "mois", True),
        ("2023-05-31", "2023-06-01", "au_plus_tard", False),
        # Who arrives later than the day of the page is not there yet.
        ("2024-01-01", "2024-06-01", "jour", True),
        ("2024-01-02", "2024-06-01", "jour", False),
    ],
)
def test_a_post_that_someone_joined_before_it_opened(agent, arrivee, opened, precision, early):
    poste = factories.poste(
        [factories.commune("34001")],
        intitule="Tôt",
        date_ouverture=factories.day(opened),
        precision_ouverture=precision,
    )
    factories.occupation(poste, arrivee)
    assert found(agent, "avant_ouverture") == (["Tôt"] if early else [])
    assert {row["precision"] for row in constats(Perimetre(agent), JOUR, "avant_ouverture")} == (
        {arrivee} if early else set()
    )


def test_posts_closed_and_still_held(agent):
    for name, fermeture in (("Fermé", "2024-01-01"), ("Fermera", "2024-01-02")):
        factories.occupation(poste(name, date_fermeture=fermeture), "2022-01-01")
    factories.occupation(poste("Quitté", date_fermeture="2023-01-01"), "2022-01-01", "2023-01-01")
    assert found(agent, "ferme_mais_occupe") == ["Fermé"]


SUITES = {
    "offre": lambda post, jour: factories.recrutement(post, jour, "infructueux", jour),
    "arrivée": lambda post, jour: factories.occupation(post, jour, "2025-01-01"),
    "desserte": lambda post, jour: post.dessertes.create(
        commune=factories.commune("34199"), debut=factories.day(jour)
    ),
}


@pytest.mark.parametrize("what", SUITES)
@pytest.mark.parametrize(
    ("closed", "precision", "eve", "since"),
    [
        ("2023-06-15", "jour", "2023-06-14", "2023-06-15"),
        ("2023-06-15", "au_plus_tard", "2023-06-14", "2023-06-15"),
        ("2023-06-01", "mois", "2023-06-30", "2023-07-01"),
        ("2022-12-01", "mois", "2022-12-31", "2023-01-01"),
        ("2022-01-01", "annee", "2022-12-31", "2023-01-01"),
    ],
)
def test_posts_closed_of_which_something_begins_since(agent, what, closed, precision, eve, since):
    fields = {"date_fermeture": factories.day(closed), "precision_fermeture": precision}
    SUITES[what](poste("Avant", **fields), eve)
    SUITES[what](poste("Depuis", **fields), since)
    SUITES[what](poste("Ouvert"), since)
    assert found(agent, "suite_apres_fermeture") == ["Depuis"]
    details = {
        row["precision"] for row in constats(Perimetre(agent), JOUR, "suite_apres_fermeture")
    }
    assert details == {since}
    assert found(agent, "suite_apres_fermeture", factories.day("2021-12-31")) == []


def test_posts_open_that_serve_nobody_any_more(agent):
    for name, fin, closed in (
        ("Sans commune", "2024-01-01", None),
        ("Dernier jour", "2024-01-02", None),
        ("Fermé", "2024-01-01", "2024-01-01"),
        ("Fermera", "2024-01-01", "2024-01-02"),
    ):
        served = poste(name, date_fermeture=closed)
        factories.rewrite(served.dessertes, fin=factories.day(fin))
    moved = poste("Déplacé")
    factories.rewrite(moved.dessertes, fin=factories.day("2023-06-01"))
    moved.dessertes.create(commune=factories.commune("34199"), debut=factories.day("2024-06-01"))
    to_come = poste("À venir", date_ouverture=factories.day("2024-01-02"))
    factories.rewrite(to_come.dessertes, fin=factories.day("2024-01-01"))
    assert sorted(found(agent, "sans_commune")) == ["Fermera", "Sans commune"]
    details = {row["precision"] for row in constats(Perimetre(agent), JOUR, "sans_commune")}
    assert details == {"2024-01-01"}


def test_contracts_over_of_people_still_in_post(agent):
    for name, last in (("Échu", "2024-01-01"), ("Dernier jour", "2024-01-02"), ("Sans", None)):
        fin = last and datetime.date.fromisoformat(last)
        factories.occupation(poste(name), "2022-01-01", fin_contrat_prevue=fin)
    assert found(agent, "contrat_echu") == ["Échu"]


def test_posts_paid_more_than_the_programme_pays(agent):
    above, within = poste("Au-dessus"), poste("Dans les clous")
    factories.cofinancement(above, "etat", 2023, montant=45_001)
    factories.cofinancement(above, "etat", 2022, montant=45_001)
    factories.cofinancement(within, "etat", 2022, montant=45_000, taux=75)
    (row,) = constats(Perimetre(agent), JOUR, "cofinancement")
    assert (Constat(**row).fiche, Constat(**row).detail) == ("Au-dessus", "2022")


def test_an_ort_grouped_by_rule_until_someone_confirms_it(agent):
    grouped = factories.convention(intitule="Regroupée", communes=[factories.commune("34001")])
    factories.convention(intitule="Écrite ici", communes=[factories.commune("34002")])
    elsewhere = factories.commune("12001")
    factories.regroupement(
        factories.convention(communes=[elsewhere], departement_reference=elsewhere.departement)
    )
    factories.regroupement(grouped)
    assert found(agent, "par_regle") == ["Regroupée"]
    affirm(grouped, "regroupement", "01/01/2024", factories.source(), "jour")
    assert found(agent, "par_regle") == []
