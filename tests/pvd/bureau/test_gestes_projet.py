"""The guided actions of a plan: an action lives, its money moves, an avenant changes the plan."""

import html
import random
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from ort.models import Proposition
from projects.actions import regles
from projects.actions.faits import actions_datees
from projects.actions.models import Action, EffetAvenant, FaitAction
from projects.financements.models import Financement
from projects.projet.du_jour import ActionsDatees
from pvd.bureau.gestes.projet.vie import Demarrer, Lever, Relancer, Reprendre
from socle.historique import one_act, signed_by
from socle.models import Affirmation
from tests import factories
from tests.factories import day
from tests.formulaires import errors, filled, form_of
from tests.projects.projet.test_au_hasard import facts_drawn, written
from tests.pvd.bureau.test_gestes import do, fill_and_confirm, refusal, typed
from tests.vues import SansLaPage

NO_NEW_SOURCE = {"source_titre": "", "source_editeur": ""}
HERAULT = "Hérault (34)"
TODAY = timezone.localdate()
INSCRIRE = reverse("admin:gestes", args=["inscrire-une-action"])
POINT = reverse("admin:gestes", args=["faire-le-point"])


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def signed(lodeve):
    return factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")


@pytest.fixture
def place(lodeve, signed):
    return factories.action([lodeve], signed, numero="C1", intitule="Place du marché")


@pytest.fixture
def detr(place):
    """A DETR of 1 000 €, granted on 1 March 2024."""
    line = factories.financement(place, "detr")
    factories.fait_financement(line, "demande", "2023-10-01", 1200)
    factories.fait_financement(line, "accord", "2024-03-01", 1000)
    return line


def now(action, jour=None, interne=True):
    on = day(jour) if jour else TODAY
    return ActionsDatees([action.pk]).du_jour(on, interne=interne)[action.pk]


def text_of(answer):
    """Return a page as one reads it, its spaces made plain."""
    return " ".join(html.unescape(answer.content.decode()).split())


def preview(client, slug, record, **fields):
    """Return the preview of a geste: what is written, what figures change."""
    url = reverse("admin:geste", args=[slug, record.pk])
    answer = client.post(url, typed(**fields))
    assert "effects" in answer.context, answer.context["form"].errors
    return answer


def changes(answer):
    return {
        (c.territoire, str(c.chiffre)): (c.avant, c.apres)
        for c in answer.context["effects"].changements
    }


def test_an_action_lives_by_its_gestes(agent_34, place):
    steps = [
        ("action-demarrer", {"phase": "operation", "date": "10/01/2024"}, "en_cours"),
        ("action-signaler-un-blocage", {"date": "01/02/2024", "texte": "Fouilles"}, "bloquee"),
        ("action-lever-le-blocage", {"date": "01/03/2024"}, "en_cours"),
        ("action-mettre-en-pause", {"date": "01/04/2024"}, "en_pause"),
        ("action-reprendre", {"date": "01/05/2024"}, "en_cours"),
        ("action-achever", {"phase": "operation", "date": "01/06/2024"}, "achevee"),
        ("action-relancer", {"date": "01/07/2024", "texte": "Malfaçons"}, "en_cours"),
        ("action-abandonner", {"date": "01/08/2024", "texte": "Sans repreneur"}, "abandonnee"),
        ("action-relancer", {"date": "01/09/2024"}, "en_cours"),
    ]
    for slug, fields, state in steps:
        answer = do(agent_34, slug, place, **fields)
        assert answer.status_code == 302, (slug, answer.context["form"].errors)
        assert answer.url == reverse("admin:projects_action_page", args=[place.pk])
        assert now(place).etat == state, slug
    begun = FaitAction.objects.get(nature="debut")
    assert begun.affirmations.get().valeur == "2024-01-10"
    assert begun.history.get().history_change_reason == "Action démarrée"


def test_the_preview_says_what_anybody_will_read(agent_34, place):
    """And the reason of a blocking is no part of it."""
    answer = preview(
        SansLaPage(agent_34), "action-demarrer", place, phase="operation", date="10/01/2024"
    )
    changed = changes(answer)
    assert changed["Ce que chacun en lit", "état de l'action"] == ("non renseignée", "en cours")
    assert changed[HERAULT, "actions « en cours »"] == (0, 1)
    assert changed[HERAULT, "actions « non renseignée »"] == (1, 0)
    assert not FaitAction.objects.exists()


@pytest.mark.parametrize(
    ("slug", "fields", "told"),
    [
        (
            "action-achever",
            {"phase": "operation", "precision": "au_plus_tard"},
            "L'opération ne finit pas avant son début, le 10 mai 2024.",
        ),
        (
            "action-abandonner",
            {"texte": "Sans repreneur"},
            "abandonnée depuis le 1er janvier 2023 : enregistrez d'abord la relance.",
        ),
    ],
)
def test_a_fact_is_not_of_a_day_that_the_others_refuse(slug, fields, told, agent_34, place):
    factories.fait(place, "debut", "2024-05-10")
    assert told in refusal(agent_34, slug, place, date="01/01/2023", **fields)


@pytest.mark.parametrize(
    ("slug", "fields", "told"),
    [
        ("action-achever", {"phase": "operation"}, "Une fin suit le début de sa phase"),
        (
            "action-demarrer",
            {"phase": "operation", "date": factories.typed_tomorrow},
            "Cette date est à venir",
        ),
        ("action-abandonner", {"texte": ""}, "obligatoire"),
        ("action-reviser-le-cout", {"montant": "-5"}, "Un montant n'est pas négatif"),
        ("action-reviser-le-cout", {"montant": "2 000 000 000"}, "Plus d'un milliard d'euros"),
        ("action-reviser-le-cout", {"montant": "1.234"}, "deux lectures possibles"),
        ("action-reviser-le-cout", {"montant": "à définir"}, "Écrivez par exemple"),
        ("action-reviser-le-calendrier", {}, "Dites le début prévu, la fin prévue, ou les deux"),
        (
            "action-reviser-le-calendrier",
            {"debut": "01/06/2030", "fin": "01/06/2029"},
            "La fin prévue vient après le début prévu",
        ),
    ],
)
def test_what_cannot_be_of_an_action_is_refused(slug, fields, told, agent_34, place):
    asked = {"date": "01/02/2024", "nature": "estime"} | factories.asked_now(fields)
    assert told in refusal(agent_34, slug, place, **asked)


def test_two_ends_are_one_too_many(agent_34, place):
    factories.fait(place, "debut", "2024-01-01", phase="etude")
    factories.fait(place, "fin", "2024-02-01", phase="etude")
    told = refusal(agent_34, "action-achever", place, phase="etude", date="01/03/2024")
    assert "Cette phase a déjà une fin" in told


@pytest.mark.parametrize("typed_amount", ["1 234,56 €", "1.234,56", "1,234.56", "1234.56"])
def test_an_amount_is_read_as_people_write_it(typed_amount, agent_34, place):
    answer = do(
        agent_34,
        "action-reviser-le-cout",
        place,
        montant=typed_amount,
        base="HT",
        nature="marche",
    )
    assert answer.status_code == 302
    assert place.couts.get().montant == Decimal("1234.56")


@pytest.mark.une_base
def test_a_cost_of_another_base_is_told_to_compare_with_nothing(agent_34, place):
    factories.cout(place, 1000, "2024-01-01", base="HT")
    answer = preview(
        agent_34, "action-reviser-le-cout", place, montant="1200", base="TTC", nature="estime"
    )
    assert "Hors taxes et toutes taxes" in text_of(answer)


@pytest.mark.une_base
@pytest.mark.parametrize(("nature", "stays"), [("estime", True), ("definitif", False)])
def test_a_definitive_cost_stays_until_another_one(agent_34, place, nature, stays):
    factories.cout(place, 100, "2024-01-01", nature="definitif", base="HT")
    typed = {"montant": "300", "base": "HT", "nature": nature, "date": "01/02/2024"}
    answer = text_of(preview(agent_34, "action-reviser-le-cout", place, **typed))
    assert ("Un coût définitif est déjà connu : 100" in answer) is stays
    assert ("au lieu de" in answer) is not stays
    do(agent_34, "action-reviser-le-cout", place, **typed)
    assert now(place).cout.montant == (100 if stays else 300)


def test_a_new_calendar_replaces_none(agent_34, place):
    for said, fin in (("01/01/2024", "01/06/2025"), ("01/06/2024", "01/09/2025")):
        answer = do(
            agent_34,
            "action-reviser-le-calendrier",
            place,
            date=said,
            fin=fin,
            precision_fin="mois",
        )
        assert answer.status_code == 302
    assert now(place).glissement_jours == 92
    assert now(place, "2025-10-01").en_retard


def money(client, slug, record, **fields):
    """Do a geste of money, and tell that it was written."""
    answer = do(client, slug, record, **fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def test_a_line_is_asked_granted_paid_and_balanced(agent_34, place):
    scheme = factories.dispositif("fonds-vert", financeur=factories.organisme("Ministère"))
    asked = {"dispositif": scheme.pk, "forme": "subvention", "annee": 2024}
    money(
        agent_34,
        "action-deposer-une-demande",
        place,
        date="15/01/2024",
        montant="40 000",
        dossier_complet="01/02/2024",
        **asked,
    )
    line = Financement.objects.get()
    assert (line.action, line.annee, line.identifiant) == (
        place,
        2024,
        f"{place.identifiant}-fonds-vert",
    )
    assert now(place).sommes.en_attente.montant == 40_000
    assert not now(place, interne=False).lignes
    money(
        agent_34,
        "financement-enregistrer-un-accord",
        line,
        reference="2024-12",
        date="10/04/2024",
        depense_subventionnable="100 000",
        base="HT",
        taux="30",
        date_notification="20/04/2024",
    )
    granted = line.faits.get(nature="accord")
    assert (granted.montant, granted.taux) == (Decimal("30000.00"), 30)
    money(
        agent_34,
        "financement-enregistrer-un-versement",
        line,
        sorte="avance",
        montant="9000",
        date="01/06/2024",
    )
    form = (
        SansLaPage(agent_34)
        .get(reverse("admin:geste", args=["financement-enregistrer-un-versement", line.pk]))
        .context["form"]
    )
    assert form.initial.get("montant") or form["montant"].initial == 21_000
    answer = preview(
        agent_34,
        "financement-enregistrer-un-versement",
        line,
        sorte="solde",
        montant="20 000,50",
        date="01/06/2025",
    )
    assert "soldé à 29" in text_of(answer)
    assert changes(answer)[HERAULT, "versé, en €"] == (9000, Decimal("29000.50"))
    money(
        agent_34,
        "financement-enregistrer-un-versement",
        line,
        sorte="solde",
        montant="20 000,50",
        date="01/06/2025",
    )
    assert now(place).sommes.accorde.montant == Decimal("29000.50")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"montant": "1000,01"}, "au-delà des 1"),
        ({"montant": "0"}, "Un montant de zéro euro ne dit rien ici"),
        ({"montant": "500", "date": "29/02/2024"}, "Un versement suit la décision"),
    ],
)
def test_a_payment_stays_within_its_grant(fields, told, agent_34, detr):
    asked = {"sorte": "acompte", "date": "01/05/2024"} | fields
    assert told in refusal(agent_34, "financement-enregistrer-un-versement", detr, **asked)


def test_a_grant_is_notified_once_it_is_signed(agent_34, place):
    line = factories.financement(place)
    asked = {"date": "01/05/2024", "montant": "1000", "date_notification": "30/04/2024"}
    told = refusal(agent_34, "financement-enregistrer-un-accord", line, **asked)
    assert "Une décision est notifiée le jour où elle est signée, ou après" in told
    asked |= {"date_notification": "01/05/2024"}
    money(agent_34, "financement-enregistrer-un-accord", line, **asked)


@pytest.mark.parametrize("left", ["1000", "5000"])
def test_a_withdrawal_lowers_the_grant(left, agent_34, detr):
    asked = {"sorte": "annulation", "date": "01/06/2024", "montant": left}
    assert "Un retrait diminue" in refusal(agent_34, "financement-retirer", detr, **asked)
    money(agent_34, "financement-retirer", detr, **asked | {"montant": "999,99"})
    assert detr.faits.get(nature="retrait").montant == Decimal("999.99")


def test_nothing_is_paid_after_the_balance(agent_34, detr):
    factories.fait_financement(detr, "versement", "2024-06-01", 900, sorte_versement="solde")
    url = reverse("admin:geste", args=["financement-enregistrer-un-versement", detr.pk])
    assert agent_34.get(url, follow=True).status_code == 200
    assert agent_34.get(url).status_code == 302


def test_a_grant_before_its_request_is_refused(agent_34, place):
    line = factories.financement(place)
    factories.fait_financement(line, "demande", "2024-05-01", 1000)
    told = refusal(
        agent_34, "financement-enregistrer-un-accord", line, date="01/04/2024", montant="1000"
    )
    assert "Une demande ne suit pas son accord" in told


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"taux": "0,8", "depense_subventionnable": "1000"}, "0,80 % ou 80 % ?"),
        ({"taux": "105"}, "Le taux va de 0 à 100"),
        (
            {"taux": "30", "depense_subventionnable": "1000", "montant": "301,01"},
            "30 % de 1 000 € font 300 €, et non 301,01 €",
        ),
    ],
)
def test_a_rate_a_spending_and_an_amount_check_one_another(fields, told, agent_34, place):
    line = factories.financement(place)
    said = refusal(
        agent_34, "financement-enregistrer-un-accord", line, **{"date": "01/04/2024"} | fields
    )
    assert told in said.translate({0x202F: " ", 0xA0: " "})


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({"taux": "30", "montant": "301"}, "301"),
        ({"taux": "30", "montant": "250", "motif": "Plafonné"}, "250"),
        ({"taux": "0,8", "taux_confirme": "on"}, "8"),
        ({"taux": "0,8", "montant": "8"}, "8"),
        ({}, None),
    ],
)
def test_a_difference_of_a_euro_or_with_a_reason_is_kept(fields, amount, agent_34, place):
    line = factories.financement(place)
    asked = {"date": "01/04/2024", "depense_subventionnable": "1000"} | fields
    money(agent_34, "financement-enregistrer-un-accord", line, **asked)
    assert line.faits.get().montant == (amount and Decimal(amount))


def test_a_payment_whose_grant_is_unknown_supposes_one_that_the_decision_replaces(agent_34, place):
    line = factories.financement(place)
    paid = {"sorte": "acompte", "montant": "500", "date": "01/05/2024"}
    money(agent_34, "financement-enregistrer-un-versement", line, **paid)
    supposed = line.faits.get(nature="accord")
    assert (supposed.suppose, supposed.montant, supposed.precision) == (True, None, "au_plus_tard")
    late = refusal(
        agent_34, "financement-enregistrer-un-accord", line, date="02/05/2024", montant="800"
    )
    assert "Un versement suit la décision" in late
    money(agent_34, "financement-enregistrer-un-accord", line, date="01/02/2024", montant="800")
    granted = line.faits.get(nature="accord")
    assert (granted.pk, granted.suppose, granted.montant) == (supposed.pk, False, 800)
    assert granted.history.first().history_change_reason == "Accord enregistré"


def test_two_identical_grants_are_two_and_it_is_said(agent_34, place):
    scheme = factories.dispositif("dsil", financeur=factories.organisme("Préfecture"))
    asked = {"dispositif": scheme.pk, "forme": "subvention", "montant": "1000"}
    money(agent_34, "action-enregistrer-un-accord", place, date="01/02/2024", **asked)
    answer = preview(agent_34, "action-enregistrer-un-accord", place, date="01/02/2024", **asked)
    assert "a déjà une ligne" in text_of(answer)
    money(agent_34, "action-enregistrer-un-accord", place, date="01/02/2024", **asked)
    assert now(place).sommes.accorde.montant == 2000


def test_a_scheme_without_funder_asks_who_pays(agent_34, place):
    scheme = factories.dispositif("region", "collectivite")
    told = refusal(
        agent_34,
        "action-deposer-une-demande",
        place,
        dispositif=scheme.pk,
        forme="subvention",
        montant="10",
    )
    assert "Ce dispositif ne dit pas qui paie" in told


def test_a_grant_is_changed_extended_withdrawn_and_a_request_refused(agent_34, detr, place):
    money(
        agent_34,
        "financement-proroger",
        detr,
        delai="commencement",
        date_limite_prevue="01/03/2027",
        date="01/02/2025",
    )
    assert detr.faits.get(nature="prorogation").date_limite_prevue == day("2027-03-01")
    money(agent_34, "financement-modifier-l-accord", detr, montant="800", date="01/03/2025")
    assert now(place).sommes.accorde.montant == 800
    money(
        agent_34,
        "financement-retirer",
        detr,
        sorte="caducite",
        montant="0",
        date="01/04/2025",
        motif="Rien de commencé",
    )
    assert now(place).sommes.retire.lignes == 1
    asked = factories.financement(place, "dsil")
    factories.fait_financement(asked, "demande", "2024-01-01", 700)
    money(
        agent_34,
        "financement-refus-ou-sans-suite",
        asked,
        nature="refus",
        date="01/05/2024",
        motif="Enveloppe épuisée",
    )
    assert now(place).sommes.refuse.montant == 700
    assert len(now(place, interne=False).lignes) == 1


def inscription(**fields):
    asked = {"numero": "A1", "intitule": "Îlot", "aboutissement": "operation"}
    return typed(**asked | {"date": "16/07/2021"} | fields)


def test_an_action_is_written_in_with_its_act_its_place_and_its_cost(agent_34, lodeve, signed):
    answer = fill_and_confirm(
        agent_34,
        INSCRIRE,
        inscription(
            convention=signed.pk,
            communes=[lodeve.pk],
            maitre_ouvrage_commune=lodeve.pk,
            montant="1 240 000",
            base="HT",
            fin="2027-06-01",
            precision_fin="mois",
        ),
    )
    assert answer.status_code == 302, answer.context["form"].errors
    action = Action.objects.get()
    assert (action.identifiant, action.entree_par, action.convention) == (
        "a1-ilot",
        "convention",
        signed,
    )
    assert now(action).au_plan
    assert now(action).cout.montant == 1_240_000
    said = Affirmation.objects.get(champ="intitule", object_id=str(action.pk))
    assert said.source.titre == "Convention signée"
    with signed_by(factories.agent("autre", [lodeve.departement])), one_act("relu"):
        action.because("relu").save()


def test_the_number_of_an_action_stays_a_text(agent_34, lodeve, signed):
    for number in ("1.1", "1.10"):
        asked = inscription(numero=number, convention=signed.pk, communes=[lodeve.pk])
        assert fill_and_confirm(agent_34, INSCRIRE, asked).status_code == 302
    assert sorted(Action.objects.values_list("numero", flat=True)) == ["1.1", "1.10"]


def test_what_no_plan_is_known_to_hold_is_an_operation_relevee(agent_34, lodeve):
    assert (
        fill_and_confirm(agent_34, INSCRIRE, inscription(communes=[lodeve.pk])).status_code == 302
    )
    assert Action.objects.get().relevee


def test_an_action_is_of_communes_that_its_act_concerns(agent_34, lodeve, signed):
    """Not of one that the convention does not cover, nor of one that came in after."""
    away, later = (
        factories.commune("34103", nom="Ailleurs"),
        factories.commune("34011", nom="Après"),
    )
    factories.avenant(signed, "2023-01-01", communes=[later])
    for town, told in ((away, "Ailleurs : l'acte"), (later, "Après : l'acte")):
        asked = inscription(convention=signed.pk, communes=[lodeve.pk, town.pk])
        answer = fill_and_confirm(agent_34, INSCRIRE, asked)
        assert told in str(answer.context["form"].errors).replace("&#x27;", "'")
    assert not Action.objects.exists()


def test_an_axe_of_another_plan_is_refused(agent_34, lodeve, signed):
    axe = factories.axe(factories.convention(communes=[lodeve]))
    asked = inscription(convention=signed.pk, communes=[lodeve.pk], axe=axe.pk)
    answer = fill_and_confirm(agent_34, INSCRIRE, asked)
    assert "celui d'un autre plan" in html.unescape(str(answer.context["form"].errors))


def test_the_actions_of_an_adhesion_are_attached_to_the_convention(agent_34, lodeve, signed):
    joined = factories.labellisation(lodeve, adhesion="2021-03-26")
    action = factories.action([lodeve], adhesions=[joined])
    answer = do(agent_34, "attacher-les-actions-de-l-adhesion", signed, actions=[action.pk])
    assert answer.status_code == 302
    action.refresh_from_db()
    assert (action.convention, action.entree_par) == (signed, "adhesion")
    assert now(action).dates.entree_le == day("2021-03-26")


def test_what_was_taken_back_may_be_done_again(agent_34, lodeve, signed):
    """The page that was confirmed is not taken for this one, though it says the same."""
    joined = factories.labellisation(lodeve, adhesion="2021-03-26")
    # Their keys are not those of the convention, nor of each other.
    factories.action([lodeve])
    action = factories.action([lodeve], adhesions=[joined])
    for _ in range(2):
        answer = do(agent_34, "attacher-les-actions-de-l-adhesion", signed, actions=[action.pk])
        action.refresh_from_db()
        assert action.convention == signed
        undo = re.search(r"/admin/actes/[a-z.]+/[0-9]+/annuler/", text_of(agent_34.get(answer.url)))
        agent_34.post(undo[0], {"motif": "trop tôt", "_confirmer": "1"})
        action.refresh_from_db()
        assert action.convention is None


def test_an_avenant_adds_drops_changes_and_gives_in_one_act(agent_34, lodeve, signed, place, detr):
    factories.fait_financement(detr, "versement", "2024-06-01", 500)
    changed = factories.action([lodeve], signed, numero="C2")
    given = factories.action([lodeve], signed, numero="C3", maitre_ouvrage_commune=lodeve)
    epci = lodeve.rattachements.get().intercommunalite
    avenant = factories.avenant(signed, "2025-01-01")
    asked = {
        "avenant": avenant.pk,
        "ajoutees": "A4 ; Kiosque ; Lodève",
        "retirees": [place.pk],
        "modifiees": [changed.pk],
        "texte": "Surface portée à 300 m²",
        "transferees": [given.pk],
        "maitre_ouvrage_intercommunalite": epci.pk,
    }
    answer = preview(agent_34, "appliquer-un-avenant-au-plan", signed, **asked)
    told = text_of(answer)
    assert "« C1 Place du marché » a reçu 500" in told
    answer = do(agent_34, "appliquer-un-avenant-au-plan", signed, **asked)
    assert answer.status_code == 302, answer.context["form"].errors
    added = Action.objects.get(numero="A4")
    assert (added.entree, added.intitule) == (avenant, "Kiosque")
    assert now(place, "2024-12-31").au_plan
    assert not now(place).au_plan
    assert EffetAvenant.objects.get(action=changed).texte == "Surface portée à 300 m²"
    assert now(given, "2024-12-31").maitre_ouvrage == ("34142", None, None)
    assert now(given).maitre_ouvrage == (None, epci.pk, None)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "un effet au moins"),
        ({"ajoutees": "Kiosque"}, "écrivez « numéro ; intitulé ; communes »"),
        ({"ajoutees": "A4 ; Kiosque ; Pézenas"}, "Pézenas n'est pas couverte par la convention"),
        ({"transferees": "place"}, "Dites à qui ces actions sont données"),
    ],
)
def test_an_avenant_says_what_it_does(fields, told, agent_34, signed, place):
    avenant = factories.avenant(signed, "2025-01-01")
    asked = {"avenant": avenant.pk} | fields
    if "transferees" in asked:
        asked["transferees"] = [place.pk]
    assert told in refusal(agent_34, "appliquer-un-avenant-au-plan", signed, **asked)


def test_an_avenant_gives_an_action_to_another(agent_34, lodeve, signed):
    given = factories.action([lodeve], signed, maitre_ouvrage_commune=lodeve)
    asked = {"transferees": [given.pk], "maitre_ouvrage_commune": lodeve.pk}
    asked["avenant"] = factories.avenant(signed, "2025-01-01").pk
    told = refusal(agent_34, "appliquer-un-avenant-au-plan", signed, **asked)
    assert "L'ancien maître d'ouvrage serait aussi le nouveau" in told


def test_an_avenant_gives_an_action_back_to_who_had_it(agent_34, lodeve, signed):
    epci = lodeve.rattachements.get().intercommunalite
    given = factories.action([lodeve], signed, maitre_ouvrage_commune=lodeve)
    for year, owner in (("2025", {"intercommunalite": epci.pk}), ("2026", {"commune": lodeve.pk})):
        asked = {f"maitre_ouvrage_{kind}": key for kind, key in owner.items()}
        asked |= {"transferees": [given.pk]}
        asked["avenant"] = factories.avenant(signed, f"{year}-01-01").pk
        answer = do(agent_34, "appliquer-un-avenant-au-plan", signed, **asked)
        assert answer.status_code == 302, answer.context["form"].errors
    held = [
        now(given, jour).maitre_ouvrage[0] for jour in ("2024-12-31", "2025-01-01", "2026-01-01")
    ]
    assert held == ["34142", None, "34142"]


def test_an_avenant_does_not_take_out_what_a_later_one_changed(agent_34, lodeve, signed):
    action = factories.action([lodeve], signed)
    later = factories.avenant(signed, "2025-02-01")
    EffetAvenant.objects.create(action=action, avenant=later, nature="modifiee")
    asked = {"retirees": [action.pk], "avenant": factories.avenant(signed, "2025-01-01").pk}
    told = refusal(agent_34, "appliquer-un-avenant-au-plan", signed, **asked)
    assert "suit celui qui retire l'action du plan, le 1er janvier 2025" in told


def test_many_actions_are_looked_at_at_once(agent_34, lodeve, signed, place):
    other = factories.action([lodeve], signed)
    over = factories.action([lodeve], signed)
    factories.fait(over, "abandon", "2024-01-01")
    elsewhere = factories.action([factories.commune("81124")])
    offered = [
        key for key, _ in SansLaPage(agent_34).get(POINT).context["form"].fields["actions"].choices
    ]
    assert set(offered) == {place.pk, other.pk}
    asked = typed(date="01/02/2025", actions=[place.pk, other.pk])
    assert fill_and_confirm(agent_34, POINT, asked).status_code == 302
    assert FaitAction.objects.filter(nature="point").count() == 2
    assert now(place).derniere_nouvelle == day("2025-02-01")
    refused = fill_and_confirm(agent_34, POINT, typed(actions=[elsewhere.pk]))
    assert refused.status_code == 200


@pytest.fixture
def shared(db):
    """An action of La Salvetat (34) and Lacaune (81), of a convention that the Hérault keeps."""
    towns = [factories.commune("34293"), factories.commune("81124")]
    return factories.action(towns, factories.convention("2022-07-28", towns))


def test_an_agent_of_one_of_its_communes_records_facts_and_takes_nothing(agent_81, shared):
    """What would take it from the other DDT is proposed to it."""
    assert do(agent_81, "action-demarrer", shared, phase="operation").status_code == 302
    avenant = factories.avenant(shared.convention, "2025-01-01")
    asked = {"avenant": avenant.pk, "retirees": [shared.pk]}
    answer = do(agent_81, "appliquer-un-avenant-au-plan", shared.convention, **asked)
    assert answer.url == reverse(
        "admin:ort_proposition_change", args=[Proposition.objects.get().pk]
    )
    shared.refresh_from_db()
    assert shared.sortie is None


def test_an_agent_who_only_reads_an_action_records_nothing(agent_81, shared):
    theirs = factories.action([factories.commune("34142")], shared.convention)
    url = reverse("admin:geste", args=["action-demarrer", theirs.pk])
    assert agent_81.get(url).status_code == 404
    assert agent_81.post(url, typed(phase="operation")).status_code == 404
    assert agent_81.get(reverse("admin:projects_action_page", args=[theirs.pk])).status_code == 200


def test_an_action_is_of_a_commune_of_the_agent_or_of_a_convention_that_it_keeps(
    agent_34, agent_81, shared
):
    asked = inscription(convention=shared.convention.pk, communes=["34293"])
    refused = SansLaPage(agent_81).post(INSCRIRE, asked)
    assert "au moins une commune de vos départements" in str(refused.context["form"].errors)
    for numero, browser, communes in (
        ("B1", agent_81, ["34293", "81124"]),
        ("B2", agent_34, ["81124"]),
    ):
        told = asked | {"communes": communes, "numero": numero}
        assert fill_and_confirm(browser, INSCRIRE, told).status_code == 302, communes
    owned = inscription(communes=["81124"], maitre_ouvrage_commune="34293")
    assert "choix valide" in str(SansLaPage(agent_81).post(INSCRIRE, owned).context["form"].errors)


def test_an_act_is_taken_back(agent_34, detr, place):
    answer = money(
        agent_34,
        "financement-enregistrer-un-versement",
        detr,
        sorte="avance",
        montant="300",
        date="01/06/2024",
    )
    page = text_of(agent_34.get(answer.url))
    assert "Versement enregistré" in page
    undo = re.search(r"/admin/actes/[a-z.]+/[0-9]+/annuler/", page)[0]
    agent_34.post(undo, {"motif": "doublon", "_confirmer": "1"})
    assert not detr.faits.filter(nature="versement").exists()


def test_a_funder_is_not_removed_under_its_grant(national, place):
    region = factories.organisme("Région")
    factories.financement(place, "region", financeur_organisme=region)
    url = reverse("admin:ort_organisme_delete", args=[region.pk])
    national.post(url, {"post": "yes", "motif": "doublon"})
    region.refresh_from_db()
    assert "REGION" in text_of(national.get(url))


@pytest.mark.une_base
def test_the_page_of_an_action_sets_what_is_public_beside_what_is_not(
    agent_34, lecteur_34, detr, place
):
    factories.fait(place, "debut", "2024-01-10")
    factories.fait(place, "blocage", "2024-02-01", texte="Fouilles")
    factories.fait_financement(detr, "versement", "2024-06-01", 300)
    url = reverse("admin:projects_action_page", args=[place.pk])
    page = agent_34.get(url)
    text = text_of(page)
    for told in (
        "Action bloquée depuis le 1er février 2024",
        "Fouilles",
        "jamais publié",
        "reste à verser",
    ):
        assert told in text
    stages = {etape.nom: (etape.interne, etape.public) for etape in page.context["fiche"].etapes}
    assert stages["demandé"][0].montant == 1200
    assert stages["demandé"][1] is None
    assert stages["versé"][0] == stages["versé"][1]
    titles = [titre for _, ways in page.context["fiche"].gestes for titre, _ in ways]
    assert "Lever le blocage" in titles
    assert "Enregistrer un versement" in titles
    assert "Reprendre" not in titles
    assert not SansLaPage(lecteur_34).get(url).context["fiche"].gestes
    history = agent_34.get(reverse("admin:projects_action_history", args=[place.pk]))
    assert "300" in text_of(history)


@pytest.mark.une_base
def test_the_page_of_an_action_leads_to_its_public_page_wherever_there_is_one(
    agent_34, client, lodeve, signed, place
):
    def led(action):
        address = reverse("action", args=[action.identifiant])
        page = text_of(agent_34.get(reverse("admin:projects_action_page", args=[action.pk])))
        return f'href="{address}"' in page, client.get(address).status_code

    avenant = factories.avenant(signed, str(TODAY))
    factories.rewrite(Action.objects.filter(pk=place.pk), sortie=avenant)
    assert led(place) == (True, 200)
    later = factories.avenant(signed, None, date_signature_prevue=TODAY)
    assert led(factories.action([lodeve], signed, entree=later)) == (False, 404)


@pytest.mark.une_base
def test_an_action_is_named_on_the_pages_of_its_territories(agent_34, lodeve, signed, place):
    epci = lodeve.rattachements.get().intercommunalite
    for record, model in (
        (lodeve, "communes_commune"),
        (signed, "ort_convention"),
        (epci, "communes_intercommunalite"),
    ):
        page = agent_34.get(reverse(f"admin:{model}_page", args=[record.pk]))
        assert "C1 Place du marché" in text_of(page)
    assert "C1 Place du marché" in text_of(
        agent_34.get(reverse("admin:communes_commune_fiche", args=["34142"]))
    )


def test_a_plain_form_refuses_communes_out_of_the_plan(agent_34, place):
    url = reverse("admin:projects_action_change", args=[place.pk])
    away = factories.commune("34103", nom="Ailleurs")
    rows = {"communes_liees-TOTAL_FORMS": 2, "communes_liees-1-commune": away.pk}
    rows |= {"communes_liees-1-action": place.pk, "motif_correction": "relu"}
    answer = agent_34.post(url, filled(form_of(agent_34, url), **rows))
    assert answer.status_code == 200
    assert "Ailleurs : l'acte" in errors(answer)
    assert place.communes_liees.count() == 1


@pytest.mark.django_db
def test_the_gestes_offered_are_those_that_the_rule_of_the_state_allows(lodeve, signed):
    """Which actions a geste is for is asked of the base; what their state is, told in Python."""
    chance = random.Random(81)
    for _ in range(12):
        faits = list({facts_drawn(chance) for _ in range(6)})
        action, *_ = written(faits, signed, lodeve, chance)
        datee = actions_datees([action.pk])[action.pk]
        for jour in {fait.jour for fait in faits}:
            told = regles.faits_au(datee, jour)
            alive = regles.etat(datee, jour) not in regles.TERMINEES
            allowed = {
                Demarrer: alive,
                Relancer: not alive,
                Lever: alive and regles.last_of(told, "blocage", "levee") == "blocage",
                Reprendre: alive and regles.last_of(told, "pause", "reprise") == "pause",
            }
            itself = Action.objects.filter(pk=action.pk)
            for geste, expected in allowed.items():
                assert geste().candidates(itself, jour).exists() is expected, (geste, jour, faits)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("43,73117", "3,31727"), ("43.73117°", " 3.317271 ")]
)
def test_an_action_is_placed_by_who_says_where(agent_34, client, latitude, longitude):
    action = factories.action([factories.commune("34142", epci="new")], factories.convention())
    factories.rewrite(
        type(action).objects.all(), latitude=Decimal("43.7"), longitude=Decimal("3.3")
    )
    plan = factories.source(titre="Plan de l'îlot")
    asked = {"latitude": latitude, "longitude": longitude, "source": plan.pk, **NO_NEW_SOURCE}
    told = text_of(preview(agent_34, "action-situer", action, **asked))
    assert "Au lieu de 43,70000, longitude 3,30000" in told
    assert do(agent_34, "action-situer", action, **asked).status_code == 302
    action.refresh_from_db()
    assert (action.latitude, action.longitude) == (Decimal("43.73117"), Decimal("3.31727"))
    said = action.affirmations.get()
    assert (said.champ, said.source) == ("lieu", plan)
    assert said.valeur_brute == "43,73117, longitude 3,31727"


def test_the_place_of_an_action_has_one_retained_source(agent_34):
    action = factories.action([factories.commune("34142", epci="new")], factories.convention())
    first, second = factories.source(titre="Plan"), factories.source(titre="Cadastre")
    for source, latitude in ((first, "43,7"), (second, "43,8"), (first, "43,7")):
        asked = {"latitude": latitude, "longitude": "3,3", "source": source.pk, **NO_NEW_SOURCE}
        assert do(agent_34, "action-situer", action, **asked).status_code == 302
        assert action.affirmations.retenues().get().source == source
    assert action.affirmations.count() == 2


@pytest.mark.parametrize(
    ("latitude", "longitude", "champ"),
    [
        ("91", "3", "latitude"),
        ("43", "-181", "longitude"),
        ("", "3", "latitude"),
        ("0", "0", "__all__"),
        ("3,5", "43,6", "__all__"),
    ],
)
def test_a_place_that_cannot_be_is_refused(agent_34, latitude, longitude, champ):
    action = factories.action([factories.commune("34142", epci="new")], factories.convention())
    answer = do(agent_34, "action-situer", action, latitude=latitude, longitude=longitude)
    assert champ in answer.context["form"].errors
    action.refresh_from_db()
    assert action.latitude is None
