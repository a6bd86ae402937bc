"""Files that come in: what is read of them, and what a refusal tells who wrote them."""

import pytest

from communes.models import Departement, Labellisation
from communes.programme.imports import LabellisationRessource, TenueRessource
from ort.imports import AvenantRessource, ConventionRessource
from ort.imports_couvertures import CouvertureRessource
from ort.models import Convention
from pvd.suivi.chargement import AffirmationRessource, ChiffrePublieRessource, SourceRessource
from pvd.suivi.models import ChiffrePublie
from socle.fichiers import deroulement
from socle.fichiers.entetes import read_table
from socle.fichiers.lecture import read_file
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.models import Affirmation, Source
from tests import factories
from tests.factories import day


def load(ressource, text):
    """Load a file of the project; return how many rows created, changed and left alone a record."""
    known = ressource()
    fichier = read_file(text.encode(), "essai.csv")
    return deroulement.load(known, read_table(fichier, known)).bilan


def refusal(ressource, text):
    """Return why the file is refused, whole."""
    with pytest.raises(FichierRefuse) as refused:
        load(ressource, text)
    return str(refused.value)


def test_an_unknown_column_is_refused_with_those_that_are_known(db):
    message = refusal(SourceRessource, "cle,titre,couleur\nun,Titre,bleu\n")
    assert message.startswith("essai.csv : colonne « couleur » inconnue.")
    assert "titre, editeur, date_document, url" in message


def test_a_file_without_its_key_column_is_refused(db):
    assert refusal(SourceRessource, "titre\nTitre\n") == "essai.csv : colonne « cle » absente."


@pytest.fixture
def lodeve(db):
    factories.source("anct-2021")
    return factories.commune("34142")


LABELS = "code_insee,date_entree_programme,precision_entree,source_entree,date_sortie_programme"


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("99999,2021-01-22,,,", "code_insee", "99999"),
        ("34142,2021-02-30,,,", "date_entree_programme", "2021-02-30"),
        ("34142,2021-01-22,,,hier", "date_sortie_programme", "hier"),
        ("34142,2021-01-22,environ,,", "precision_entree", "environ"),
        ("34142,2021-01-22,,prefecture-1999,", "source_entree", "prefecture-1999"),
        ("34142,2021-01-22,,,2021-01-22", "date_sortie_programme", "2021-01-22"),
        ("34142,2021-01-22,,,2020-12-01", "date_sortie_programme", "2020-12-01"),
        ("34142,,,,", "date_entree_programme", ""),
    ],
)
def test_a_refusal_names_its_line_its_column_and_its_value(lodeve, row, column, value):
    message = refusal(LabellisationRessource, f"{LABELS}\n{row}\n")
    assert message.startswith("essai.csv, ligne 2, ")
    assert f"colonne « {column} »" in message
    assert f"« {value} »" in message
    assert not Labellisation.objects.exists()


CONVENTION = "ort_identifiant,intitule,departement_reference,origine,duree_annees,derogation_l303_3"
CHIFFRE = "code_departement,chiffre,jour,valeur,source"


@pytest.mark.parametrize(
    ("ressource", "header", "row", "column", "value"),
    [
        (ConventionRessource, CONVENTION, "ort-a,ORT,99,PVD,,", "departement_reference", "99"),
        (ConventionRessource, CONVENTION, "ort-a,ORT,34,pvd,,", "origine", "pvd"),
        (ConventionRessource, CONVENTION, "ort-a,ORT,34,PVD,cinq,", "duree_annees", "cinq"),
        (ConventionRessource, CONVENTION, "ort-a,ORT,34,PVD,-5,", "duree_annees", "-5"),
        (ConventionRessource, CONVENTION, "ort-a,ORT,34,PVD,0,", "duree_annees", "0"),
        (ConventionRessource, CONVENTION, "ort-a,ORT,34,PVD,,peut-être", "derogation_l303_3", "peut-être"),
        (ConventionRessource, CONVENTION, "ort a,ORT,34,PVD,,", "ort_identifiant", "ort a"),
        (ChiffrePublieRessource, CHIFFRE, "34,habitants,2024-03-01,11,anct-2021", "chiffre", "habitants"),
        (ChiffrePublieRessource, CHIFFRE, "34,ort,2024-03-01,12,inconnue", "source", "inconnue"),
        (TenueRessource, "code_departement,tenue", "34,entiere", "tenue", "entiere"),
        (TenueRessource, "code_departement,tenue", "99,complete", "code_departement", "99"),
        (TenueRessource, "code_departement,tenue_postes", "34,listes", "tenue_postes", "listes"),
        (AvenantRessource, "ort_identifiant,date_signature", "ort-b,2023-01-11", "ort_identifiant", "ort-b"),
        (
            CouvertureRessource,
            "ort_identifiant,code_insee,date_avenant_entree",
            "ort-lodeve,34142,2023-01-11",
            "date_avenant_entree",
            "2023-01-11",
        ),
        (
            AffirmationRessource,
            "type_fiche,fiche,champ,valeur_brute,source,retenue",
            "personne,34142,nom,x,anct-2021,oui",
            "type_fiche",
            "personne",
        ),
        (
            AffirmationRessource,
            "type_fiche,fiche,champ,valeur_brute,source,retenue",
            "commune,99999,nom,x,anct-2021,oui",
            "fiche",
            "99999",
        ),
    ],
)  # fmt: skip
def test_what_a_cell_cannot_mean_is_refused(lodeve, ressource, header, row, column, value):
    factories.convention(identifiant="ort-lodeve")
    message = refusal(ressource, f"{header}\n{row}\n")
    assert message.startswith("essai.csv, ligne 2, ")
    assert f"colonne « {column} »" in message
    assert f"« {value} »" in message


def test_nothing_is_written_when_one_row_is_refused(lodeve):
    text = f"{LABELS}\n34142,2021-01-22,,anct-2021,\n99999,2021-01-22,,,\n34142,hier,,,\n"
    message = refusal(LabellisationRessource, text)
    assert [line[:18] for line in message.splitlines()] == [
        "essai.csv, ligne 3",
        "essai.csv, ligne 4",
    ]
    assert not Labellisation.objects.exists()
    assert not Affirmation.objects.exists()


def test_an_overlap_is_refused_by_a_file_as_by_a_form(lodeve):
    factories.labellisation(lodeve, debut="2021-01-22")
    message = refusal(LabellisationRessource, f"{LABELS}\n34142,2022-01-01,,,2023-01-01\n")
    assert "colonne « date_entree_programme »" in message
    assert "déjà dans le programme à ces dates" in message
    assert Labellisation.objects.count() == 1


def test_an_avenant_dated_before_its_convention_is_refused(db):
    factories.convention("2023-07-06", identifiant="ort-lodeve")
    message = refusal(AvenantRessource, "ort_identifiant,date_signature\nort-lodeve,2023-07-05\n")
    assert "essai.csv, ligne 2, colonne « date_signature »" in message
    assert "avant sa convention" in message


def test_a_date_is_kept_with_who_says_so_and_how_exactly(lodeve):
    load(LabellisationRessource, f"{LABELS}\n34142,22/01/2021,au_plus_tard,anct-2021,\n")
    label = Labellisation.objects.get()
    assert (label.debut, label.precision_debut) == (day("2021-01-22"), "au_plus_tard")
    said = label.affirmations.get()
    assert (said.champ, said.valeur_brute, said.valeur) == ("debut", "22/01/2021", "2021-01-22")
    assert (said.precision, said.source.cle, said.retenue) == ("au_plus_tard", "anct-2021", True)


def test_a_corrected_date_leaves_one_retained_affirmation(lodeve):
    rows = "ort_identifiant,intitule,departement_reference,origine,date_signature,source_signature"
    for signature in ("2021-07-16", "2021-07-19", "2021-07-16"):
        load(ConventionRessource, f"{rows}\nort-lodeve,ORT,34,PVD,{signature},anct-2021\n")
        convention = Convention.objects.get()
        assert convention.date_signature == day(signature)
        assert [a.valeur for a in convention.affirmations.retenues()] == [signature]
    assert [a.valeur for a in convention.affirmations.ecartees()] == ["2021-07-19"]


def test_rows_are_created_then_changed_then_left_alone(db):
    counts = [load(SourceRessource, f"cle,titre\nun,{titre}\n") for titre in "AABB"]
    created, same, changed, again = [tuple(count.values()) for count in counts]
    assert list(counts[0]) == ["créées", "modifiées", "inchangées"]
    assert (created, same, changed, again) == ((1, 0, 0), (0, 0, 1), (0, 1, 0), (0, 0, 1))
    assert Source.objects.get().titre == "B"


def test_a_column_that_is_not_there_changes_nothing(db):
    factories.source("un", titre="A", editeur="ANCT")
    load(SourceRessource, "cle,titre\nun,B\n")
    assert Source.objects.get().editeur == "ANCT"


@pytest.mark.parametrize(
    ("word", "value"), [("oui", True), ("Non", False), ("1", True), ("false", False), ("", None)]
)
def test_yes_no_and_not_known_are_three_things(db, word, value):
    factories.departement("34")
    load(ConventionRessource, f"{CONVENTION}\nort-a,ORT,34,PVD,,{word}\n")
    assert Convention.objects.get().derogation_l303_3 is value


def test_without_departement_a_published_figure_is_of_france(db):
    factories.source("anct")
    for _ in range(2):
        load(ChiffrePublieRessource, f"{CHIFFRE}\n,ort,2024-03-01,1200,anct\n")
    assert ChiffrePublie.objects.get().departement is None


def test_how_far_the_records_go_is_set_on_a_known_departement(db):
    factories.departement("2A", tenue="aucune")
    load(TenueRessource, "code_departement,tenue,tenue_postes\n2A,partielle,aucune\n")
    corse = Departement.objects.get()
    assert (corse.nom, corse.tenue, corse.tenue_postes) == ("Corse-du-Sud", "partielle", "aucune")


def test_a_load_raises_how_far_the_records_go_and_never_lowers_it(db):
    factories.departement("30", tenue="aucune")
    for loaded, kept in (
        ("listes", "listes"),
        ("aucune", "listes"),
        ("partielle", "partielle"),
        ("listes", "partielle"),
        ("complete", "complete"),
        ("partielle", "complete"),
    ):
        load(TenueRessource, f"code_departement,tenue,tenue_postes\n30,{loaded},aucune\n")
        assert Departement.objects.get().tenue == kept
