"""A post that serves communes of two départements is of both; it opens nothing else to either."""

import pytest
from django.urls import reverse

from projects.postes.models import CofinancementPoste, Desserte, Occupation, Poste, Recrutement
from tests import factories
from tests.factories import day
from tests.fichiers import imported, motives, outcome, previewed
from tests.formulaires import errors, filled, form_of

HANGING = (Desserte, Occupation, Recrutement, CofinancementPoste)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def furnished(communes, identifiant):
    """Return a post of which everything is recorded."""
    poste = factories.poste(communes, identifiant=identifiant)
    factories.occupation(poste, "2022-01-01", titulaire=f"Titulaire de {identifiant}")
    factories.recrutement(poste, "2021-10-01")
    factories.cofinancement(poste)
    return poste


@pytest.fixture
def shared(db):
    """The post of La Salvetat (34) and Lacaune (81), and one of each département alone."""
    salvetat, lacaune = factories.commune("34293"), factories.commune("81124")
    furnished([factories.commune("34142")], "poste-34")
    furnished([factories.commune("81192")], "poste-81")
    return furnished([salvetat, lacaune], "poste-partage")


def page_of(poste):
    return reverse("admin:projects_poste_change", args=[poste.pk])


def test_each_reads_the_shared_post_and_its_own(shared, agent_34, agent_81):
    for browser, own in ((agent_34, "poste-34"), (agent_81, "poste-81")):
        for model in HANGING:
            rows = model.objects.for_user(browser.agent)
            found = set(rows.values_list("poste__identifiant", flat=True))
            assert found == {"poste-partage", own}, model


def test_a_stranger_reads_nothing_of_it(shared):
    for user in (
        factories.agent("a12", [factories.departement("12")]),
        factories.agent("sans"),
    ):
        for model in (Poste, *HANGING):
            assert not model.objects.for_user(user).exists()


def test_each_writes_what_hangs_on_the_shared_post(shared, agent_34, agent_81):
    for browser, day_of in ((agent_34, "31/12/2024"), (agent_81, "31/12/2025")):
        page = form_of(browser, page_of(shared))
        data = filled(
            page,
            **{
                "occupations-0-fin_contrat_prevue": day_of,
                "cofinancements-0-montant": "20000",
                "motif_correction": "Avenant au contrat",
            },
        )
        assert browser.post(page_of(shared), data).status_code == 302
    assert shared.occupations.get().fin_contrat_prevue == day("2026-01-01")
    assert shared.cofinancements.get().montant == 20_000


def test_a_commune_of_neither_is_asked_of_its_own_ddt(shared, agent_34):
    factories.commune("12001", nom="Agen-d'Aveyron")
    data = filled(
        form_of(agent_34, page_of(shared)),
        **{"dessertes-TOTAL_FORMS": 3, "dessertes-2-commune": "12001"},
    )
    answer = agent_34.post(page_of(shared), data)
    told = "Agen-d'Aveyron est hors de vos départements : demandez l'accord de la DDT de l'Aveyron,"
    assert told in errors(answer)
    assert not shared.dessertes.filter(commune="12001").exists()


def test_neither_reaches_the_post_of_the_other(shared, agent_81):
    other = Poste.objects.get(identifiant="poste-34")
    assert agent_81.get(page_of(other)).status_code == 302, "sent away, as from what is not"
    listed = agent_81.get(reverse("admin:projects_poste_changelist")).content.decode()
    assert page_of(shared) in listed
    assert page_of(other) not in listed


@pytest.mark.parametrize(
    ("sorte", "columns"),
    [
        ("titulaires", "arrivee"),
        ("recrutements", "date_publication"),
        ("cofinancements", "date_debut,financeur,annee"),
    ],
)
def test_each_imports_into_the_shared_post_and_not_into_that_of_the_other(
    shared, agent_34, agent_81, sorte, columns
):
    cells = "2023-05-01" + (",anah,2023" if "," in columns else "")
    text = f"poste_identifiant,{columns}\nposte-partage,{cells}\nposte-34,{cells}\n"
    page = previewed(agent_81, "projects_poste", sorte, text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert "hors de vos départements" in motives(page)[3]
    imported(agent_81, "projects_poste", sorte, text)
    page = previewed(agent_34, "projects_poste", sorte, text)
    assert outcome(page) == {2: "inchangée", 3: "nouvelle"}


def test_a_holder_of_the_other_is_not_rewritten_by_a_file(shared, agent_81):
    text = "poste_identifiant,arrivee,titulaire\nposte-34,2022-01-01,Un autre\n"
    page = previewed(agent_81, "projects_poste", "titulaires", text)
    assert outcome(page) == {2: "refusée"}
    assert "Titulaire de poste-34" not in page.content.decode()


def test_posts_are_counted_once_in_all_and_in_each_commune(shared):
    jour = day("2023-01-01")
    herault, tarn = factories.departement("34"), factories.departement("81")
    counts = [Poste.objects.serving(where, jour).count() for where in (herault, tarn, None)]
    assert counts == [2, 2, 3]
    held = [Occupation.objects.en_poste(where, jour).count() for where in (herault, tarn, None)]
    assert held == counts


REACHED_AT = ("claude@exemple.fr", "04 67 00 00 00")


def of_a_holder(poste):
    """Yield the pages and files of the back office that tell of who holds a post."""
    yield page_of(poste)
    for page in ("history", "histoire"):
        yield reverse(f"admin:projects_poste_{page}", args=[poste.pk])
    for name in ("postes", "titulaires"):
        yield reverse("admin:projects_poste_export", args=[name, "csv"])
    yield reverse("admin:communes_commune_page", args=["34142"])
    yield reverse("admin:chercher") + "?q=claude"
    yield reverse("admin:index")


def told_by(browser, address):
    """Return what a page says, or a file that is streamed."""
    return b"".join(browser.get(address, follow=True)).decode()


def test_how_to_reach_a_holder_is_hidden_from_who_only_reads(lecteur_34, agent_34):
    poste = factories.poste([factories.commune("34142")])
    courriel, telephone = REACHED_AT
    holder = factories.occupation(poste, "2022-01-01", titulaire="Claude", courriel=courriel)
    holder.telephone = telephone
    holder.save()
    for address in of_a_holder(poste):
        told = told_by(lecteur_34, address)
        assert not [known for known in REACHED_AT if known in told], address
    assert "Claude" in told_by(lecteur_34, page_of(poste))
    read = [told_by(agent_34, address) for address in of_a_holder(poste)]
    assert [courriel in page for page in read[:5]] == [True, True, False, True, True]


def test_a_form_sent_by_who_only_reads_writes_no_address(lecteur_34):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-01-01", courriel="claude@exemple.fr")
    answer = lecteur_34.post(page_of(poste), {"occupations-0-courriel": "autre@exemple.fr"})
    assert answer.status_code == 403
    assert poste.occupations.get().courriel == "claude@exemple.fr"
