"""The table of a service, a row per post: posts, communes, holders, offers and co-funding at once."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune
from projects.models import CofinancementPoste, Desserte, Occupation, Poste, Recrutement
from projects.postes.tableau import TableauDesPostes
from socle.models import Import
from tests import factories
from tests.factories import day
from tests.fichiers import changes, confirm, imported, motives, outcome, previewed

POSTE, SORTE = "projects_poste", "suivi-postes"
HEADER = "Commune;EPCI employeur;Chef de projet;Date de prise de poste;ETP;Mail"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodevois(db):
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC du Lodévois et Larzac")
    departement = factories.departement("34")
    for code, nom in (("34142", "Lodève"), ("34111", "Ganges"), ("34028", "Bédarieux")):
        factories.commune(code, epci, departement=departement, nom=nom)
    return epci


def sheet(*rows, header=HEADER):
    return "\n".join([header, *rows, ""])


def preview(browser, *rows, header=HEADER, **fields):
    return previewed(browser, POSTE, SORTE, sheet(*rows, header=header), **fields)


def write(browser, *rows, header=HEADER):
    return imported(browser, POSTE, SORTE, sheet(*rows, header=header))


def read(*models):
    return [model.objects.count() for model in models]


LODEVE = "Lodève;CC Lodévois et Larzac;Titulaire 1;01/09/2021;0,8;t1@exemple.fr"


def test_a_row_gives_a_post_its_commune_and_its_holder(agent_34, lodevois):
    assert write(agent_34, LODEVE).status_code == 302
    poste = Poste.objects.get()
    assert (poste.identifiant, poste.intitule) == (
        "poste-lodeve",
        "Chef de projet Petites villes de demain de Lodève",
    )
    assert (poste.employeur_intercommunalite, poste.quotite) == (lodevois, 80)
    assert (poste.date_ouverture, poste.note_interne) == (None, "")
    served = Desserte.objects.get()
    assert (served.poste, served.commune_id, served.debut) == (poste, "34142", None)
    held = Occupation.objects.get()
    assert (held.poste, held.titulaire, held.courriel) == (poste, "Titulaire 1", "t1@exemple.fr")
    assert (held.debut, held.quotite) == (day("2021-09-01"), None)
    assert [said.champ for said in held.affirmations.all()] == ["debut"]
    assert read(Recrutement, CofinancementPoste) == [0, 0]


def test_the_same_table_changes_nothing_next_month(agent_34, lodevois):
    write(agent_34, LODEVE)
    page = preview(agent_34, LODEVE)
    assert outcome(page) == {2: "inchangée"}
    (ligne,) = page.context["apercu"].lignes
    told = {column: read for column, _, read in ligne.reconnus}
    assert told["poste_identifiant"].startswith("poste-lodeve (")


def test_what_a_table_has_written_is_taken_back_whole(agent_34, lodevois):
    write(agent_34, LODEVE, "Ganges;CC Lodévois et Larzac;Titulaire 2;01/01/2022;1;")
    assert read(Poste, Desserte, Occupation) == [2, 2, 2]
    Import.objects.get().undo(agent_34.agent)
    assert read(Poste, Desserte, Occupation) == [0, 0, 0]


WHOLE = (
    "poste_identifiant;communes_desservies;intitule;offre_publication;offre_issue;offre_date_issue;"
    "financeur;cofinancement_annee;cofinancement_taux;cofinancement_montant;cofinancement_debut;"
    "cofinancement_dernier_jour"
)


def test_a_row_gives_an_offer_and_a_cofunding_too(agent_34, lodevois):
    row = (
        "pvd-lodeve;34142|34111;Chef de projet;01/05/2021;recrute;25/06/2021;Anah;2022;50 %;27 500,50 €;"
        "01/01/2022;31/12/2022"
    )
    page = preview(agent_34, row, header=WHOLE)
    assert page.context["apercu"].fiches == {
        "Postes": "1 nouvelle",
        "Offres": "1 nouvelle",
        "Cofinancements": "1 nouvelle",
    }
    confirm(agent_34, page)
    offer = Recrutement.objects.get(poste__identifiant="pvd-lodeve")
    assert (offer.date_publication, offer.issue) == (day("2021-05-01"), "recrute")
    paid = CofinancementPoste.objects.get(poste__identifiant="pvd-lodeve")
    assert (paid.financeur, paid.annee, paid.taux) == ("anah", 2022, Decimal(50))
    assert (paid.montant, paid.debut, paid.fin) == (
        Decimal("27500.50"),
        day("2022-01-01"),
        day("2023-01-01"),
    )
    assert sorted(Desserte.objects.values_list("commune", flat=True)) == ["34111", "34142"]
    assert outcome(preview(agent_34, row, header=WHOLE)) == {2: "inchangée"}


def test_the_rows_of_one_post_complete_each_other(agent_34, lodevois):
    header = "poste_identifiant;Commune;intitule;quotite;Chef de projet;Date de prise de poste"
    rows = (
        "pvd;Lodève;Chef de projet;100;Titulaire 1;01/09/2021",
        "pvd;Ganges;;;Titulaire 1;01/09/2021",
        "PVD;Bédarieux;Chef de projet;;Titulaire 2;01/10/2023",
    )
    assert outcome(preview(agent_34, *rows, header=header)) == {
        2: "nouvelle",
        3: "modifiée",
        4: "modifiée",
    }
    write(agent_34, *rows, header=header)
    assert read(Poste, Desserte, Occupation) == [1, 3, 2]


def test_a_row_that_says_otherwise_than_the_one_above_is_refused_and_costs_no_other(
    agent_34, lodevois
):
    header = "poste_identifiant;Commune;intitule;quotite"
    rows = ("pvd;Lodève;Chef de projet;100", "pvd;Ganges;;80", "pvd;Bédarieux;;100")
    page = preview(agent_34, *rows, header=header)
    assert outcome(page) == {2: "nouvelle", 3: "refusée", 4: "modifiée"}
    assert motives(page)[3] == (
        "colonne « quotite », valeur « 80 » : la ligne 2 dit « 100 » de la même fiche"
    )
    write(agent_34, *rows, header=header)
    assert sorted(Desserte.objects.values_list("commune", flat=True)) == ["34028", "34142"]
    assert Poste.objects.get().quotite == 100


def test_a_row_of_which_one_part_is_refused_writes_nothing(agent_34, lodevois):
    bad = "Lodève;CC Lodévois et Larzac;Titulaire 1;;0,8;t1@exemple.fr"
    good = "Ganges;CC Lodévois et Larzac;Titulaire 2;01/01/2022;1;"
    page = preview(agent_34, bad, good)
    assert outcome(page) == {2: "refusée", 3: "nouvelle"}
    assert motives(page)[2] == (
        "colonne « Date de prise de poste », valeur «  » : L'arrivée a une date."
    )
    confirm(agent_34, page)
    assert list(Occupation.objects.values_list("titulaire", flat=True)) == ["Titulaire 2"]
    assert list(Desserte.objects.values_list("commune", flat=True)) == ["34111"]
    assert Poste.history.count() == 1


@pytest.mark.parametrize(
    ("told", "is_nobody"),
    [
        *(
            (word, True)
            for word in ("vacant", "Vacant", "(vacant)", "À pourvoir", "En recrutement")
        ),
        ("M. Vacant", False),
    ],
)
def test_a_post_that_nobody_holds_has_no_holder(agent_34, lodevois, told, is_nobody):
    page = preview(agent_34, f"Lodève;CC Lodévois et Larzac;{told};;1;")
    assert outcome(page) == {2: "nouvelle" if is_nobody else "refusée"}
    if is_nobody:
        (ligne,) = page.context["apercu"].lignes
        assert ("Chef de projet", told, "personne") in ligne.reparations


def test_nobody_does_not_arrive_on_a_day(agent_34, lodevois):
    page = preview(agent_34, "Lodève;CC Lodévois et Larzac;vacant;01/09/2021;1;")
    assert "« vacant » : n'est pas une personne : videz la cellule" in motives(page)[2]
    assert not Poste.objects.exists()


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1", 100), ("0,8", 80), ("80", 80), ("50 %", 50), ("100 %", 100)],
)
def test_a_share_told_in_full_times_is_read_as_percents(agent_34, lodevois, written, kept):
    write(agent_34, f"Lodève;CC Lodévois et Larzac;;;{written};")
    assert Poste.objects.get().quotite == kept


def test_a_share_told_in_percents_is_not(agent_34, lodevois):
    header = HEADER.replace("ETP", "Quotité")
    page = preview(agent_34, "Lodève;CC Lodévois et Larzac;;;0,8;", header=header)
    assert "écrivez 80 % ou 0,8 %" in motives(page)[2]


def known(lodevois, **fields):
    given = {"identifiant": "poste-lodeve", "intitule": "Chef de projet PVD"}
    given |= {"employeur_intercommunalite": lodevois} | fields
    return factories.poste([Commune.objects.get(pk="34142")], **given)


def test_the_post_of_the_same_employer_and_commune_is_the_one_that_a_row_speaks_of(
    agent_34, lodevois
):
    poste = known(lodevois)
    page = preview(agent_34, LODEVE)
    assert outcome(page) == {2: "modifiée"}
    confirm(agent_34, page)
    poste.refresh_from_db()
    assert (poste.intitule, poste.quotite) == ("Chef de projet PVD", 80)
    assert read(Poste, Desserte, Occupation) == [1, 1, 1]


@pytest.mark.parametrize(
    ("fields", "column", "cell", "why"),
    [
        ({}, "intitule", "Manager de centre-ville", "son intitulé est autre"),
        (
            {"date_ouverture": day("2021-06-01")},
            "date_ouverture",
            "01/07/2021",
            "il a ouvert un autre jour",
        ),
        ({"date_fermeture": day("2023-06-01")}, "quotite", "100", "il a fermé"),
        (
            {"employeur_intercommunalite": None},
            "quotite",
            "100",
            "l'employeur n'est dit que d'un côté",
        ),
    ],
)
def test_a_twin_is_asked_and_never_made(agent_34, lodevois, fields, column, cell, why):
    known(lodevois, **fields)
    header = f"Commune;EPCI employeur;{column}"
    page = preview(agent_34, f"Lodève;CC Lodévois et Larzac;{cell}", header=header)
    assert outcome(page) == {2: "refusée"}
    told = motives(page)[2]
    assert "« Chef de projet PVD » (poste-lodeve) dessert déjà" in told
    assert f"dessert déjà une de ces communes, mais {why} :" in told
    assert "écrivez dans une colonne « poste_identifiant » cet identifiant" in told
    answered = f"Lodève;CC Lodévois et Larzac;{cell};autre-poste"
    intitule = "" if column == "intitule" else ";intitule"
    row = answered if column == "intitule" else f"{answered};Chef de projet"
    page = preview(agent_34, row, header=f"{header};poste_identifiant{intitule}")
    assert outcome(page) == {2: "nouvelle"}


def test_a_post_of_another_employer_is_another(agent_34, lodevois):
    known(lodevois)
    header = "Commune;commune employeur"
    assert outcome(preview(agent_34, "Lodève;Lodève", header=header)) == {2: "nouvelle"}


def test_two_rows_without_identifier_of_one_employer_and_commune_are_one_post(agent_34, lodevois):
    second = "Lodève;CC Lodévois et Larzac;Titulaire 2;01/10/2023;0,8;"
    write(agent_34, LODEVE, second)
    assert read(Poste, Desserte, Occupation) == [1, 1, 2]


def test_someone_who_already_holds_the_post_is_asked(agent_34, lodevois):
    write(agent_34, LODEVE)
    again = LODEVE.replace("01/09/2021", "15/09/2021").replace("Titulaire 1", "TITULAIRE 1")
    page = preview(agent_34, again)
    assert "tient déjà ce poste depuis le 01/09/2021" in motives(page)[2]
    factories.rewrite(Occupation.objects.all(), fin=day("2021-09-15"))
    assert outcome(preview(agent_34, again)) == {2: "modifiée"}


def test_a_neighbour_learns_nothing_of_who_holds_a_post(agent_34, agent_81, lodevois):
    write(agent_34, LODEVE)
    again = LODEVE.replace("01/09/2021", "15/09/2021")
    told = motives(preview(agent_81, again))[2]
    assert "01/09/2021" not in told
    assert "titulaire" not in told.casefold()


def test_a_row_without_identifier_nor_commune_is_refused(agent_34, lodevois):
    page = preview(agent_34, ";CC Lodévois et Larzac;;;1;")
    assert "sans identifiant, un poste se reconnaît à ses communes" in motives(page)[2]


def test_the_communes_of_a_known_post_join_those_that_it_serves(agent_34, lodevois):
    known(lodevois)
    row = "poste-lodeve;34142|34111"
    page = preview(agent_34, row, header="poste_identifiant;communes_desservies")
    assert changes(page) == {"communes_desservies": ("", "Ganges")}
    confirm(agent_34, page)
    assert sorted(Desserte.objects.values_list("commune", flat=True)) == ["34111", "34142"]


def test_a_lecteur_may_not_send_a_table(lecteur_34, lodevois):
    assert lecteur_34.get("/admin/projects/poste/importer/").status_code == 403


def test_more_rows_ask_for_no_more_queries(agent_34, lodevois):
    def rows(count):
        return [f"pvd-{n};Lodève;Chef {n};Titulaire {n};01/09/2021" for n in range(count)]

    def queries(count):
        with CaptureQueriesContext(connection) as captured:
            outcomes = set(outcome(preview(agent_34, *rows(count), header=header)).values())
            assert outcomes == {"inchangée"}
        return len(captured)

    header = "poste_identifiant;Commune;intitule;Chef de projet;Date de prise de poste"
    write(agent_34, *rows(6), header=header)
    queries(2)
    assert queries(6) == queries(2)


def test_each_column_of_the_sheet_is_that_of_one_part():
    composition = TableauDesPostes()
    columns = composition.columns
    assert len(columns) == len(set(columns))
    fields = {f.column_name for f in composition.get_import_fields()}
    assert set(columns) <= fields | set(composition.dated_sources) | set(composition.extra_columns)
    assert set(composition.exemple) <= set(columns)
