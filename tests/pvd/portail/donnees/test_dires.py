"""The files on what acts bring and on who says what: as of a day, and nothing of what is internal."""

import csv
import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ort.models import Partie, Secteur
from socle.models import Affirmation, Source
from socle.sources import affirm
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

NOMS = ["parties", "secteurs", "documents", "affirmations", "sources"]
SECRET = "SECRET-INTERNE"


def rows(client, nom, **asked):
    response = client.get(f"/donnees/{nom}.csv", asked)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


@pytest.fixture(scope="module", autouse=True)
def ort(scene, documents_of_scene):
    """An ORT of the Hérault, then what an avenant of 2023 brings to it."""
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci, nom="Lodève")
    label = factories.labellisation(lodeve, adhesion="2021-03-26", note_interne=SECRET)
    made = factories.convention("2021-07-16", [lodeve], identifiant="ort-lodeve")
    act = factories.avenant(made, "2023-02-01", note_interne=SECRET)
    Partie.objects.create(convention=made, commune=lodeve, date_deliberation=day("2021-06-01"))
    late = {"date_signature": day("2024-01-10"), "date_deliberation": day("2023-12-01")}
    Partie.objects.create(convention=made, intercommunalite=epci, role="partenaire", **late)
    state = factories.organisme("État", siren="110000000")
    Partie.objects.create(convention=made, organisme=state, avenant=act)
    Secteur.objects.create(convention=made, commune=lodeve, nom="Centre ancien")
    Secteur.objects.create(convention=made, commune=lodeve, nom="Gare", avenant=act)
    factories.document(made, titre="Convention signée")
    factories.document(made, titre="Avenant signé", avenant=act)
    factories.document(made, titre=SECRET, visibilite="interne")
    liste, presse = factories.source("liste-2021"), factories.source("presse", genre="presse")
    affirm(label, "debut", "22/01/2021", liste, "au_plus_tard", SECRET)
    affirm(made, "date_signature", "16/07/2021", liste, "jour", SECRET)
    affirm(act, "date_signature", "01/02/2023", presse, "jour")
    Affirmation.objects.create(
        fiche=label,
        champ="date_signature_adhesion",
        valeur_brute="28/03/2021",
        valeur="2021-03-28",
        source=presse,
        retenue=False,
        detail_interne=SECRET,
    )
    return made


def test_parties_come_with_their_act_and_their_signature(client, ort):
    found = rows(client, "parties")
    assert [(r["partie_type"], r["partie_code"], r["avenant_identifiant"]) for r in found] == [
        ("commune", "34142", ""),
        ("intercommunalite", "200017341", ""),
        ("etat", "110000000", "ort-lodeve-avenant-1"),
    ]
    assert [r["partie_type"] for r in rows(client, "parties", au="2023-01-31")] == ["commune"]
    of_day = rows(client, "parties", au="2023-02-01")
    assert [r["partie_type"] for r in of_day] == ["commune", "etat"]
    assert len(rows(client, "parties", au="2024-01-09")) == 2
    assert len(rows(client, "parties", au="2024-01-10")) == 3


def test_a_deliberation_to_come_is_not_told(client, ort):
    party = Partie.objects.get(commune="34142")
    factories.rewrite(Partie.objects.filter(pk=party.pk), date_deliberation=day("2022-05-05"))
    assert rows(client, "parties", au="2022-05-04")[0]["date_deliberation"] == ""
    assert rows(client, "parties", au="2022-05-05")[0]["date_deliberation"] == "2022-05-05"


def test_sectors_come_with_their_act(client, ort):
    assert [r["secteur"] for r in rows(client, "secteurs")] == ["Centre ancien", "Gare"]
    assert [r["secteur"] for r in rows(client, "secteurs", au="2023-01-31")] == ["Centre ancien"]
    assert rows(client, "secteurs", departement="34")[0]["nom_commune"] == "Lodève"
    assert rows(client, "secteurs", au="2021-07-15") == []


def test_public_documents_are_listed_and_answer_at_their_address(client, ort):
    found = rows(client, "documents")
    assert [r["titre"] for r in found] == ["Convention signée", "Avenant signé"]
    assert [r["titre"] for r in rows(client, "documents", au="2023-01-31")] == ["Convention signée"]
    for row in found:
        sent = client.get(row["chemin"])
        assert len(sent.getvalue()) == int(row["taille_octets"])


def test_each_source_says_its_days_held_or_not(client, ort):
    told = {
        (r["fiche"], r["champ"], r["valeur"], r["retenue"]) for r in rows(client, "affirmations")
    }
    assert told == {
        ("labellisation", "debut", "2021-01-22", "true"),
        ("labellisation", "date_signature_adhesion", "2021-03-28", "false"),
        ("ort", "date_signature", "2021-07-16", "true"),
        ("avenant", "date_signature", "2023-02-01", "true"),
    }
    assert len(rows(client, "affirmations", au="2021-03-27")) == 1
    assert len(rows(client, "affirmations", au="2021-03-28")) == 2
    assert len(rows(client, "affirmations", au="2023-01-31")) == 3


def test_a_source_counts_the_dates_that_rest_on_it(client, ort):
    liste, presse = rows(client, "sources")
    assert (liste["source_cle"], liste["nb_faits"], liste["nb_ecartes"]) == ("liste-2021", "2", "0")
    assert liste["faits"] == "labellisation.debut=1|ort.date_signature=1"
    assert (presse["genre"], presse["nb_faits"], presse["nb_ecartes"]) == ("presse", "1", "1")
    assert [r["source_cle"] for r in rows(client, "sources", au="2021-01-22")] == ["liste-2021"]
    assert rows(client, "sources", au="2021-01-21") == []


def test_another_departement_says_nothing_of_it(client, ort):
    factories.departement("81")
    for nom in NOMS:
        assert rows(client, nom, departement="81") == []
        assert rows(client, nom, departement="34")


def test_what_is_internal_of_a_source_is_in_no_file(client, ort):
    """Neither how the service knows, nor what is said of people, nor a text that is no day."""
    poste = factories.poste([ort.couvertures.get().commune])
    factories.occupation(poste, "2022-01-01", titulaire=SECRET)
    said = Source.connaissance_du_service(day("2023-05-05")).kept()
    for fiche, champ in ((poste, "occupations"), (poste, "date_ouverture"), (ort, "note_interne")):
        Affirmation.objects.create(
            content_type=ContentType.objects.get_for_model(fiche),
            object_id=str(fiche.pk),
            champ=champ,
            valeur_brute=SECRET,
            source=said,
            note=SECRET,
            detail_interne=SECRET,
        )
    for nom in NOMS:
        for extension in ("csv", "json"):
            sent = client.get(f"/donnees/{nom}.{extension}").getvalue().decode()
            assert SECRET not in sent
            assert "service-2023-05-05" not in sent


def test_the_number_of_queries_does_not_grow_with_the_rows(client):
    def count(nom):
        with CaptureQueriesContext(connection) as queries:
            found = len(rows(client, nom))
        return len(queries), found

    for nom in NOMS:
        count(nom)
    before = {nom: count(nom) for nom in NOMS}
    for _ in range(5):
        town = factories.commune(epci="new")
        label = factories.labellisation(town)
        made = factories.convention("2022-01-01", [town])
        act = factories.avenant(made, "2023-01-01")
        Partie.objects.create(convention=made, commune=town, avenant=act)
        Secteur.objects.create(convention=made, commune=town, nom="Centre")
        factories.document(made)
        said = factories.source()
        affirm(label, "debut", "22/01/2021", said, "jour")
        affirm(made, "date_signature", "01/01/2022", said, "jour")
    for nom, (queries, fewer) in before.items():
        after, found = count(nom)
        assert (nom, after, found >= fewer + 5) == (nom, queries, True)
