"""The guided actions on posts: opened, shared, recruited for, held, funded; each told on its story."""

import datetime
import html
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.postes.models import (
    CofinancementPoste,
    Desserte,
    Etat,
    Occupation,
    Poste,
    Recrutement,
)
from socle.models import Affirmation
from socle.sources import record_type
from tests import factories
from tests.fichiers import confirm, previewed
from tests.formulaires import filled, form_of
from tests.lecture import poste_du_jour
from tests.pvd.bureau.test_gestes import address, do, fill_and_confirm, refusal, typed
from tests.vues import SansLaPage

OPEN = reverse("admin:gestes", args=["ouvrir-un-poste"])


def french(day):
    return f"{day:%d/%m/%Y}"


def state(poste, jour):
    return poste_du_jour(poste, factories.day(jour)).etat


def said(record):
    """Return what the sources say of the dates of a record, as the geste wrote it."""
    of_record = Affirmation.objects.filter(
        content_type=record_type(record), object_id=str(record.pk)
    )
    return {(a.champ, a.valeur, a.precision) for a in of_record}


@pytest.fixture
def poste(db):
    return factories.poste([factories.commune("34142", nom="Lodève")])


@pytest.fixture
def shared(db):
    """Return a post that serves a commune of the Hérault and one of the Tarn."""
    return factories.poste([factories.commune("34293"), factories.commune("81124")])


def opening(**fields):
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    clermont = factories.commune("34079", nom="Clermont-l'Hérault")
    asked = {"intitule": "Chef de projet", "employeur_commune": lodeve.pk, "quotite": 80}
    return typed(**asked | {"communes": [lodeve.pk, clermont.pk], "date": "01/09/2023"} | fields)


def test_a_post_is_opened_with_its_employer_and_its_communes(agent_34):
    shown = agent_34.post(OPEN, opening())
    page = html.unescape(shown.content.decode())
    assert "est ouvert le 1er septembre 2023, à 80 % d'un temps plein" in page
    assert "Clermont-l'Hérault et Lodève" in page
    assert not Poste.objects.exists()
    answer = fill_and_confirm(agent_34, OPEN, opening())
    opened = Poste.objects.get()
    assert answer.url == reverse("admin:projects_poste_histoire", args=[opened.pk])
    assert agent_34.get(answer.url).status_code == 200
    assert (opened.employeur_commune_id, opened.quotite) == ("34142", 80)
    served = {(d.commune_id, d.debut) for d in opened.dessertes.all()}
    assert served == {
        ("34142", factories.day("2023-09-01")),
        ("34079", factories.day("2023-09-01")),
    }
    assert said(opened) == {("date_ouverture", "2023-09-01", "jour")}
    for desserte in opened.dessertes.all():
        assert said(desserte) == {("debut", "2023-09-01", "jour")}
    assert opened.history.get().history_change_reason == "Poste ouvert"
    assert state(opened, "2023-08-31") == Etat.PREVU
    assert state(opened, "2023-09-01") == Etat.VACANT


def test_a_post_is_named_by_its_communes_whatever_its_title(agent_34):
    for code, nom in (("34114", "Gignac"), ("34239", "Saint-André-de-Sangonis")):
        factories.commune(code, nom=nom)
    for communes in (["34142"], ["34114", "34239"], ["34142"]):
        assert fill_and_confirm(agent_34, OPEN, opening(communes=communes)).status_code == 302
    keys = Poste.objects.order_by("pk").values_list("identifiant", flat=True)
    assert list(keys) == [
        "poste-lodeve",
        "poste-gignac-saint-andre-de-sangonis",
        "poste-lodeve-2",
    ]


def test_a_file_names_a_post_as_a_geste_does(agent_34, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    assert fill_and_confirm(agent_34, OPEN, opening(communes=["34142"])).status_code == 302
    epci = factories.commune("34142").rattachements.get().intercommunalite_id
    header = "communes_desservies,employeur_siren_epci,date_ouverture"
    page = previewed(agent_34, "projects_poste", "postes", f"{header}\n34142,{epci},01/09/2023\n")
    assert confirm(agent_34, page).status_code == 302
    assert Poste.objects.latest("pk").identifiant == "poste-lodeve-2"


def test_a_post_keeps_the_name_it_has(agent_34, poste):
    """Whatever it serves and is called since; the form of an agent only shows it."""
    url, named = reverse("admin:projects_poste_change", args=[poste.pk]), poste.identifiant
    typed_in = {"intitule": "Autre", "identifiant": "poste-autre", "motif_correction": "relu"}
    assert agent_34.post(url, filled(form_of(agent_34, url), **typed_in)).status_code == 302
    poste.refresh_from_db()
    assert (poste.intitule, poste.identifiant) == ("Autre", named)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("communes", ["34142", "12001"]),
        ("employeur_commune", "12001"),
        ("employeur_commune", ""),
        ("employeur_intercommunalite", "new"),
        ("quotite", "101"),
        ("date", "01/01/2099"),
        ("communes", []),
    ],
)
def test_a_post_is_not_opened_out_of_reach_nor_by_halves(field, value, agent_34):
    factories.commune("12001", epci=factories.intercommunalite("200000012"))
    if value == "new":
        value = factories.commune("34142", epci="new").rattachements.get().intercommunalite_id
    answer = fill_and_confirm(agent_34, OPEN, opening(**{field: value}))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not Poste.objects.exists()


def test_either_departement_brings_the_members_of_the_employer_into_a_shared_post(
    agent_34, agent_81, shared
):
    epci = factories.intercommunalite()
    shared.employeur_commune, shared.employeur_intercommunalite = None, epci
    shared.save()
    for number, code in enumerate(("34142", "81192", "34079", "81004")):
        factories.commune(code, epci)
        client = (agent_34, agent_81)[number // 2]
        fields = {"communes": [code], "date": "01/09/2023"}
        assert do(client, "poste-ajouter-communes", shared, **fields).status_code == 302
    joined = Desserte.objects.filter(debut=factories.day("2023-09-01"))
    assert set(joined.values_list("commune", flat=True)) == {"34142", "81192", "34079", "81004"}
    assert said(joined[0]) == {("debut", "2023-09-01", "jour")}


def test_nobody_brings_a_commune_from_elsewhere(agent_34, agent_81, shared, poste):
    factories.commune("12001")
    factories.commune("81192")
    for client in (agent_34, agent_81):
        refused = refusal(client, "poste-ajouter-communes", shared, communes=["12001"])
        assert "Ville 12001 est hors de vos départements : demandez l'accord de la DDT" in refused
    told = refusal(agent_34, "poste-ajouter-communes", poste, communes=["81192"])
    assert "hors de vos départements : demandez l'accord de la DDT du Tarn, puis l'ajout" in told
    unknown = refusal(agent_34, "poste-ajouter-communes", poste, communes=["99999"])
    assert "99999" in unknown
    assert "demandez" not in unknown
    assert do(agent_81, "poste-ajouter-communes", poste, communes=["81192"]).status_code == 404
    assert Desserte.objects.count() == 3


def test_the_communes_searched_are_those_that_are_accepted(agent_34, lecteur_34, agent_81, shared):
    for code in ("34142", "81192", "12001"):
        factories.commune(code, nom=f"Lodève {code}")
    members = {agent_34: {"34142"}, agent_81: {"81192"}}
    url = reverse("admin:projects_poste_communes", args=[shared.pk])
    asked = {"term": "lodeve", "app_label": "projects", "model_name": "desserte"}
    asked["field_name"] = "commune"
    for client in (agent_34, agent_81):
        found = {row["id"] for row in client.get(url, asked).json()["results"]}
        assert found == members[client]
    assert lecteur_34.get(url, asked).status_code == 403
    alone = factories.poste([factories.commune("34079")])
    url = reverse("admin:projects_poste_communes", args=[alone.pk])
    assert agent_81.get(url, asked).status_code == 403


def test_a_commune_is_not_served_twice(agent_34, poste):
    assert "Déjà desservies" in refusal(
        agent_34, "poste-ajouter-communes", poste, communes=["34142"]
    )
    gone = poste.dessertes.get()
    gone.debut, gone.fin = factories.day("2021-01-01"), factories.day("2023-01-01")
    gone.save()
    asked = {"communes": ["34142"], "date": "31/12/2022"}
    assert "dessert déjà" in refusal(agent_34, "poste-ajouter-communes", poste, **asked)
    asked["date"] = "01/01/2023"
    assert do(agent_34, "poste-ajouter-communes", poste, **asked).status_code == 302


def test_a_commune_leaves_a_post_and_the_last_one_does_not(agent_34, agent_81, shared):
    theirs, ours = shared.dessertes.get(commune="81124"), shared.dessertes.get(commune="34293")
    both = refusal(agent_34, "poste-retirer-communes", shared, dessertes=[theirs.pk, ours.pk])
    assert "fermez le poste" in both
    do(agent_34, "poste-retirer-communes", shared, dessertes=[theirs.pk], date="01/09/2023")
    theirs.refresh_from_db()
    assert theirs.fin == factories.day("2023-09-01")
    assert said(theirs) == {("fin", "2023-09-01", "jour")}
    last = refusal(agent_81, "poste-retirer-communes", shared, dessertes=[ours.pk])
    assert "fermez le poste" in last


def test_a_commune_does_not_leave_before_joining_nor_from_another_post(agent_34, shared, poste):
    row = shared.dessertes.get(commune="34293")
    row.debut = factories.day("2023-07-06")
    row.save()
    told = refusal(agent_34, "poste-retirer-communes", shared, dessertes=[row.pk])
    assert "desservie depuis le 6 juillet 2023" in told
    other = poste.dessertes.get()
    for key in (other.pk, 2**70, "x"):
        refusal(agent_34, "poste-retirer-communes", shared, dessertes=[key])
    other.refresh_from_db()
    assert other.fin is None


def test_an_offer_keeps_its_address_and_its_interviews(agent_34, poste):
    do(agent_34, "publier-une-offre", poste, adresse_offre="exemple.fr/offre")
    offer = Recrutement.objects.get()
    assert offer.adresse_offre == "https://exemple.fr/offre"
    asked = {"recrutement": offer.pk, "issue": "infructueux", "date": "01/09/2023"}
    early = refusal(agent_34, "issue-de-l-offre", poste, date_entretiens="05/07/2023", **asked)
    assert "entretiens ne peuvent pas précéder" in early
    do(agent_34, "issue-de-l-offre", poste, date_entretiens="28/08/2023", **asked)
    offer.refresh_from_db()
    assert offer.date_entretiens == factories.day("2023-08-28")
    assert ("date_entretiens", "2023-08-28", "jour") in said(offer)


def test_an_arrival_keeps_the_contract_and_the_offer_that_led_to_it(agent_34, poste):
    offer = Recrutement.objects.create(
        poste=poste,
        date_publication=factories.day("2023-05-01"),
        issue="recrute",
        date_issue=factories.day("2023-06-15"),
    )
    fields = {"titulaire": "Camille", "type_contrat": "cdd", "quotite": 50}
    fields |= {"fin_contrat_prevue": "31/12/2099", "recrutement": offer.pk}
    page = agent_34.post(address("arrivee", poste), typed(**fields)).content.decode()
    assert "Recrutement en 66 jours" in page
    do(agent_34, "arrivee", poste, **fields)
    arrived, offer = Occupation.objects.get(), Recrutement.objects.get()
    assert (arrived.type_contrat, arrived.quotite) == ("cdd", 50)
    assert arrived.fin_contrat_prevue == factories.day("2100-01-01")
    assert (offer.occupation, offer.date_issue) == (arrived, factories.day("2023-06-15"))


def test_an_arrival_ends_the_offer_that_is_still_under_way(agent_34, poste):
    offer = Recrutement.objects.create(poste=poste, date_publication=factories.day("2023-05-01"))
    early = refusal(agent_34, "arrivee", poste, recrutement=offer.pk, date="30/04/2023")
    assert "publiée le 1er mai 2023" in early
    do(agent_34, "arrivee", poste, recrutement=offer.pk)
    offer.refresh_from_db()
    assert (offer.issue, offer.date_issue) == ("recrute", factories.day("2023-07-06"))
    assert offer.occupation == Occupation.objects.get()
    assert ("date_issue", "2023-07-06", "au_plus_tard") in said(offer)


def test_the_last_offer_is_proposed_unless_someone_has_come_since(agent_34, poste):
    def proposed():
        return (
            SansLaPage(agent_34)
            .get(address("arrivee", poste))
            .context["form"]["recrutement"]
            .initial
        )

    assert proposed() is None
    offer = factories.recrutement(poste, "2023-05-01", "recrute", "2023-06-01")
    factories.occupation(poste, "2023-04-30", "2023-05-15")
    assert proposed() == offer
    came = factories.occupation(poste, "2023-05-01", "2023-07-01")
    assert proposed() is None
    came.delete()
    factories.recrutement(poste, "2023-08-01", "abandonne", "2023-09-01")
    assert proposed() is None


def test_the_offer_of_another_post_leads_to_no_arrival(agent_34, poste, shared):
    offer = Recrutement.objects.create(poste=shared, date_publication=factories.day("2023-05-01"))
    refusal(agent_34, "arrivee", poste, recrutement=offer.pk)
    assert not Occupation.objects.exists()


def test_a_second_person_is_told_and_not_refused(agent_34, poste):
    factories.occupation(poste, "2022-01-01", titulaire="Camille")
    answer = agent_34.post(address("arrivee", poste), typed())
    assert "en même temps : Camille" in answer.context["effects"].alertes[0].texte
    assert do(agent_34, "arrivee", poste).status_code == 302
    assert poste.occupations.count() == 2


def test_the_post_is_held_on_the_last_day_and_vacant_on_the_next(agent_34, poste):
    do(agent_34, "arrivee", poste, date="06/07/2023")
    holder = Occupation.objects.get()
    fields = {"occupation": holder.pk, "depart": "31/08/2023", "motif_depart": "mutation"}
    page = agent_34.post(address("depart", poste), typed(**fields)).content.decode()
    assert "Personne ne l&#x27;occupe plus, dès le 1er septembre 2023" in page
    do(agent_34, "depart", poste, **fields)
    assert [state(poste, f"2023-{day}") for day in ("07-05", "07-06", "08-31", "09-01")] == [
        Etat.INCONNU,
        Etat.POURVU,
        Etat.POURVU,
        Etat.VACANT,
    ]
    holder.refresh_from_db()
    assert holder.motif_depart == "mutation"


def test_a_contract_is_extended_and_never_shortened(agent_34, poste):
    holder = factories.occupation(
        poste, "2022-01-01", fin_contrat_prevue=factories.day("2025-01-01")
    )
    asked = {"occupation": holder.pk}
    for day in ("31/12/2024", "30/06/2024"):
        told = refusal(agent_34, "prolonger-un-contrat", poste, fin_contrat_prevue=day, **asked)
        assert "déjà jusqu'au 31 décembre 2024" in told
    url = address("prolonger-un-contrat", poste)
    asked["fin_contrat_prevue"] = "31/12/2099"
    assert "au lieu du 31 décembre 2024" in agent_34.post(url, typed(**asked)).content.decode()
    do(agent_34, "prolonger-un-contrat", poste, **asked)
    holder.refresh_from_db()
    assert (holder.fin_contrat_prevue, holder.fin) == (factories.day("2100-01-01"), None)
    assert said(holder) == {("fin_contrat_prevue", "2100-01-01", "jour")}


def test_closing_a_post_says_why_people_leave(agent_34, poste):
    holder = factories.occupation(poste, "2022-01-01")
    do(agent_34, "fermer-le-poste", poste, date="06/07/2023")
    holder.refresh_from_db()
    assert holder.motif_depart == "fin_du_poste"
    assert (state(poste, "2023-07-05"), state(poste, "2023-07-06")) == (Etat.POURVU, Etat.FERME)
    for slug in ("poste-ajouter-communes", "ajouter-un-cofinancement", "arrivee"):
        assert do(agent_34, slug, poste).status_code == 302
    assert not CofinancementPoste.objects.exists()


def funding(**fields):
    asked = {"financeur": "anah", "annee": 2024, "debut": "01/01/2024", "fin": "31/12/2024"}
    return asked | fields


def test_a_funding_is_added_for_a_year(agent_34, poste):
    do(
        agent_34,
        "ajouter-un-cofinancement",
        poste,
        **funding(taux="37,5", montant="30000", plafond="40000", reference_decision="2024-17"),
    )
    added = CofinancementPoste.objects.get()
    assert (added.taux, added.montant, added.plafond) == (Decimal("37.5"), 30000, 40000)
    assert (added.debut, added.fin) == (factories.day("2024-01-01"), factories.day("2025-01-01"))
    assert {champ for champ, *_ in said(added)} == {"debut", "fin"}
    again = refusal(
        agent_34, "ajouter-un-cofinancement", poste, **funding(reference_decision="2024-17")
    )
    assert "déjà enregistré" in again


def test_a_funding_above_the_limits_is_told_and_not_refused(agent_34, poste):
    url = address("ajouter-un-cofinancement", poste)
    for amount, told in (("40000", []), ("40000,01", ["plafond_anah"])):
        answer = agent_34.post(url, typed(**funding(montant=amount)))
        assert [alerte.sorte for alerte in answer.context["effects"].alertes] == told
    assert "Anah verse 40\u202f000 € par an au plus" in answer.content.decode().replace("\xa0", " ")
    done = do(agent_34, "ajouter-un-cofinancement", poste, **funding(montant="40000,01"))
    assert done.status_code == 302
    assert CofinancementPoste.objects.count() == 1


def test_another_funder_has_a_name(agent_34, poste):
    told = refusal(agent_34, "ajouter-un-cofinancement", poste, **funding(financeur="autre"))
    assert "quel est cet autre financeur" in told


def test_nothing_absurd_that_is_typed_breaks_a_geste(agent_34, poste):
    holder = factories.occupation(poste, "2022-01-01")
    absurd = {"annee": "99999", "taux": "NaN", "montant": "1e999", "debut": "01/01/0001"}
    absurd |= {"fin": "31/12/9999", "recrutement": "x", "communes": ["x"], "dessertes": ["x"]}
    absurd |= {"occupation": holder.pk, "depart": "31/12/9999", "fin_contrat_prevue": "31/12/9999"}
    for slug in (
        "ajouter-un-cofinancement",
        "arrivee",
        "depart",
        "prolonger-un-contrat",
        "poste-ajouter-communes",
        "poste-retirer-communes",
    ):
        refusal(agent_34, slug, poste, **absurd)


@pytest.mark.parametrize("amount", ["45 000,5", "45\u202f000,50 €", "45000.50"])
def test_an_amount_is_typed_as_people_write_it(amount, agent_34, poste):
    do(agent_34, "ajouter-un-cofinancement", poste, **funding(taux="37,5 %", montant=amount))
    added = CofinancementPoste.objects.get()
    assert (added.taux, added.montant) == (Decimal("37.5"), Decimal("45000.5"))


def test_an_amount_corrected_reads_in_french_in_the_history(agent_34, poste):
    do(agent_34, "ajouter-un-cofinancement", poste, **funding(montant="45 000,5"))
    history = agent_34.get(reverse("admin:projects_poste_history", args=[poste.pk]))
    assert "45 000,50" in history.content.decode().replace("\xa0", " ")


def test_a_key_that_is_none_is_refused_and_breaks_nothing(agent_34, poste):
    for key in ("abc", "9" * 20):
        told = refusal(agent_34, "fermer-le-poste", poste, date="01/01/2024", source=key)
        assert "Sélectionnez un choix valide" in told


@pytest.mark.parametrize("day", ["01/01/0001", "31/12/1899", "01/01/2101", "30/12/9999"])
def test_a_year_that_can_only_be_a_mistake_is_refused(day, agent_34, poste):
    told = refusal(agent_34, "publier-une-offre", poste, date="01/01/2024", date_cloture=day)
    assert "Vérifiez l'année" in told
    do(agent_34, "publier-une-offre", poste, date="01/01/2024", date_cloture="31/12/2100")


def test_a_post_without_a_title_takes_that_of_its_communes(agent_34):
    fill_and_confirm(agent_34, OPEN, opening(intitule=""))
    assert Poste.objects.get().intitule == (
        "Chef de projet Petites villes de demain de Clermont-l'Hérault et Lodève"
    )


def test_posts_of_one_title_are_told_apart_where_one_is_chosen(agent_34):
    for code, nom in (("34142", "Lodève"), ("34079", "Clermont-l'Hérault")):
        town = factories.commune(code, nom=nom)
        factories.poste([town], intitule="Chef de projet", employeur_commune=town)
    page = html.unescape(agent_34.get("/admin/gestes/publier-une-offre/").content.decode())
    assert "Chef de projet (Lodève)" in page
    assert "Chef de projet (Clermont-l'Hérault)" in page


def test_a_life_is_told_on_one_page(agent_34, lecteur_34, agent_81, poste):
    poste.date_ouverture = factories.day("2023-01-01")
    poste.save()
    do(agent_34, "publier-une-offre", poste, date="06/01/2023")
    do(agent_34, "arrivee", poste, date="01/03/2023", titulaire="Camille",
       recrutement=Recrutement.objects.get().pk)  # fmt: skip
    left = {"occupation": Occupation.objects.get().pk, "depart": "31/08/2023"}
    do(agent_34, "depart", poste, **left)
    url = reverse("admin:projects_poste_histoire", args=[poste.pk])
    page = agent_34.get(url)
    told = [(e.quand, e.texte) for e in page.context["histoire"].faits if e.jour]
    since = (timezone.localdate() - datetime.date(2023, 9, 1)).days
    assert told == [
        ("1er janvier 2023", "Ouverture du poste"),
        ("1er janvier 2023", "Sans titulaire : 59 jours, jusqu'au 28 février 2023 inclus"),
        ("6 janvier 2023", "Publication de la 1re offre"),
        ("1er mars 2023", "Issue de l'offre : personne recrutée"),
        ("1er mars 2023", "Arrivée : Camille"),
        ("31 août 2023", "Dernier jour en poste : Camille"),
        (
            "1er septembre 2023",
            f"Sans titulaire : {since} jours, jusqu'à aujourd'hui".replace(
                str(since), f"{since:,}".replace(",", "\u202f")
            ),
        ),
    ]
    assert "vacant depuis le 1er septembre 2023" in page.context["etat"]
    assert "Convention signée" in page.content.decode()
    assert address("arrivee", poste) in page.content.decode()
    assert address("arrivee", poste) not in lecteur_34.get(url).content.decode()
    assert lecteur_34.get(url).status_code == 200
    assert agent_81.get(url).status_code == 302
