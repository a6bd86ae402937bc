"""Files brought into the back office: their columns are recognised, and kept aside for their agent."""

import pytest

from communes.programme.imports import LabellisationRessource
from ort.imports import AvenantRessource, ConventionRessource
from ort.imports_couvertures import CouvertureRessource
from projects.postes.imports import DesserteRessource
from projects.postes.imports_postes import PosteRessource
from socle.fichiers.depot import Depot, find, forget, keep
from socle.fichiers.entetes import read_table
from socle.fichiers.tableau.fichier import Fichier, FichierRefuse
from socle.fichiers.tableau.noms import bare_name
from tests import factories


@pytest.mark.parametrize("name", ["Code INSEE", "code_insee", " CODE-insée ", "codeInsee"])
def test_a_column_is_known_whatever_its_case_accents_and_signs(name):
    assert bare_name(name) == "codeinsee"


def table(header, *rows, ressource=LabellisationRessource):
    lines = [(n, row.split(",")) for n, row in enumerate(rows, start=2)]
    return read_table(Fichier("essai.csv", header.split(","), lines), ressource())


def test_the_official_list_is_read_under_our_names():
    read = table("insee_com,lib_com,id_pvd,date_signature", "1004,Ambérieu,NA,26/03/2021")
    assert read.ignorees == ["lib_com"]
    (ligne,) = read.lignes
    assert ligne.cellules == {
        "code_insee": "01004",
        "id_pvd": "",
        "date_signature_adhesion": "26/03/2021",
    }
    assert ligne.reparations == [("code_insee", "1004", "01004")]


def test_beside_an_ort_a_bare_date_of_signature_is_not_that_of_the_adhesion():
    read = table("code_insee,ort_identifiant,date_signature", "34142,ort-lodeve,2021-07-16")
    assert read.ignorees == ["ort_identifiant", "date_signature"]
    assert read.lignes[0].cellules == {"code_insee": "34142"}


def test_a_band_above_the_header_tells_what_a_date_is_that_of():
    lines = [(3, ["34142", "2021-07-16"])]
    header = ["code_insee", "date_signature"]
    fichier = Fichier("essai.xlsx", header, lines, bandeaux=["ORT"])
    assert read_table(fichier, LabellisationRessource()).ignorees == ["date_signature"]


def test_the_duration_of_the_public_file_is_not_that_of_the_convention():
    header = "ort_identifiant,duree_annees,nb_avenants"
    read = table(header, "ort-agde,7,1", ressource=ConventionRessource)
    assert read.ignorees == ["duree_annees", "nb_avenants"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("code_insee,couleur", "« couleur » inconnue. Colonnes possibles : code_insee, id_pvd"),
        ("id_pvd", "« code_insee » absente"),
        ("code_insee,code_insee", "« code_insee » écrite deux fois"),
        ("code_insee,INSEE_COM", "« code_insee » et « INSEE_COM » disent toutes deux"),
    ],
)
def test_a_column_that_cannot_be_understood_is_refused(header, reason):
    with pytest.raises(FichierRefuse, match=reason):
        table(header, "a,b")


@pytest.mark.parametrize(
    "ressource",
    [
        LabellisationRessource,
        ConventionRessource,
        CouvertureRessource,
        AvenantRessource,
        PosteRessource,
        DesserteRessource,
    ],
)
def test_every_name_that_a_resource_gives_is_that_of_a_column(ressource):
    resource = ressource()
    told = {*resource.autres_noms.values(), *resource.codes, *resource.exemple}
    assert told <= set(resource.columns)
    assert set(resource.required_columns) <= set(resource.exemple)


@pytest.fixture
def agent(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return factories.agent()


def test_a_file_kept_aside_is_that_of_its_agent_and_of_its_sort(agent, tmp_path):
    fichier = Fichier("a.csv", ["a"], [(2, ["b"])], fautes=[(2, 0, "illisible")])
    jeton = keep(Depot(agent.pk, "ort", "relecture", None, fichier))
    assert find(jeton, agent, "ort").fichier == fichier
    assert find(jeton, agent, "avenants") is None
    assert find(jeton, factories.agent(), "ort") is None
    assert [oct(path.stat().st_mode)[-3:] for path in (tmp_path / "imports").iterdir()] == ["600"]
    forget(jeton)
    assert find(jeton, agent, "ort") is None


@pytest.mark.parametrize("jeton", ["../../secret", "a/b", "..", "a.b", "\0"])
def test_a_token_is_never_a_path(agent, jeton):
    assert find(jeton, agent, "ort") is None
