"""LOVAC: the vintage of its columns, its secrets, the communes that are ours, read twice and again."""

import io

import pytest
from django.core.management import CommandError, call_command

from projects.indicateurs.lovac import PLUS_GROS, columns_of
from projects.indicateurs.models import Releve
from socle.fichiers.tableau.fichier import FichierRefuse
from tests import factories
from tests.factories import day
from tests.fichiers import imported, motives, outcome, previewed, send

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "projects_releve"
ENTETE_26 = (
    "CODGEO_26;LIBGEO_26;pp_vacant_26;pp_vacant_plus_2ans_26;ff_pp_total_25;pp_vacant_25;"
    "pp_vacant_plus_2ans_25;ff_pp_total_24"
)
LODEVE, BEZIERS = "34142;Lodève;612;301;4210;640;s;4190", "34032;Béziers;1;1;1;1;1;1"
LOVAC_26 = "\n".join([ENTETE_26, BEZIERS, LODEVE, "81065;Castres;1;1;1;1;1;1", ""])


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture(autouse=True)
def programme():
    """Lodève and Clermont in the programme; Béziers is not, Clermont is not in the file."""
    for code in ("34142", "34079"):
        factories.labellisation(factories.commune(code, epci="new"))
    factories.commune("34032", epci="new")
    factories.labellisation(factories.commune("81065", epci="new"))
    for name in ("logements-vacants", "logements-vacants-2-ans", "logements-prives"):
        factories.indicateur(name, unite="logements")


def latin(text):
    return text.encode("latin-1")


def told(**chosen):
    read = Releve.objects.filter(**chosen).order_by("indicateur__identifiant", "jour")
    return [
        (r.indicateur.identifiant, r.jour.year, r.etat, r.valeur and int(r.valeur)) for r in read
    ]


EXPECTED = [
    ("logements-prives", 2024, "connue", 4190),
    ("logements-prives", 2025, "connue", 4210),
    ("logements-vacants", 2025, "connue", 640),
    ("logements-vacants", 2026, "connue", 612),
    ("logements-vacants-2-ans", 2025, "secret", None),
    ("logements-vacants-2-ans", 2026, "connue", 301),
]


def test_an_agent_keeps_the_rows_of_its_communes(agent_34):
    page = previewed(agent_34, PAGE, "lovac", latin(LOVAC_26), name="Lovac.csv")
    assert motives(page) == {}
    assert not Releve.objects.exists()
    imported(agent_34, PAGE, "lovac", latin(LOVAC_26), name="Lovac.csv")
    assert told() == EXPECTED
    assert set(Releve.objects.values_list("commune", "serie", "precision")) == {
        ("34142", "LOVAC 2026", "annee")
    }
    again = previewed(agent_34, PAGE, "lovac", latin(LOVAC_26), name="Lovac.csv")
    assert set(outcome(again).values()) == {"inchangée"}


def test_another_vintage_that_says_otherwise_is_told_and_keeps_its_series(agent_34):
    imported(agent_34, PAGE, "lovac", latin(LOVAC_26), name="Lovac.csv")
    older = "CODGEO_25;LIBGEO_25;pp_vacant_25;pp_vacant_plus_2ans_25;pp_total_24\n34142;Lodève;655;300;4190\n"
    page = previewed(agent_34, PAGE, "lovac", latin(older), name="Lovac.csv")
    remarks = [r for ligne in page.context["apercu"].lignes for r in ligne.remarques]
    assert [r for r in remarks if "LOVAC 2026 disait" in r] == [
        "LOVAC 2026 disait : 640 logements. Les deux restent, chacun dans sa série.",
        "LOVAC 2026 disait : secret statistique. Les deux restent, chacun dans sa série.",
    ]
    imported(agent_34, PAGE, "lovac", latin(older), name="Lovac.csv")
    assert told(serie="LOVAC 2025") == [
        ("logements-prives", 2024, "connue", 4190),
        ("logements-vacants", 2025, "connue", 655),
        ("logements-vacants-2-ans", 2025, "connue", 300),
    ]
    assert told(serie="LOVAC 2026") == EXPECTED


def test_the_day_of_its_document_is_that_of_its_publication(agent_34):
    dated = factories.source(date_document=day("2026-06-15"))
    said = {"source": dated.pk, "name": "Lovac.csv"}
    for _ in range(2):
        imported(agent_34, PAGE, "lovac", latin(LOVAC_26), **said)
        assert set(Releve.objects.values_list("publie_le", flat=True)) == {day("2026-06-15")}
    assert Releve.history.count() == len(EXPECTED)
    assert not Releve.objects.au(day("2026-06-14")).exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (latin("CODGEO;LIBGEO\n34142;Lodève\n"), "ce n'est pas LOVAC par commune"),
        (latin(LOVAC_26.replace(";", ",")), "ce n'est pas LOVAC par commune"),
        (
            latin(LOVAC_26.replace("CODGEO_26", "CODGEO_25")),
            "sa colonne « pp_vacant_26 » est d'une année",
        ),
        (latin(f"{ENTETE_26}\n{BEZIERS}\n"), "aucune ligne de ce fichier"),
        (b"x" * (PLUS_GROS + 1), "dépasse 15 Mo"),
        (b"\n", "ce n'est pas LOVAC par commune"),
        (b"\x00" * 100, "ce n'est pas LOVAC par commune"),
    ],
    ids=["no vintage", "commas", "two vintages", "not ours", "too big", "empty", "binary"],
)
def test_another_file_is_refused_with_what_to_do(agent_34, content, why):
    form = send(agent_34, PAGE, "lovac", content, name="Lovac.csv").context["form"]
    assert why in form.errors["fichier"][0]


def test_a_file_bigger_than_the_others_is_read(agent_34):
    town = "\n".join(f"{code};Ville;1;1;1;1;1;1" for code in range(100000, 500000))
    text = "\n".join([ENTETE_26, town, LODEVE, ""])
    assert 5 * 1024 * 1024 < len(text) < PLUS_GROS
    page = previewed(agent_34, PAGE, "lovac", latin(text), name="Lovac.csv")
    assert len(outcome(page)) == 6


def test_the_stock_is_read_of_either_name_once():
    names = ["codgeo_26", "pp_vacant_26", "ff_pp_total_25", "pp_total_25", "pp_total_19", "autre"]
    assert columns_of(names, "26") == [
        (1, "logements-vacants", 2026),
        (2, "logements-prives", 2025),
        (4, "logements-prives", 2019),
    ]
    with pytest.raises(FichierRefuse):
        columns_of(["codgeo_26", "pp_total_25"], "26")


@pytest.fixture
def lovac(tmp_path):
    path = tmp_path / "Lovac_opendata_Communes.csv"
    path.write_bytes(latin(LOVAC_26))
    return path


def relever(path, *options):
    out = io.StringIO()
    call_command("relever", path, *options, serie="lovac", departement="34", stdout=out)
    return out.getvalue()


def test_the_command_shows_then_writes_then_changes_nothing(lovac):
    assert "6 nouvelle" in relever(lovac)
    assert not Releve.objects.exists()
    relever(lovac, "--appliquer", "--publie-le", "15/06/2026")
    assert told() == EXPECTED
    assert set(Releve.objects.values_list("publie_le", flat=True)) == {day("2026-06-15")}
    versions = Releve.history.count()
    assert "6 inchangée" in relever(lovac, "--appliquer")
    assert Releve.history.count() == versions


def test_the_command_leaves_what_an_agent_wrote(lovac, agent_34):
    relever(lovac, "--appliquer")
    header = "indicateur,code_insee,jour,precision,etat,valeur,serie"
    line = "logements-vacants,34142,01/01/2026,annee,connue,600,LOVAC 2026"
    imported(agent_34, PAGE, "releves", f"{header}\n{line}\n")
    assert "un agent l'a écrit" in relever(lovac, "--appliquer")
    assert int(Releve.objects.get(jour=day("2026-01-01"), valeur__gt=500).valeur) == 600


def test_the_command_refuses_what_it_cannot_read(tmp_path, lovac):
    with pytest.raises(CommandError, match="aucun département"):
        call_command("relever", lovac, serie="lovac", departement="99")
    with pytest.raises(CommandError, match="introuvable"):
        relever(tmp_path / "absent.csv")
    lovac.write_text("a;b\n1;2\n")
    with pytest.raises(CommandError, match="ce n'est pas LOVAC"):
        relever(lovac)
