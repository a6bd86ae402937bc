"""The records that come with the project: the figures of the Hérault, day by day."""

import csv
import gzip
import re
import shutil
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from communes.models import Commune, Departement, Labellisation
from ort.actes import OrtDuJour, with_actes
from ort.models import Avenant, CommuneCouverte, Convention, Organisme, Partie
from projects.actions.models import Axe, Cout, FaitAction, Prevision, Theme
from projects.club.models import EvenementClub
from projects.financements.models import (
    Dispositif,
    FaitFinancement,
    NatureFinanceur,
    ReglePeriode,
)
from projects.postes.models import CofinancementPoste, Occupation, Poste, Recrutement
from projects.projet.du_jour import ActionsDatees
from projects.projet.totaux import Totaux
from pvd.suivi.chiffres import Decompte, chiffres
from pvd.suivi.comparaisons import comparaisons
from pvd.suivi.management.commands.charger_programme import SHIPPED
from pvd.suivi.situation import situations
from socle.dates import ONE_DAY
from socle.models import Affirmation, Source
from socle.sources import record_type, said_by, sans_source
from tests import factories
from tests.conftest import browser_of
from tests.factories import day
from tests.pages import read

pytestmark = pytest.mark.django_db
# What a page tells of the records does not change with the base, which the figures below ask on both.
OF_A_PAGE = pytest.mark.une_base


def figures(code, jour, *names):
    departement = code and Departement.objects.get(pk=code)
    found = {str(chiffre): n for chiffre, n in chiffres(departement, day(jour)).items()}
    return tuple(found[name] for name in names)


MAIN = ("communes", "intercommunalites", "ort", "communes_couvertes")


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        # The préfecture: 19 communes, 13 intercommunalités, 12 ORT and their 18 communes.
        ("2023-07-05", (19, 13, 11, 16)),
        ("2023-07-06", (19, 13, 12, 18)),
        ("2023-11-30", (19, 13, 12, 18)),
        # Saint-Mathieu-de-Tréviers leaves in December 2023, and its intercommunalité with it.
        ("2023-12-01", (18, 12, 12, 18)),
        ("2024-03-01", (18, 12, 12, 18)),
    ],
)
def test_the_figures_of_the_herault(jour, expected):
    assert figures("34", jour, *MAIN) == expected


def test_two_of_the_twelve_ort_were_joined_by_avenant():
    names = ("conventions_propres", "ort_par_avenant", "par_avenant")
    assert figures("34", "2023-07-06", *names) == (10, 2, 5)
    herault = Departement.objects.get(pk="34")
    joined = Convention.objects.filter(pk__in=Decompte(herault, day("2023-07-06")).ort_par_avenant)
    assert [convention.identifiant for convention in joined] == ["ort-agde", "ort-sete"]


def test_the_convention_of_saint_pons_and_olonzac_was_the_fifth():
    assert figures("34", "2022-12-12", "conventions_propres") == (4,)
    assert figures("34", "2022-12-13", "conventions_propres") == (5,)
    assert figures("34", "2022-12-27", "conventions_propres") == (5,)


def test_the_tarn_shares_one_ort_with_the_herault():
    assert figures("81", "2023-07-06", *MAIN) == (2, 1, 1, 2)
    # One ORT in each département, and not thirteen in France.
    assert figures(None, "2023-07-06", *MAIN) == (21, 13, 12, 20)


def test_the_published_figures_agree_with_ours_but_one():
    herault = Departement.objects.get(pk="34")
    compared = comparaisons(herault, day("2024-03-01"))
    told = {
        (c.publie.chiffre, str(c.publie.jour), c.publie.valeur): (c.calcule, c.concorde)
        for c in compared
    }
    assert told == {
        ("communes", "2023-07-06", 19): (19, True),
        ("communes", "2024-03-01", 18): (18, True),
        ("intercommunalites", "2024-03-01", 13): (12, False),
        ("ort", "2023-07-06", 12): (12, True),
        ("communes_couvertes", "2023-07-06", 18): (18, True),
        ("chefs_de_projet", "2024-03-01", 11): (None, None),
        ("conventions_propres", "2022-12-27", 5): (5, True),
        ("communes", "2021-01-25", 19): (19, True),
        ("intercommunalites", "2021-01-25", 13): (13, True),
        ("communes", "2021-03-26", 19): (19, True),
        ("communes", "2022-12-27", 19): (19, True),
        ("communes", "2023-01-12", 19): (19, True),
    }
    assert all(c.publie.note for c in compared if not c.concorde), "each gap is explained"


# The communes of the Hérault on the list that the ANCT published of 22 January 2021.
FIRST_LIST = (
    "34028 34069 34079 34081 34101 34111 34114 34142 34143 34147 "
    "34150 34162 34189 34199 34239 34245 34276 34284 34293"
)


def test_the_communes_of_the_herault_are_those_of_the_first_national_list():
    recorded = Labellisation.objects.filter(commune__departement="34").as_of(day("2021-01-22"))
    assert " ".join(sorted(recorded.values_list("commune", flat=True))) == FIRST_LIST


@pytest.mark.parametrize(
    ("code", "jour", "days_after_the_18_months"),
    [("34028", "2023-01-10", -2), ("34069", "2023-07-06", 159), ("34079", "2022-07-13", -138)]
    + [("34101", "2023-01-11", 52), ("34111", "2023-01-13", 8), ("34143", "2023-04-13", 95)]
    + [("34142", "2021-07-16", -437), ("34245", "2023-01-11", 5), ("34293", "2022-07-28", -93)],
)
def test_a_commune_enters_its_ort_on_its_day(code, jour, days_after_the_18_months):
    entry = CommuneCouverte.objects.with_dates().get(commune=code)
    assert entry.date_entree == day(jour)
    label = Labellisation.objects.get(commune=code)
    assert (entry.date_entree - label.echeance_ort).days == days_after_the_18_months


def test_saint_mathieu_left_without_adhesion_nor_ort():
    [told] = situations(Commune.objects.filter(pk="34276"), day("2023-11-30"))
    assert (told.statut, told.labellisation.date_signature_adhesion) == ("laureate", None)
    [told] = situations(Commune.objects.filter(pk="34276"), day("2023-12-01"))
    assert (told.statut, told.date_sortie) == ("sortie", day("2023-12-01"))
    assert told.labellisation.precision_fin == "mois"
    assert not CommuneCouverte.objects.filter(commune="34276").exists()


def said(champ, fiche, cle):
    found = Affirmation.objects.get(
        content_type=record_type(fiche), object_id=fiche.pk, champ=champ, source__cle=cle
    )
    return found.valeur_brute, found.retenue


def test_sources_that_disagree_are_kept_and_the_retained_day_is_the_other():
    agde = Convention.objects.get(identifiant="ort-agde")
    assert agde.date_signature == day("2021-02-26")
    assert said("date_signature", agde, "agglo-hm-2023") == ("12/02/2021", False)
    assert said("date_signature", agde, "dgaln-2026") == ("2021-02-26", True)
    loupian = Labellisation.objects.get(commune="34143")
    assert loupian.date_signature_adhesion == day("2021-07-08")
    assert said("date_signature_adhesion", loupian, "loupian-2021") == ("7 juillet 2021", False)
    paulhan = Commune.objects.get(pk="34194")
    assert said("date_entree_ort", paulhan, "dgaln-2026") == ("2026-10-03", False)
    assert not CommuneCouverte.objects.filter(commune=paulhan).exists()


def test_every_date_has_a_source_that_says_it():
    for model, fields in (
        (Labellisation, ("debut", "date_signature_adhesion", "fin")),
        (Convention, ("date_signature",)),
    ):
        for record in model.objects.prefetch_related("affirmations"):
            retained = {(a.champ, a.valeur) for a in record.affirmations.all() if a.retenue}
            dated = {(name, getattr(record, name)) for name in fields}
            assert {(name, str(value)) for name, value in dated if value} <= retained, record


def test_every_date_of_an_action_has_a_source_that_says_it():
    for model in (FaitAction, Prevision, Cout, FaitFinancement):
        assert model.objects.exists()
        assert not sans_source(model.objects.all()).exists()


@pytest.fixture
def relevees():
    """Return what anybody knows, once all of it was, of the operations told by documents."""
    known = ActionsDatees().du_jour(day("2026-11-27"))
    return {action.dates.identifiant: action for action in known.values()}


def test_the_actions_are_four_operations_told_by_documents_and_no_plan(relevees):
    assert {name: (str(a.etat), str(a.phase), a.communes) for name, a in relevees.items()} == {
        "pezenas-avenue-de-verdun": ("en_cours", "operation", ["34199"]),
        "cazouls-centre-francois-mitterrand": ("a_venir", "idee", ["34069"]),
        "lodeve-quartiers-de-demain": ("en_cours", "etude", ["34142"]),
        "haut-languedoc-concertation": ("achevee", "etude", ["34293", "81124", "81192"]),
    }
    assert all(action.relevee for action in relevees.values())
    assert len(Totaux(relevees.values(), day("2026-11-27"))) == 0
    kept = Departement.objects.filter(pk__in=["34", "81"]).values_list(
        "tenue_plans", "tenue_bilans"
    )
    assert list(kept) == [("aucune", "aucune")] * 2


@OF_A_PAGE
def test_the_signatures_of_the_herault_make_three_evaluations_due_of_which_nobody_says_more(client):
    """The pages tell the days, by a rule that is to be checked, and never a delay: nobody keeps them."""
    page = read(client, "/departements/34/?au=2026-11-26")
    for ort, jour in (
        ("ORT de Sète", "10 décembre 2024"),
        ("ORT d'Agde", "26 février 2026"),
        ("ORT de Lodève", "16 juillet 2026"),
    ):
        told = f"{ort} : évaluation des cinq ans : échéance du {jour}, dont la tenue n'est pas renseignée"
        assert told in page
    assert "règle à vérifier" in page
    told = read(client, "/communes/34142/?au=2026-11-26")
    assert "Évaluation des cinq ans : échéance du 16 juillet 2026, dont la tenue" in told
    assert "attendue depuis" not in page + told


def test_the_first_workshop_of_the_club_is_what_its_document_says():
    held = EvenementClub.objects.get()
    assert (held.debut, held.precision_debut, held.nature) == (day("2024-02-29"), "jour", "atelier")
    assert [link.departement_id for link in held.departements_lies.all()] == ["34"]
    assert held.organisateurs_lies.count() == 2
    # Who came is not said: not even Pézenas, which hosts it.
    assert not held.participations.exists()
    assert not sans_source(EvenementClub.objects.all()).exists()


def test_a_cost_told_by_the_press_says_so(relevees):
    told = Cout.objects.order_by("jour")
    assert [(str(cout.jour), cout.montant, cout.base) for cout in told] == [
        ("2022-02-23", 6_600_000, ""),
        ("2023-06-05", 9_000_000, ""),
    ]
    for cout in told:
        source = cout.affirmations.get().source
        assert source.genre == Source.Genre.PRESSE
        assert source.nommee.startswith("D'après la presse : ")
    assert relevees["pezenas-avenue-de-verdun"].cout.montant == 9_000_000


def parties(identifiant, jour):
    """Return who signs each act of an ORT, and by which sources, as its page tells them on a day."""
    ort = with_actes(Convention.objects.filter(identifiant=identifiant), day(jour)).get()
    return {
        str(acte.date): (
            " ".join(
                getattr(p.qui, "pk", p) if p.organisme is None else p.qui.nom for p in acte.parties
            ),
            " ".join(dit.source.cle for dit in acte.dits_des_parties),
        )
        for acte in OrtDuJour(ort, day(jour)).actes
    }


@pytest.mark.parametrize(
    ("identifiant", "eve", "jour", "expected"),
    [
        (
            "ort-gignac-saint-andre-de-sangonis",
            "2023-01-11",
            "2023-01-12",
            {
                "2023-01-12": (
                    "34114 34239 243400694 État Banque des Territoires "
                    "Établissement public foncier d'Occitanie Région Occitanie "
                    "Département de l'Hérault",
                    "saint-andre-2023",
                )
            },
        ),
        (
            "ort-ganges",
            "2023-01-12",
            "2023-01-13",
            {
                "2023-01-13": (
                    "34111 243400736 État Banque des Territoires Région Occitanie "
                    "Département de l'Hérault Établissement public foncier d'Occitanie "
                    "Action Logement Services",
                    "ganges-projet",
                )
            },
        ),
        # Whether Agde, and Sète, signed these avenants is not told: they are not there.
        (
            "ort-agde",
            "2023-01-10",
            "2023-01-11",
            {
                "2021-02-26": ("", ""),
                "2023-01-11": (
                    "243400819 34101 34162 34199 État Région Occitanie Banque des Territoires "
                    "Établissement public foncier d'Occitanie",
                    "agglo-hm-2023",
                ),
            },
        ),
        (
            "ort-sete",
            "2023-04-12",
            "2023-04-13",
            {
                "2019-12-10": ("", ""),
                "2023-04-13": ("200066355 34143 34150 État", "thau-2023"),
            },
        ),
    ],
)
def test_who_signed_an_act_is_known_from_its_day(identifiant, eve, jour, expected):
    assert parties(identifiant, jour) == expected
    assert all(told == ("", "") for told in parties(identifiant, eve).values())


def test_no_other_ort_has_a_party_and_no_body_a_siren_that_nobody_checked():
    known = Partie.objects.values_list("convention__identifiant", flat=True)
    assert Counter(known) == {
        "ort-gignac-saint-andre-de-sangonis": 8,
        "ort-ganges": 8,
        "ort-agde": 8,
        "ort-sete": 4,
    }
    assert not Partie.objects.exclude(role="signataire").exists()
    assert not Organisme.objects.exclude(siren="").exists()


@OF_A_PAGE
@pytest.mark.parametrize(
    ("address", "eve", "jour"),
    [
        ("/ort/ort-agde/", "2023-01-10", "2023-01-11"),
        ("/communes/34199/", "2023-01-10", "2023-01-11"),
        ("/ort/ort-sete/", "2023-04-12", "2023-04-13"),
        ("/communes/34143/", "2023-04-12", "2023-04-13"),
    ],
)
def test_parties_told_by_the_press_are_told_to_be_so(client, address, eve, jour):
    page = read(client, f"{address}?au={jour}")
    assert re.search("Agde|Sète", page)
    assert re.search("[Dd]'après la presse : (Article sur|Signature de) l'avenant à l'ORT", page)
    assert "Il ne dit pas si" in page or "ne dit pas si la commune d'Agde a signé" in page
    assert "l'avenant à l'ORT" not in read(client, f"{address}?au={eve}")


@OF_A_PAGE
def test_the_axes_of_two_ort_are_those_that_their_pages_print(client):
    known = Axe.objects.order_by("convention__identifiant", "ordre")
    assert Counter(known.values_list("convention__identifiant", flat=True)) == {
        "ort-ganges": 5,
        "ort-gignac-saint-andre-de-sangonis": 5,
    }
    for address in ("/ort/ort-gignac-saint-andre-de-sangonis/", "/communes/34114/"):
        page = read(client, f"{address}?au=2023-01-12")
        assert (
            "Espaces et équipements publics Habitat Mobilités Commerces et services "
            "Innovation sociale"
        ) in page
        assert "Mobilités" not in read(client, f"{address}?au=2023-01-11")
    assert "Améliorer l'habitat dans le centre ancien" in read(
        client, "/communes/34111/?au=2023-01-13"
    )
    assert "Améliorer l'habitat" not in read(client, "/communes/34111/?au=2023-01-12")


def test_no_duration_is_known():
    assert not Convention.objects.exclude(duree_annees=None).exists()
    assert not Avenant.objects.exclude(duree_annees=None).exists()


POSTES = {
    # Its communes, who employs, the first day of which a document speaks, what it says.
    "clermont-l-herault": ("34079", None, "2021-12-07", "Pourvu au plus tard le 7 décembre 2021"),
    "haut-languedoc": (
        "34293 81124 81192",
        None,
        "2021-09-13",
        "Pourvu au plus tard le 13 septembre 2021",
    ),
    "lodeve": ("34142", None, "2021-03-26", "Aide de l'État à 75 % annoncée le 26 mars 2021"),
    "minervois-au-caroux": (
        "34189 34284",
        "200066348",
        "2021-11-01",
        "Pourvu le 1er novembre 2021, d'après la presse",
    ),
    "vallee-de-l-herault": (
        "34114 34239",
        None,
        "2021-07-02",
        "Recrutement annoncé le 2 juillet 2021, d'après la presse",
    ),
}


def test_a_post_of_which_a_document_tells_the_start_alone_has_no_date_and_nobody():
    known = {
        poste.identifiant: (
            " ".join(sorted(poste.dessertes.values_list("commune", flat=True))),
            poste.employeur and poste.employeur.pk,
        )
        for poste in Poste.objects.all()
    }
    assert known == {name: told[:2] for name, told in POSTES.items()}
    assert not Poste.objects.exclude(date_ouverture=None, date_fermeture=None).exists()
    for model in (Occupation, Recrutement, CofinancementPoste):
        assert not model.objects.exists()


@OF_A_PAGE
@pytest.mark.parametrize("name", POSTES)
def test_what_a_document_says_of_a_post_is_told_from_its_day_and_its_state_is_unknown(client, name):
    communes, _, first, told = POSTES[name]
    for address in ("/chefs-de-projet/", f"/communes/{communes.split()[0]}/"):
        page = read(client, f"{address}?au={first}")
        assert told in page
        before = read(client, f"{address}?au={day(first) - ONE_DAY}")
        assert told not in before
        assert "non renseigné" in before


@OF_A_PAGE
@pytest.mark.parametrize("jour", ["2021-03-25", "2021-12-07", "2024-03-01", "2026-11-26"])
def test_the_home_tells_no_figure_of_the_people_in_post(client, jour):
    page = read(client, f"/departements/34/?au={jour}")
    assert "non renseigné chefs de projet en poste Comment" in page
    assert figures("34", jour, "chefs_de_projet") == (None,)


def test_figures_of_france_are_told_and_held_against_nothing_that_is_not_kept():
    told = {
        (c.publie.chiffre, str(c.publie.jour), c.publie.valeur): c.calcule
        for c in comparaisons(None, day("2026-11-26"))
    }
    assert told == {
        ("communes", "2021-01-22", 1606): 21,
        ("communes", "2026-02-05", 1646): 20,
        ("communes", "2026-04-27", 1646): 20,
        ("chefs_de_projet", "2022-06-22", 838): None,
        ("chefs_de_projet", "2023-04-27", 904): None,
    }


@pytest.mark.parametrize(
    ("model", "key", "champ", "expected"),
    [
        (Labellisation, {"commune": "34150"}, "date_signature_adhesion", "thau-2021"),
        (Labellisation, {"commune": "34143"}, "date_signature_adhesion", "thau-2021"),
        (Labellisation, {"commune": "34079"}, "date_signature_adhesion", "ht-clermont-2021"),
        (Labellisation, {"commune": "34142"}, "date_signature_adhesion", "prefecture-2021"),
        (Convention, {"identifiant": "ort-ganges"}, "date_signature", "ganges-projet"),
        (
            Convention,
            {"identifiant": "ort-gignac-saint-andre-de-sangonis"},
            "date_signature",
            "saint-andre-2023",
        ),
        (Avenant, {"date_signature": "2023-04-13"}, "date_signature", "thau-2023"),
    ],
)
def test_a_day_that_a_second_source_tells_is_the_day_of_the_record(model, key, champ, expected):
    fiche = model.objects.get(**key)
    [found] = said_by(fiche, champ, getattr(fiche, champ)).filter(source__cle=expected)
    assert found.precision == "jour"


@pytest.mark.parametrize(
    ("model", "key", "champ", "source", "valeur", "precision"),
    [
        (Labellisation, {"commune": "34199"}, "debut", "ht-pezenas-2021", "2020-12-19", "jour"),
        (
            Labellisation,
            {"commune": "34189"},
            "date_signature_adhesion",
            "minervois-2022",
            "",
            "jour",
        ),
        (
            Labellisation,
            {"commune": "34284"},
            "date_signature_adhesion",
            "minervois-2022",
            "",
            "jour",
        ),
        (
            Convention,
            {"identifiant": "ort-sete"},
            "date_signature",
            "frontignan-2025",
            "2019-01-01",
            "annee",
        ),
        (
            Avenant,
            {"date_signature": "2025-07-09"},
            "date_signature_prevue",
            "frontignan-2025",
            "2025-06-01",
            "mois",
        ),
    ],
)
def test_what_is_not_retained_is_kept_beside(model, key, champ, source, valeur, precision):
    fiche = model.objects.get(**key)
    said = Affirmation.objects.get(
        content_type=record_type(fiche), object_id=fiche.pk, champ=champ, source__cle=source
    )
    assert (said.valeur, said.precision, said.retenue) == (valeur, precision, False)
    assert said.note


def test_every_source_that_a_page_cites_can_be_read_but_those_whose_address_is_not_known():
    unknown = Source.objects.filter(url="").order_by("cle").values_list("cle", flat=True)
    # The address of « annonce » is the name of a person; those of the others were not found.
    not_found = ["anct-lancement", "anct-prolongation", "liberation-2025", "pezenas-chantier"]
    assert set(unknown) == {"annonce-2023", *not_found}


def test_no_source_is_shipped_twice():
    """Two files that tell of one source would write it again in turn, each loading."""
    files = Path(settings.BASE_DIR, "donnees").glob("*/sources.csv")
    keys = [
        row["cle"]
        for path in files
        if path.parent.name != "demonstration"
        for row in csv.DictReader(path.read_text().splitlines())
    ]
    assert len(keys) == len(set(keys)) > 30


def test_a_grant_told_without_a_date_is_one_at_the_latest(relevees):
    dated = {
        name: [(str(f.jour), f.precision, f.nature, f.montant) for f in action.lignes[0].faits]
        for name, action in relevees.items()
        if action.lignes
    }
    assert dated == {
        "pezenas-avenue-de-verdun": [("2024-10-18", "jour", "accord", 144_000)],
        "cazouls-centre-francois-mitterrand": [("2026-11-26", "au_plus_tard", "accord", 250_000)],
    }


def test_what_france_shares_comes_before_the_records_of_a_departement():
    assert Theme.objects.count() == 12
    shipped = Dispositif.objects.exclude(nature=NatureFinanceur.FONDS_PROPRES)
    assert shipped.count() == 20
    unsaid = shipped.filter(financeur__isnull=True).order_by("cle")
    assert " ".join(unsaid.values_list("cle", flat=True)) == (
        "agence-de-l-eau commune departement epf intercommunalite mecenat region"
    )
    # What was not read in its text, or on which sources disagree, is still to be checked.
    rules = ReglePeriode.objects.as_of(day("2025-06-01")).values_list("dispositif__cle", "verifiee")
    assert dict(rules) == {"detr": False, "dsil": False, "dpv": True, "fonds-vert": True}
    assert (
        not ReglePeriode.objects.as_of(day("2026-01-01"))
        .filter(dispositif__cle="fonds-vert")
        .exists()
    )


# The territory, which the records of a programme only name: of its many rows, the number is enough.
TERRITOIRE = {
    f"communes.{name}"
    for name in (
        "AncienCode",
        "CodePostal",
        "Commune",
        "ContourCommune",
        "Population",
        "Rattachement",
    )
}


def rows():
    """Return every row of every table, to be compared before and after."""
    models = [
        model
        for model in apps.get_models()
        if model._meta.app_label in {"communes", "ort", "projects", "socle", "suivi"}
    ]
    assert {model._meta.label for model in models} > TERRITOIRE
    return {
        model._meta.label: model.objects.count()
        if model._meta.label in TERRITOIRE
        else list(model.objects.order_by("pk").values_list())
        for model in models
    }


@pytest.fixture(scope="module")
def before(shipped, django_db_blocker):
    """Read once what is shipped, which no test of this folder leaves changed."""
    with django_db_blocker.unblock():
        return rows()


@pytest.mark.parametrize("options", [[], ["--mettre-a-jour"]])
def test_a_second_loading_changes_no_record(options, before):
    call_command("charger_programme", *options, stdout=StringIO())
    assert rows() == before


def test_what_an_agent_has_corrected_is_left_alone_unless_the_files_are_to_prevail():
    label = Labellisation.objects.get(commune="34142")
    label.date_signature_adhesion = day("2021-03-27")
    label.save()
    call_command("charger_programme", stdout=StringIO())
    label.refresh_from_db()
    assert label.date_signature_adhesion == day("2021-03-27")
    call_command("charger_programme", "--mettre-a-jour", stdout=StringIO())
    label.refresh_from_db()
    assert label.date_signature_adhesion == day("2021-03-26")


def with_line(folder, name, line):
    """Copy the shipped files to `folder`, with one more line at the end of one; return its number."""
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return len((folder / name).read_text(encoding="utf-8").splitlines())


# Why a line is refused, Python tells; that nothing is then written is the database's.
BAD_LINES = [
    ("labellisations.csv", "34999,2021-01-22,,,,,,,,", "code_insee", "34999"),
    ("affirmations.csv", "commune,34999,nom,x,,jour,dgaln-2026,oui,", "fiche", "34999"),
]
REFUSED_BY_PYTHON = [
    (
        "labellisations.csv",
        "34300,2021-01-22,,,,,,2020-01-22,,",
        "date_sortie_programme",
        "2020-01-22",
    ),
    ("communes_couvertes.csv", "ort-lodeve,34999,", "code_insee", "34999"),
    ("communes_couvertes.csv", "ort-lodeve,34300,2030-01-01", "date_avenant_entree", "2030-01-01"),
    ("avenants.csv", "ort-lodeve,2021-07-15,jour,,", "date_signature", "2021-07-15"),
    ("parties.csv", "ort-sete,2023-04-14,34108,,,signataire,", "date_avenant", "2023-04-14"),
    ("departements.csv", "99,complete,complete,aucune,aucune", "code_departement", "99"),
]
BAD_LINES += [pytest.param(*case, marks=pytest.mark.une_base) for case in REFUSED_BY_PYTHON]


@pytest.mark.parametrize(("name", "line", "column", "value"), BAD_LINES)
def test_a_folder_with_one_bad_line_is_refused_whole(tmp_path, before, name, line, column, value):
    number = with_line(tmp_path, name, line)
    (tmp_path / "sources.csv").write_text("cle,titre\nnouvelle,Une source de plus\n")
    with pytest.raises(CommandError) as refused:
        call_command("charger_programme", tmp_path, "--mettre-a-jour", stdout=StringIO())
    message = str(refused.value)
    assert message.startswith("Rien n'a été chargé.")
    assert f"{name}, ligne {number}, " in message
    assert f"colonne « {column} »" in message
    assert f"« {value} »" in message
    assert rows() == before


def test_a_folder_that_holds_no_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="aucun des fichiers attendus"):
        call_command("charger_programme", tmp_path, "--mettre-a-jour")


def test_a_file_that_is_not_utf8_is_refused_by_its_name(tmp_path):
    (tmp_path / "sources.csv").write_bytes("cle,titre\nun,Préfecture\n".encode("latin-1"))
    with pytest.raises(CommandError, match="sources.csv : octet 15 illisible en UTF-8"):
        call_command("charger_programme", tmp_path, "--mettre-a-jour")


@OF_A_PAGE
def test_the_map_shows_every_commune_of_the_programme_and_its_partners(client):
    page = client.get("/departements/34/?au=2026-11-20").content.decode()
    section = re.search(r'<section class="pvd-carte.*?</section>', page, re.DOTALL)[0]
    drawn = set(re.findall(r'<a class="pvd-carte__commune[^>]*?/communes/(\w+)/', section))
    labelled = set(Labellisation.objects.values_list("commune", flat=True))
    # Agde, Frontignan and Sète are not in the programme; the last two are in the Tarn.
    assert drawn == labelled | {"34003", "34108", "34301", "81124", "81192"}
    assert "Hors de la carte" not in section


@OF_A_PAGE
def test_the_map_of_the_herault_weighs_less_than_forty_kilobytes(client):
    page = client.get("/departements/34/?au=2026-11-20").content
    fond = client.get("/departements/34/fond.svg").content
    assert len(gzip.compress(page, 6)) + len(gzip.compress(fond, 6)) < 40_000


@pytest.mark.parametrize(("ensemble", "communes"), [("laureates", 6), ("couvertes", 8)])
def test_the_towns_that_had_an_ort_at_the_end_of_2022(ensemble, communes):
    """Six lauréates, as the public file counts them; eight with Agde and Sète, never in the programme."""
    agent = browser_of(factories.agent("agent_2022", [Departement.objects.get(pk="34")]))
    asked = {"au": "2022-12-31", "ort": "avec", "ensemble": ensemble}
    page = agent.get(reverse("admin:tableau"), asked)
    assert page.context["page"].paginator.count == communes
