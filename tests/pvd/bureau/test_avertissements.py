"""A preview warns of what looks odd, with a sentence, and refuses nothing for it."""

import pytest

from projects.postes.models import CofinancementPoste
from socle.models import Source
from tests import factories
from tests.pvd.bureau.test_gestes import address, do, fill_and_confirm, typed
from tests.pvd.bureau.test_nouvelles_fiches import NOUVELLE, new


def warned(client, url, data):
    """Return the sentences that the preview warns with."""
    return [alerte.texte for alerte in client.post(url, data).context["effects"].alertes]


@pytest.fixture
def lodeve(db):
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    return factories.commune("34142", epci=epci, nom="Lodève")


@pytest.fixture
def bedarieux(db):
    epci = factories.intercommunalite("200042646", nom="CC Grand Orb")
    town = factories.commune("34028", epci=epci, nom="Bédarieux")
    return factories.convention("2020-01-10", [town], porteur=epci, duree_annees=5)


def test_an_avenant_warns_and_is_written_all_the_same(agent_34, lodeve, bedarieux):
    factories.convention("2022-02-01", [lodeve], intitule="ORT de Lodève")
    asked = typed(communes=[lodeve.pk], date="01/02/2026")
    told = " ".join(warned(agent_34, address("avenant", bedarieux), asked))
    for part in ("échue", "n'est pas membre", "déjà couverte par « ORT de Lodève »"):
        assert part in told
    assert do(agent_34, "avenant", bedarieux, **asked).status_code == 302
    assert lodeve.couvertures.count() == 2


def test_an_avenant_before_the_law_is_told(agent_34, lodeve):
    early = factories.convention("2018-01-01", [lodeve])
    asked = typed(duree_annees=9, date="02/01/2018")
    assert any(
        "avant la loi" in text for text in warned(agent_34, address("avenant", early), asked)
    )


def test_a_new_ort_warns_of_the_other_of_its_carrier(agent_34, lodeve):
    factories.convention("2022-02-01", [lodeve], porteur_id="200017341", intitule="ORT de Lodève")
    told = warned(agent_34, NOUVELLE, new(lodeve, ville_principale=""))
    assert [text.split(" ")[0] for text in told] == ["CC", "La", "Lodève"]
    page = agent_34.post(NOUVELLE, new(lodeve)).content.decode()
    assert "rien n'empêche d'enregistrer" in page
    assert fill_and_confirm(agent_34, NOUVELLE, new(lodeve)).status_code == 302


@pytest.mark.parametrize(
    ("genre", "document", "told"),
    [
        # The fact is of 6 July 2023.
        ("document", "05/07/2023", "postérieur"),
        ("acte", "05/07/2023", "postérieur"),
        ("document", "06/07/2023", ""),
        ("document", "01/01/2026", ""),
        ("acte", "06/09/2023", ""),
        ("acte", "07/09/2023", "plus de deux mois"),
        ("presse", "07/09/2023", "plus de deux mois"),
        ("presse", "", ""),
    ],
)
def test_a_fact_is_compared_with_the_day_of_its_document(agent_34, lodeve, genre, document, told):
    inside = factories.labellisation(lodeve)
    asked = typed(source_genre=genre, source_date=document)
    found = warned(agent_34, address("signer-adhesion", inside), asked)
    assert len(found) == (1 if told else 0)
    assert told in " ".join(found)
    do(agent_34, "signer-adhesion", inside, source_genre=genre, source_date=document)
    assert Source.objects.get().genre == genre


@pytest.mark.parametrize(("document", "told"), [("30/06/2023", 1), ("01/07/2023", 0)])
def test_a_vague_fact_is_later_only_if_it_is_all(agent_34, lodeve, document, told):
    inside = factories.labellisation(lodeve)
    asked = typed(precision="mois", source_date=document)
    assert len(warned(agent_34, address("signer-adhesion", inside), asked)) == told


@pytest.fixture
def held(db, lodeve):
    post = factories.poste([lodeve])
    return factories.occupation(post, "2022-01-01", fin_contrat_prevue="2023-01-01")


@pytest.mark.parametrize(("depart", "told"), [("31/12/2022", 0), ("01/01/2023", 1)])
def test_a_departure_after_the_last_day_of_the_contract_is_told(agent_34, held, depart, told):
    asked = typed(occupation=held.pk, depart=depart)
    assert len(warned(agent_34, address("depart", held.poste), asked)) == told


def test_the_last_day_in_post_may_be_that_of_its_document(agent_34, held):
    for document, told in (("30/12/2022", 1), ("31/12/2022", 0)):
        asked = typed(occupation=held.pk, depart="31/12/2022", source_date=document)
        assert len(warned(agent_34, address("depart", held.poste), asked)) == told


def test_what_is_decided_for_days_to_come_is_no_surprise(agent_34, held):
    asked = typed(
        financeur="anct", annee=2024, debut="01/01/2024", fin="31/12/2024", source_date="01/06/2023"
    )
    url = address("ajouter-un-cofinancement", held.poste)
    asked["financeur"] = CofinancementPoste._meta.get_field("financeur").choices[0][0]
    assert not [text for text in warned(agent_34, url, asked) if "postérieur" in text]
