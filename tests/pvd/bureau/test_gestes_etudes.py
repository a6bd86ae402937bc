"""The guided actions of a study, and its page: it is written in, lives, is funded, or is provided."""

import pytest
from django.urls import reverse

from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import Etude, FaitEtude
from projects.financements.models import Financement
from tests import factories
from tests.pages import read
from tests.pvd.bureau.test_gestes import do, fill_and_confirm, refusal, typed
from tests.pvd.bureau.test_gestes_projet import HERAULT, TODAY, changes, preview, text_of
from tests.vues import SansLaPage

pytestmark = [pytest.mark.django_db]
INSCRIRE = reverse("admin:gestes", args=["inscrire-une-etude"])


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def signed(lodeve):
    return factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")


@pytest.fixture
def etude(lodeve, signed):
    return factories.etude([lodeve], signed, intitule="Programmation de la halle")


def now(etude):
    return EtudesDatees([etude.pk]).du_jour(TODAY, interne=True)[etude.pk]


def page_of(etude):
    return reverse("admin:projects_etude_page", args=[etude.pk])


def test_a_study_lives_by_its_gestes(agent_34, etude):
    cerema = factories.organisme(nom="Cerema")
    steps = [
        ("etude-commander", {"date": "10/01/2024", "prestataire": cerema.pk}, "en_cours"),
        ("etude-rendre", {"date": "15/02/2024", "precision": "mois"}, "rendue"),
        ("etude-valider", {"date": "01/03/2024"}, "validee"),
    ]
    for slug, fields, state in steps:
        answer = do(agent_34, slug, etude, **fields)
        assert answer.status_code == 302, (slug, answer.context["form"].errors)
        assert answer.url == page_of(etude)
        assert now(etude).etat == state, slug
    etude.refresh_from_db()
    assert etude.prestataire == cerema
    rendered = FaitEtude.objects.get(nature="rendue")
    assert (str(rendered.jour), rendered.precision) == ("2024-02-01", "mois")
    assert rendered.affirmations.get().valeur == "2024-02-01"
    assert rendered.history.get().history_change_reason == "Étude rendue"


@pytest.mark.parametrize(
    ("known", "slugs"),
    [
        ([], ["etude-valider"]),
        (["rendue"], ["etude-commander", "etude-rendre"]),
        (["rendue", "validee"], ["etude-abandonner"]),
        (["abandonnee"], ["etude-rendre", "etude-commander"]),
    ],
)
def test_a_geste_is_offered_when_it_may_follow(agent_34, etude, known, slugs):
    for n, nature in enumerate(known):
        factories.fait_etude(etude, nature, f"2024-01-0{n + 1}")
    page = text_of(agent_34.get(page_of(etude)))
    for slug in slugs:
        answer = agent_34.get(reverse("admin:geste", args=[slug, etude.pk]))
        assert answer.status_code == 302, slug
        assert slug not in page, slug


def test_what_cannot_be_is_refused_in_the_words_of_the_model(agent_34, etude):
    factories.fait_etude(etude, "demandee", "2024-02-01")
    told = refusal(agent_34, "etude-commander", etude, date="31/01/2024")
    assert "Une étude est demandée avant d'être commandée" in told


def test_the_preview_says_what_anybody_will_read(agent_34, etude):
    changed = changes(preview(SansLaPage(agent_34), "etude-commander", etude, date="10/01/2024"))
    assert changed["Ce que chacun en lit", "état de l'étude"] == ("non renseignée", "en cours")
    assert changed["Ce que chacun en lit", "connue du public"] == ("non", "oui")
    assert changed[HERAULT, "études « en cours »"] == (0, 1)
    assert not any("actions" in label for _, label in changed)


def test_its_money_is_recorded_as_that_of_an_action(agent_34, etude):
    scheme = factories.dispositif("anah", financeur=factories.organisme(nom="Anah"))
    asked = {"dispositif": scheme.pk, "forme": "subvention"}
    answer = do(
        agent_34,
        "etude-enregistrer-un-accord",
        etude,
        **asked,
        montant="15 000",
        date="10/01/2024",
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == page_of(etude)
    line = Financement.objects.get()
    assert (line.etude, line.action) == (etude, None)
    paid = {"sorte": "acompte", "montant": "5000", "date": "10/02/2024"}
    answer = do(agent_34, "financement-enregistrer-un-versement", line, **paid)
    assert answer.url == page_of(etude)
    answer = do(
        agent_34, "etude-reviser-le-cout", etude,
        montant="30 000", base="HT", nature="estime", date="09/01/2024",
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    told = now(etude)
    assert (told.sommes.accorde.montant, told.sommes.verse.montant) == (15000, 5000)
    assert told.cout.montant == 30000


@pytest.mark.une_base
def test_what_is_provided_is_offered_no_money(agent_34, lodeve):
    given = factories.etude([lodeve], regime="mise_a_disposition")
    page = text_of(agent_34.get(page_of(given)))
    assert "etude-enregistrer-un-accord" not in page
    assert "Son argent" not in page
    answer = agent_34.get(reverse("admin:geste", args=["etude-deposer-une-demande", given.pk]))
    assert answer.status_code == 302


def inscribed(browser, **fields):
    sent = {"intitule": "Halle", "nature": "programmation", "niveau": "operationnel"}
    sent |= {"regime": "cofinancee", "fait": "commandee"} | fields
    return fill_and_confirm(browser, INSCRIRE, typed(**sent))


def test_a_study_is_written_in_with_its_first_fact(agent_34, lodeve, signed):
    action = factories.action([lodeve], signed)
    fields = {"communes": [lodeve.pk], "beneficiaire_commune": lodeve.pk, "convention": signed.pk}
    answer = inscribed(agent_34, **fields, actions=[action.pk], montant="30000", base="HT")
    assert answer.status_code == 302, answer.context["form"].errors
    study = Etude.objects.get()
    assert answer.url == page_of(study)
    assert (study.identifiant, study.beneficiaire) == ("halle", lodeve)
    assert [link.action for link in study.actions_liees.all()] == [action]
    assert now(study).etat == "en_cours"
    assert study.couts.get().montant == 30000
    assert study.affirmations.get().champ == "intitule"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"beneficiaire_commune": ""}, "Dites pour qui"),
        ({"beneficiaire_intercommunalite": "epci"}, "un bénéficiaire, un seul"),
        ({"communes": []}, "Ce champ est obligatoire"),
        ({"intitule": ""}, "Ce champ est obligatoire"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(agent_34, lodeve, fields, told):
    epci = lodeve.rattachements.get().intercommunalite_id
    fields = {name: epci if value == "epci" else value for name, value in fields.items()}
    sent = {"communes": [lodeve.pk], "beneficiaire_commune": lodeve.pk} | fields
    answer = inscribed(agent_34, **sent)
    assert told in str(answer.context["form"].errors)
    assert not Etude.objects.exists()


def test_a_study_is_of_a_commune_of_the_agent_or_of_a_convention_that_it_keeps(agent_34, agent_81):
    towns = [factories.commune(code) for code in ("34293", "81124")]
    signed = factories.convention("2022-07-28", towns)
    cerema = {"beneficiaire_organisme": factories.organisme(nom="Cerema").pk}
    for browser, communes, status in (
        (agent_81, ["34293"], 200),
        (agent_81, ["34293", "81124"], 302),
        (agent_34, ["81124"], 302),
    ):
        answer = inscribed(SansLaPage(browser), convention=signed.pk, communes=communes, **cerema)
        assert answer.status_code == status, communes
        if status == 200:
            told = str(answer.context["form"].errors)
            assert "au moins une commune de vos départements" in told
    theirs = inscribed(SansLaPage(agent_81), communes=["81124"], beneficiaire_commune="34293")
    assert "choix valide" in str(theirs.context["form"].errors)


def test_another_ddt_does_nothing_to_it(agent_81, etude):
    assert agent_81.get(page_of(etude)).status_code == 404
    answer = agent_81.get(reverse("admin:geste", args=["etude-commander", etude.pk]))
    assert answer.status_code == 404


@pytest.mark.une_base
def test_its_page_tells_three_parties_its_money_and_its_actions(agent_34, etude, lodeve):
    bureau, payer = factories.organisme(nom="Bureau"), factories.organisme(nom="Banque")
    factories.rewrite(
        Etude.objects.filter(pk=etude.pk), prestataire=bureau, note_interne="À relire"
    )
    prepared = factories.action([lodeve], etude.convention, intitule="Halle couverte")
    etude.actions_liees.create(action=prepared)
    factories.fait_etude(etude, "rendue", "2024-02-01")
    line = factories.financement(etude, "bdt", financeur_organisme=payer)
    factories.fait_financement(line, "accord", "2024-01-01", 15000)
    page = read(agent_34, page_of(etude))
    told = ("Étude rendue depuis le 1 février 2024", "Lodève", "Bureau", "Banque", "15 000")
    for text in (*told[1:], "À relire", "Halle couverte", "Étude rendue"):
        assert text in page, text
    for address in (
        reverse("admin:projects_action_page", args=[prepared.pk]),
        reverse("admin:communes_commune_page", args=["34142"]),
        reverse("admin:ort_convention_page", args=[etude.convention_id]),
    ):
        assert "Programmation de la halle" in read(agent_34, address), address
