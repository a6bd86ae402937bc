"""The national list of the communes of the programme, sent to the back office."""

import html
import re
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Labellisation
from communes.programme.liste.connues import ABSENTE
from communes.programme.liste.ressource import ListePvdRessource
from socle.models import Affirmation, Import, Source
from tests import factories
from tests.factories import day
from tests.fichiers import answered, confirm, send
from tests.vues import SansLaPage

PAGE, SORTE = "communes_labellisation", "liste-pvd"
HEADER = "insee_com,lib_com,id_pvd,date_signature"
NOM = "liste-pvd-com2025-20260427.csv"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(ListePvdRessource, "plancher", 1)


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", nom="Lodève")


@pytest.fixture
def gignac(db):
    return factories.commune("34114", nom="Gignac")


def asked(browser, *rows, name=NOM, **fields):
    """Send a list, and return the page that asks of which day it is."""
    text = "\n".join([HEADER, *rows, ""])
    answer = send(browser, PAGE, SORTE, text, name=name, source="", **fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return browser.get(answer.url)


def previewed(browser, *rows, name=NOM, **questions):
    page = answered(browser, asked(browser, *rows, name=name), **questions)
    assert "apercu" in page.context, page.context["form"].errors or page.context["questions"].errors
    return page


def told(page):
    """Return what the preview tells, by group: (title, [(row, of whom, sentence)])."""
    return {titre: [dit[:3] for dit in dits] for titre, dits in page.context["dits"]}


def test_the_day_is_that_of_the_name_and_the_preview_tells_by_group(national, lodeve, gignac):
    bedarieux = factories.labellisation(factories.commune("34028", nom="Bédarieux"))
    factories.labellisation(gignac, adhesion="2021-07-01")
    page = asked(national, "34142,Lodève,,")
    assert page.context["questions"]["jour"].value() == "2026-04-27"
    page = previewed(national, "34142,Lodève,,26/03/2021", "34114,Gignac,,02/07/2021", "999999,X,,")
    groups = told(page)
    assert list(groups) == ["1 entrée", "1 différence", "1 sortie proposée", "1 ligne écartée"]
    assert groups["1 sortie proposée"][0][:2] == (0, "Bédarieux (34028)")
    leave = reverse("admin:geste", args=["quitter-le-programme", bedarieux.pk])
    address = re.search(rf'href="({leave}[^"]*)"', page.text).group(1)
    assert national.get(leave).status_code == 200
    asked_there = SansLaPage(national).get(html.unescape(address)).context["form"]
    assert asked_there["date"].value() == day("2026-04-27")
    assert asked_there["precision"].value() == "au_plus_tard"
    assert Labellisation.objects.count() == 2
    confirm(national, page)
    entered = Labellisation.objects.get(commune=lodeve)
    assert entered.date_signature_adhesion == day("2021-03-26")
    assert entered.history.get().history_user == national.agent
    assert Source.objects.get(cle="anct-pvd-20260427").editeur.startswith("Agence nationale")
    assert Affirmation.objects.get(champ="fin").valeur_brute == ABSENTE


def test_the_day_is_asked_where_the_name_does_not_say_it(national, lodeve):
    page = answered(national, asked(national, "34142,Lodève,,", name="liste.csv"))
    assert page.context["questions"].errors["jour"]
    page = previewed(national, "34142,Lodève,,", name="liste.csv", jour="2023-10-05")
    confirm(national, page)
    assert Labellisation.objects.get().debut == day("2023-10-05")


@pytest.mark.parametrize(
    ("jour", "said"), [("2020-09-30", "avant le 1er octobre 2020"), ("2999-01-01", "à venir")]
)
def test_a_day_that_no_list_can_be_of_is_refused(national, lodeve, jour, said):
    factories.programme("2020-10-02", ouverture="2020-10-01")
    page = answered(national, asked(national, "34142,Lodève,,", name="l.csv"), jour=jour)
    assert said in page.content.decode()
    assert "apercu" not in page.context


def test_a_short_list_is_refused_unless_it_is_an_extract(national, lodeve, gignac, monkeypatch):
    monkeypatch.setattr(ListePvdRessource, "plancher", 2)
    factories.labellisation(gignac)
    page = answered(national, asked(national, "34142,Lodève,,"))
    assert "le fichier est tronqué" in page.content.decode()
    page = previewed(national, "34142,Lodève,,", extrait="on")
    assert list(told(page)) == ["1 entrée"]
    assert "aucune sortie n&#x27;est proposée" in page.content.decode()


def test_another_file_is_refused_as_soon_as_it_is_sent(national, lodeve):
    text = "Commune,Code commune,Statut de la commune,Signée ?\n34 - Lodève,34142,2. Commune PVD,Signée\n"
    answer = send(national, PAGE, SORTE, text, name=NOM, source="")
    [told] = answer.context["form"].errors["fichier"]
    assert "c'est la liste nationale des communes couvertes par une ORT" in told
    assert "import_ort" not in told


def test_an_agent_reads_the_rows_of_its_own_departement(agent_34, lodeve):
    albi = factories.commune("81004", nom="Albi", departement=factories.departement("81"))
    farther = factories.labellisation(factories.commune("81065", departement=albi.departement))
    page = previewed(agent_34, "34142,Lodève,,", "81004,Albi,,", "81999,Nulle part,,")
    assert list(told(page)) == ["1 entrée"]
    assert "2 lignes sont d&#x27;autres départements" in page.content.decode()
    confirm(agent_34, page)
    assert {label.commune for label in Labellisation.objects.all()} == {lodeve, farther.commune}


def test_a_row_that_is_taken_out_is_no_absence_nor_are_those_already_written(
    national, lodeve, gignac
):
    factories.labellisation(gignac)
    page = previewed(national, "34142,Lodève,,", "34114,Gignac,pvd-76-34-2,", "99999,Rien,,")
    assert list(told(page)) == ["1 entrée", "1 identifiant complété", "1 ligne écartée"]
    national.post(page.request["PATH_INFO"], {"retirer": "", "ligne": "3"})
    page = national.get(page.request["PATH_INFO"])
    assert list(told(page)) == ["1 entrée", "1 ligne écartée"]
    left = national.get(confirm(national, page).url)
    assert list(told(left)) == ["1 ligne écartée"]
    assert not Affirmation.objects.filter(champ="fin").exists()
    sent = national.get(left.context["refus_url"]).getvalue().decode()
    assert "inconnu du référentiel" in sent


def test_an_import_of_the_list_is_taken_back_whole(national, lodeve, gignac):
    held = factories.labellisation(gignac, adhesion="2021-07-01")
    rows = ("34142,Lodève,,26/03/2021", "34114,Gignac,,02/07/2021")
    answer = confirm(national, previewed(national, *rows))
    undo = national.get(answer.url, follow=True).content.decode()
    assert "Annuler cet import" in undo
    Import.objects.get().undo(national.agent)
    assert list(Labellisation.objects.all()) == [held]
    assert not Affirmation.objects.exists()
    assert list(told(previewed(national, *rows))) == ["1 entrée", "1 différence"]


def test_an_absence_is_told_to_its_agents_until_it_is_answered(national, agent_34, lodeve, gignac):
    gone = factories.labellisation(lodeve)
    confirm(national, previewed(national, "34114,Gignac,,"))
    page = agent_34.get(reverse("admin:a_verifier"), {"sorte": "absente"})
    leave = reverse("admin:geste", args=["quitter-le-programme", gone.pk])
    assert f'href="{leave}"' in page.content.decode()
    assert [c.fiche for c in page.context["constats"]] == ["Lodève"]
    others = SansLaPage(agent_34).get(reverse("admin:a_verifier"), {"sorte": "ecartee"})
    assert others.context["constats"] == []
    said = Affirmation.objects.get(champ="fin")
    said.detail_interne = "La ville le confirme, appel du 28 avril."
    said.save()
    page = agent_34.get(reverse("admin:a_verifier"), {"sorte": "absente"})
    assert page.context["constats"] == []


def test_a_longer_list_asks_no_more_of_the_database(national):
    """Its rows enter, are brought forward, differ, or are absent, a quarter of them each."""
    departement, numbers = factories.departement("34"), count(100)

    def queries(size):
        rows = []
        for turn in range(size):
            code = f"34{next(numbers)}"
            commune = factories.commune(code, nom=f"Ville {code}", departement=departement)
            if turn % 4 == 1:
                late = {"debut": "2026-10-01", "precision_debut": "au_plus_tard"}
                factories.labellisation(commune, **late)
            elif turn % 4:
                factories.labellisation(commune, adhesion="2021-07-01")
            if turn % 4 != 3:
                rows.append(f"{code},Ville {code},pvd-76-34-{turn},02/07/2021")
        url = answered(national, asked(national, *rows)).request["PATH_INFO"]
        with CaptureQueriesContext(connection) as captured:
            page = national.get(url)
        assert len(page.context["dits"]) == 6
        return len(captured)

    queries(8)
    assert queries(8) == queries(40)


@pytest.fixture
def absent(national, lodeve, gignac):
    """Return the time in the programme of Lodève, once a list without it was read."""
    held = factories.labellisation(lodeve)
    confirm(national, previewed(national, "34114,Gignac,,"))
    return held


def to_check(browser):
    return browser.get(reverse("admin:a_verifier"), {"sorte": "absente"}).text


def test_an_exit_that_a_list_proposes_is_filled_in_with_it_and_never_written_alone(
    agent_34, absent
):
    leave = reverse("admin:geste", args=["quitter-le-programme", absent.pk])
    assert f'href="{leave}"' in to_check(agent_34)
    form = SansLaPage(agent_34).get(leave).context["form"]
    assert (form["date"].value(), form["precision"].value()) == (day("2026-04-27"), "au_plus_tard")
    source = Source.objects.get(cle="anct-pvd-20260427")
    assert form["source"].value() == source.pk
    absent.refresh_from_db()
    assert absent.fin is None
    typed = {"date": "27/04/2026", "precision": "au_plus_tard", "source": source.pk}
    shown = agent_34.post(leave, typed)
    confirming = {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}
    agent_34.post(leave, typed | confirming)
    absent.refresh_from_db()
    assert (absent.fin, absent.precision_fin) == (day("2026-04-27"), "au_plus_tard")
    assert "Rien à vérifier" in to_check(agent_34)


def test_a_commune_that_is_kept_is_asked_no_more_by_this_list_nor_the_next(
    agent_34, national, absent
):
    keep = reverse("admin:geste", args=["garder-dans-le-programme", absent.pk])
    assert f'href="{keep}"' in to_check(agent_34)
    page = agent_34.get(absent_page(absent)).text
    assert keep in page
    assert "connaissance_detail" in SansLaPage(agent_34).post(keep, {}).context["form"].errors
    shown = agent_34.post(keep, typed := {"connaissance_detail": "Courrier de l'ANCT"})
    confirming = {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}
    done = agent_34.get(agent_34.post(keep, typed | confirming).url).text
    assert "Rien à vérifier" in to_check(agent_34)
    said = Affirmation.objects.get(champ="fin")
    assert (said.detail_interne, said.retenue) == ("Courrier de l'ANCT", False)
    later = previewed(national, "34114,Gignac,,", name="liste-pvd-com2025-20260901.csv")
    assert "1 sortie proposée" not in told(later)
    # Nothing is left to keep, and the act is taken back as any.
    assert agent_34.get(keep).status_code == 302
    undo = re.search(r"/admin/actes/[^\"]+/annuler/", done).group()
    agent_34.post(undo, {"motif": "Erreur"})
    assert f'href="{keep}"' in to_check(agent_34)


def absent_page(record):
    return reverse("admin:communes_labellisation_change", args=[record.pk])


def test_a_commune_is_kept_by_its_own_ddt(agent_81, lecteur_34, absent):
    keep = reverse("admin:geste", args=["garder-dans-le-programme", absent.pk])
    assert agent_81.get(keep).status_code == 404
    assert lecteur_34.get(keep).status_code == 403
