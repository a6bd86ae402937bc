"""A shared ORT is not taken over: what touches another département's is proposed, and answered by its DDT."""

from contextlib import nullcontext

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from communes.models import Departement
from ort.admin_propositions import ALREADY
from ort.models import CommuneCouverte, Convention, Proposition
from pvd.suivi.chiffres import chiffres
from socle.historique import one_act, signed_by
from tests import factories
from tests.conftest import browser_of
from tests.factories import day
from tests.fichiers import imported, motives, outcome, previewed
from tests.formulaires import errors, filled, form_of
from tests.pvd.bureau.test_gestes import fill_and_confirm
from tests.socle.admin.test_admin import affirmation
from tests.vues import SansLaPage


@pytest.fixture
def salvetat(db):
    """The ORT of La Salvetat, kept by the Hérault: it covers a commune of the Tarn too."""
    porteur = factories.intercommunalite("200066124", nom="CC des Monts de Lacaune")
    communes = [
        factories.commune("34293", porteur, nom="La Salvetat-sur-Agout"),
        factories.commune("81124", porteur, nom="Lacaune"),
    ]
    for commune in communes:
        factories.labellisation(commune, adhesion="2021-03-20")
    return factories.convention(
        "2022-07-28",
        communes,
        identifiant="ort-salvetat",
        intitule="ORT de La Salvetat",
        porteur=porteur,
        departement_reference=factories.departement("34"),
    )


def page_of(convention, view="change"):
    return reverse(f"admin:ort_convention_{view}", args=[convention.pk])


def row_of(browser, convention, code):
    """Return the prefix of the row of a commune on the page of a convention."""
    inlines = SansLaPage(browser).get(page_of(convention)).context["inline_admin_formsets"]
    forms = [f for i in inlines for f in i.formset.initial_forms]
    return next(f.prefix for f in forms if getattr(f.instance, "commune_id", None) == code)


def post(browser, convention, **changes):
    data = filled(form_of(browser, page_of(convention)), motif_correction="pour voir", **changes)
    return browser.post(page_of(convention), data)


def figures():
    herault = Departement.objects.get(pk="34")
    return dict(chiffres(herault, timezone.localdate()))


def test_the_post_that_took_an_ort_over_changes_nothing(agent_34, agent_81, salvetat):
    """One request of the neighbour: its reference, another day, and the commune of the Hérault out."""
    before = figures()
    row = row_of(agent_81, salvetat, "34293")
    answer = post(
        agent_81,
        salvetat,
        departement_reference="81",
        date_signature="01/01/2024",
        **{f"{row}-DELETE": "on"},
    )
    assert answer.status_code == 200
    assert "La Salvetat-sur-Agout n'est pas de vos départements" in errors(answer)
    salvetat.refresh_from_db()
    assert (salvetat.departement_reference_id, salvetat.date_signature) == ("34", day("2022-07-28"))
    assert salvetat.couvertures.count() == 2
    assert figures() == before
    assert agent_34.get(page_of(salvetat)).status_code == 200


def test_only_who_keeps_an_ort_gives_it_away(agent_34, agent_81, national, salvetat):
    post(agent_81, salvetat, departement_reference="81")
    assert Convention.objects.get().departement_reference_id == "34"
    assert post(agent_34, salvetat, departement_reference="81").status_code == 302
    assert Convention.objects.get().departement_reference_id == "81"
    post(agent_34, salvetat, departement_reference="34")
    assert Convention.objects.get().departement_reference_id == "81"
    assert post(national, salvetat, departement_reference="34").status_code == 302
    assert Convention.objects.get().departement_reference_id == "34"


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("date_signature", "01/01/2024"),
        ("duree_annees", "1"),
        ("vaut_ort", None),
        ("departement_reference", "81"),
    ],
)
def test_what_moves_all_the_communes_is_of_who_keeps_the_ort(agent_81, salvetat, champ, valeur):
    before = Convention.objects.values(champ).get()
    post(agent_81, salvetat, **{champ: valeur})
    assert Convention.objects.values(champ).get() == before
    header = "ort_identifiant,date_signature,duree_annees,vaut_ort,departement_reference"
    for text in (
        f"{header}\nort-salvetat,2024-01-01,,,\n",
        f"{header}\nort-salvetat,,1,,\n",
        f"{header}\nort-salvetat,,,non,\n",
        f"{header}\nort-salvetat,,,,81\n",
    ):
        page = previewed(agent_81, "ort_convention", "ort", text)
        assert "Seule la DDT de référence (34) en décide" in motives(page)[2]


@pytest.mark.parametrize(("code", "may"), [("81124", True), ("34293", False)])
@pytest.mark.parametrize("door", ["form", "import", "geste", "removal", "model"])
def test_an_agent_takes_out_its_own_communes_only(agent_81, salvetat, code, may, door):
    # Once it is signed, a form publishes no exit, of any commune: it leads to the geste.
    out = factories.avenant(salvetat, None if door == "form" else "2023-05-11", numero=1)
    covered = salvetat.couvertures.get(commune=code)
    row = row_of(agent_81, salvetat, code)
    if door == "form":
        post(agent_81, salvetat, **{f"{row}-sortie": out.pk})
    elif door == "removal":
        post(agent_81, salvetat, **{f"{row}-DELETE": "on"})
    elif door == "import":
        text = (
            "ort_identifiant,code_insee,avenant_sortie_identifiant\n"
            f"ort-salvetat,{code},{out.identifiant}\n"
        )
        page = previewed(agent_81, "ort_convention", "ort-communes", text)
        assert outcome(page) == {2: "modifiée" if may else "refusée"}
        imported(agent_81, "ort_convention", "ort-communes", text)
    elif door == "geste":
        url = reverse("admin:geste", args=["avenant", salvetat.pk])
        data = {"couvertures": [covered.pk], "date": "11/05/2024", "source": factories.source().pk}
        fill_and_confirm(agent_81, url, data)
    else:
        covered.sortie = out
        refused = nullcontext() if may else pytest.raises(ValidationError, match="La Salvetat")
        with refused, signed_by(agent_81.agent), one_act("pour voir"), transaction.atomic():
            covered.save()
    kept = CommuneCouverte.objects.filter(commune=code, sortie__isnull=True).exists()
    assert kept is not may


def test_who_keeps_an_ort_takes_out_the_communes_of_the_other(agent_34, salvetat):
    out = factories.avenant(salvetat, None, numero=1)
    row = row_of(agent_34, salvetat, "81124")
    assert post(agent_34, salvetat, **{f"{row}-sortie": out.pk}).status_code == 302
    assert salvetat.couvertures.get(commune="81124").sortie == out


def test_the_day_of_an_act_is_not_moved_under_the_communes_of_another(agent_81, salvetat):
    entry = factories.avenant(salvetat, "2023-05-11", numero=1)
    herault = factories.commune("34284", salvetat.porteur)
    factories.rewrite(
        CommuneCouverte.objects.filter(
            pk=salvetat.couvertures.create(commune=herault, entree=entry).pk
        )
    )
    url = reverse("admin:ort_avenant_change", args=[entry.pk])
    page = form_of(agent_81, url)
    answer = agent_81.post(url, filled(page, date_signature="12/05/2023", motif_correction="x"))
    assert "n'est pas de vos départements" in errors(answer)
    entry.refresh_from_db()
    assert entry.date_signature == day("2023-05-11")
    page = form_of(agent_81, url)
    answer = agent_81.post(url, filled(page, objet="Entrée", motif_correction="x"))
    assert answer.status_code == 302


def test_a_convention_kept_by_another_is_not_removed(agent_81, salvetat):
    alone = factories.convention(
        "2022-01-10",
        [factories.commune("81004")],
        departement_reference=factories.departement("34"),
    )
    alone.couvertures.get().delete()
    factories.rewrite(Convention.objects.filter(pk=alone.pk), intitule="ORT vide")
    for convention in (salvetat, alone):
        answer = agent_81.post(page_of(convention, "delete"), {"post": "yes", "motif": "pour voir"})
        assert answer.status_code in (200, 302)
        assert Convention.objects.filter(pk=convention.pk).exists()


def test_what_the_neighbour_wrote_is_judged_by_the_reference_of_that_moment(
    agent_34, agent_81, national, salvetat
):
    post(agent_81, salvetat, intitule="ORT relue")
    assert list(Convention.objects.a_valider()) == [salvetat]
    post(agent_34, salvetat, departement_reference="81")
    assert list(Convention.objects.a_valider()) == [salvetat]


# Proposals.


def propose(browser, convention, **fields):
    data = {"entrees": "", "texte": "La délibération du 2 mai le dit."} | fields
    return browser.post(page_of(convention, "propose"), data)


def answer(browser, proposition, pressed, suite=""):
    url = reverse("admin:ort_proposition_answer", args=[proposition.pk])
    return browser.post(url, {pressed: "x", "suite": suite})


def test_a_page_sent_again_proposes_nothing_more(
    agent_81, salvetat, django_capture_on_commit_callbacks
):
    blank = agent_81.get(page_of(salvetat, "propose"))
    data = {"jeton": blank.context["jeton"], "duree_annees": "8"}
    assert f'name="jeton" value="{data["jeton"]}"' in blank.content.decode()
    refused = propose(agent_81, salvetat, **data, texte="")
    assert (refused.status_code, refused.context["jeton"]) == (200, data["jeton"])
    with django_capture_on_commit_callbacks(execute=True):
        first = propose(agent_81, salvetat, **data)
    made = Proposition.objects.get()
    with django_capture_on_commit_callbacks() as mails:
        again = propose(agent_81, salvetat, **data | {"duree_annees": "9"})
    assert first.url == again.url == reverse("admin:ort_proposition_change", args=[made.pk])
    assert ALREADY in [str(message) for message in get_messages(again.wsgi_request)]
    assert (Proposition.objects.get(), mails) == (made, [])
    assert propose(agent_81, salvetat, duree_annees="9").status_code == 302
    assert Proposition.objects.count() == 2


@pytest.fixture
def proposed(agent_81, salvetat):
    """What the Tarn proposes: that the commune of the Hérault goes out."""
    out = factories.avenant(salvetat, "2023-05-11", numero=1)
    factories.rewrite(Departement.objects.filter(pk="34"), courriel_service="pvd@herault.fr")
    agent_81.agent.email = "agent81@tarn.fr"
    agent_81.agent.save()
    covered = salvetat.couvertures.get(commune="34293")
    assert propose(agent_81, salvetat, sorties=[covered.pk], avenant=out.pk).status_code == 302
    return Proposition.objects.get()


def test_a_proposal_changes_no_figure_and_is_seen_and_mailed(
    agent_34, agent_81, proposed, salvetat, django_capture_on_commit_callbacks
):
    assert proposed.destinataire_id == "34"
    assert salvetat.couvertures.filter(sortie__isnull=True).count() == 2
    for browser in (agent_34, agent_81):
        assert "ORT de La Salvetat" in browser.get("/admin/").content.decode()
        page = browser.get(reverse("admin:ort_proposition_change", args=[proposed.pk]))
        assert "sortie par l" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        propose(agent_81, salvetat, duree_annees="8")
    (sent,) = mail.outbox
    assert sent.to == ["pvd@herault.fr"]
    assert "durée, en années : vide → 8" in sent.body
    assert "agent81" not in sent.body


def test_the_other_ddt_accepts_and_it_is_written_by_it(agent_34, proposed, salvetat):
    assert answer(agent_34, proposed, "acceptee").status_code == 302
    covered = salvetat.couvertures.get(commune="34293")
    assert covered.sortie.date_signature == day("2023-05-11")
    assert covered.history.first().history_user == agent_34.agent
    proposed.refresh_from_db()
    assert (proposed.reponse, proposed.repondu_par) == ("acceptee", agent_34.agent)
    assert answer(agent_34, proposed, "refusee").status_code == 403


def test_the_other_ddt_refuses_and_says_why(
    agent_34, proposed, salvetat, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer(agent_34, proposed, "refusee", "La commune reste.")
    proposed.refresh_from_db()
    assert (proposed.reponse, proposed.suite) == ("refusee", "La commune reste.")
    assert salvetat.couvertures.filter(sortie__isnull=True).count() == 2
    (sent,) = mail.outbox
    assert sent.to == ["agent81@tarn.fr"]
    assert "La commune reste." in sent.body


def test_the_author_withdraws_and_nobody_else(agent_34, agent_81, proposed, referent_34):
    assert answer(agent_34, proposed, "retiree").status_code == 403
    assert answer(agent_81, proposed, "acceptee").status_code == 403
    assert answer(agent_81, proposed, "refusee").status_code == 403
    assert answer(agent_81, proposed, "retiree").status_code == 302
    proposed.refresh_from_db()
    assert proposed.reponse == "retiree"


@pytest.mark.parametrize(
    ("who", "status"), [("lecteur_34", 403), ("agent_12", 302), ("referent_34", 302)]
)
def test_who_may_answer(who, status, request, proposed):
    if who == "agent_12":
        browser = browser_of(factories.agent("douze", [factories.departement("12")]))
    else:
        browser = request.getfixturevalue(who)
    assert answer(browser, proposed, "refusee").status_code == status
    proposed.refresh_from_db()
    assert proposed.reponse == ("refusee" if who == "referent_34" else "")


def test_a_date_that_is_proposed_and_accepted_is_no_longer_said_by_its_source(
    agent_34, agent_81, salvetat
):
    said = affirmation(salvetat, valeur="2022-07-28")
    propose(agent_81, salvetat, date_signature="29/07/2022")
    assert answer(agent_34, Proposition.objects.get(), "acceptee").status_code == 302
    said.refresh_from_db()
    salvetat.refresh_from_db()
    assert (salvetat.date_signature, said.retenue) == (day("2022-07-29"), False)


def test_a_proposal_on_what_has_changed_since_is_refused(agent_34, proposed, salvetat):
    other = factories.avenant(salvetat, "2024-05-11", numero=2)
    factories.rewrite(salvetat.couvertures.filter(commune="34293"), sortie=other)
    page = answer(agent_34, proposed, "acceptee")
    assert "a changé depuis la proposition" in page.content.decode()
    proposed.refresh_from_db()
    assert proposed.reponse == ""


def test_one_proposal_for_each_ddt_that_is_asked(agent_81, salvetat):
    out = factories.avenant(salvetat, "2023-05-11", numero=1)
    factories.commune("30189", nom="Nîmes")
    covered = salvetat.couvertures.get(commune="34293")
    propose(agent_81, salvetat, sorties=[covered.pk], entrees="30189", avenant=out.pk)
    asked = Proposition.objects.order_by("destinataire").values_list("destinataire", flat=True)
    assert list(asked) == ["30", "34"]


def test_a_commune_proposed_comes_in_by_its_avenant(agent_81, national, salvetat):
    entry = factories.avenant(salvetat, "2023-05-11", numero=1)
    factories.commune("30189", nom="Nîmes")
    propose(agent_81, salvetat, entrees="30189", avenant=entry.pk)
    answer(national, Proposition.objects.get(), "acceptee")
    assert salvetat.couvertures.get(commune="30189").entree == entry


def test_the_ddt_of_a_commune_that_would_come_in_sees_it_and_answers(agent_81, salvetat):
    """Its département is not touched by the convention yet; two communes are two rows."""
    entry = factories.avenant(salvetat, "2023-05-11", numero=1)
    for code, nom in (("30189", "Nîmes"), ("30007", "Alès")):
        factories.commune(code, nom=nom)
    propose(agent_81, salvetat, entrees="30189, 30007", avenant=entry.pk)
    asked = Proposition.objects.get()
    gard = browser_of(factories.agent("gard", [factories.departement("30")]))
    page = gard.get(reverse("admin:ort_proposition_change", args=[asked.pk])).content.decode()
    assert "Nîmes" in page
    assert "Alès" in page
    assert "à examiner" in gard.get("/admin/").content.decode()
    assert answer(gard, asked, "acceptee").status_code == 302
    entered = salvetat.couvertures.filter(entree=entry).values_list("commune", flat=True)
    assert set(entered) == {"30189", "30007"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"entrees": "99999"}, "Code inconnu du référentiel : 99999."),
        ({"entrees": "34142"}, "Dites par quel avenant."),
        ({"texte": ""}, "obligatoire"),
        ({"date_signature": "31/02/2023"}, "date"),
        ({"departement_reference": "12"}, "choix"),
    ],
)
def test_what_cannot_be_proposed_is_told(agent_81, salvetat, fields, told):
    factories.commune("34142")
    page = propose(agent_81, salvetat, **fields)
    assert page.status_code == 200
    assert told in str(page.context["form"].errors)
    assert not Proposition.objects.exists()


def test_who_keeps_the_ort_has_nothing_to_propose(agent_34, agent_81, lecteur_34, salvetat):
    assert propose(agent_34, salvetat).url == page_of(salvetat)
    assert lecteur_34.get(page_of(salvetat, "propose")).status_code == 403
    assert "Proposer un changement" in agent_81.get(page_of(salvetat)).content.decode()
    assert "Proposer un changement" not in agent_34.get(page_of(salvetat)).content.decode()
