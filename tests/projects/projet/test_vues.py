"""The public pages of the actions: what anybody reads of them on a day."""

import re
from csv import DictReader
from io import StringIO

import pytest

from communes.models import Departement, Tenue
from projects.actions.models import Action
from projects.financements.models import Dispositif
from tests import factories
from tests.pages import count_queries, read
from tests.projects.projet.scenes import SOLDE, accorde, lodeve, organisme, verse

pytestmark = pytest.mark.django_db

PAGE = "/actions/lod-a1/"


@pytest.fixture
def ort():
    return lodeve()


@pytest.fixture
def a1(ort):
    return Action.objects.get()


def test_an_action_is_told_on_the_day(client, a1):
    page = read(client, f"{PAGE}?au=2024-06-01")
    assert "en cours depuis le 1er mars 2024 · phase : opération" in page
    assert "Coût : 1 240 000 € HT (estimé, le 1er août 2022)." in page
    assert "Subventions accordées : 372 000 €. Versées : 111 600 €." in page
    assert "Maître d'ouvrage Lodève" in page
    assert "Axe A – Habiter le centre" in page
    before = read(client, f"{PAGE}?au=2024-02-29")
    assert "à venir" in before
    assert "Versées : 0 €." in before
    assert "Début de l'opération" not in before


def known_twice(action):
    """Record of one day what is known to the month, and to the day: the best told counts."""
    factories.fait(action, "debut", "2024-03-01", precision="mois")
    factories.cout(action, 10, "2024-03-01")


@pytest.mark.parametrize(
    ("write", "told", "precision"),
    [
        (
            lambda a: factories.fait(a, "debut", "2024-03-01", precision="mois"),
            "en mars 2024",
            "mois",
        ),
        (lambda a: factories.cout(a, 10, "2024-01-01", precision="annee"), "en 2024", "annee"),
        (known_twice, "le 1er mars 2024", "jour"),
        # A forecast is dated by the day when it is made, a reading by that when it is published.
        (lambda a: factories.prevision(a, "2026-01-01", "2024-03-01"), "le 1er mars 2024", "jour"),
        (lambda a: read_in_2024(a), "en 2024", "annee"),
        (lambda a: read_in_2024(a, publie_le="2024-06-02"), "le 2 juin 2024", "jour"),
    ],
)
def test_the_last_news_is_told_as_it_is_known(client, ort, write, told, precision):
    write(factories.action([factories.commune("34142")], ort, identifiant="lod-a2"))
    assert f"dernière nouvelle {told}" in read(client, "/actions/lod-a2/")
    table = client.get("/donnees/actions.csv").getvalue().decode()
    (row,) = (r for r in DictReader(StringIO(table)) if r["action_identifiant"] == "lod-a2")
    assert row["precision_derniere_nouvelle"] == precision


def read_in_2024(action, **fields):
    return factories.releve(action, 4, "2024-01-01", precision="annee", **fields)


def test_an_action_is_not_there_before_its_act_is_signed(client, a1):
    for address in (PAGE, f"{PAGE}plan-de-financement/"):
        assert "n'est encore au plan d'aucun acte" in read(client, f"{address}?au=2022-07-15")
        assert "n'est encore au plan" not in read(client, f"{address}?au=2022-07-16")
    drafted = factories.convention(None, date_signature_prevue=factories.day("2027-01-01"))
    factories.cout(factories.action([], drafted, identifiant="secrete"), 1)
    assert client.get("/actions/secrete/").status_code == 404
    assert "secrete" not in client.get("/actions/").content.decode()
    assert "secrete" not in client.get("/sitemap.xml").content.decode()


def test_what_is_announced_is_told_apart_and_a_day_that_passes_ticks_nothing(client, a1):
    factories.prevision(a1, "2026-09-01", "2025-01-01", precision="mois")
    page = read(client, f"{PAGE}?au=2025-06-01")
    assert "Prévu : septembre 2026 Fin de l'opération annoncé le 1er janvier 2025" in page
    assert "d'abord prévu en mars 2026, soit 184 jours de plus" in page
    html = client.get(f"{PAGE}?au=2026-10-01").content.decode()
    [announced] = re.findall(r'<li class="pvd-chronologie__prevu">(.*?)</li>', html, re.DOTALL)
    assert "Fin de l'opération" in announced.replace("&#x27;", "'")
    late = read(client, f"{PAGE}?au=2026-10-01")
    assert "en cours en retard depuis" in late


def test_a_balance_below_the_grant_is_what_was_granted_in_the_end(client, a1):
    line = accorde(a1, "183600.00", "2023-02-01")
    verse(line, "55080.00", "2024-01-01", "avance")
    page = read(client, f"{PAGE}?au=2024-07-01")
    assert "Subventions accordées : 555 600 €" in page
    verse(line, "124415.23", "2024-07-02", **{"sorte": SOLDE["sorte_versement"]})
    page = read(client, f"{PAGE}?au=2024-07-02")
    assert "Subventions accordées : 551 495,23 €. Versées : 291 095,23 €." in page
    assert "179 495,23 € d'abord 183 600 €" in page
    assert "n° 2023-I-12" in page


def test_an_amount_that_nobody_knows_is_counted_aloud(client, a1):
    accorde(a1, None, cle="dsil")
    assert "Subventions accordées : 372 000 € (1 accord sans montant)." in read(client, PAGE)


def test_what_is_withdrawn_says_when(client, a1):
    line = accorde(a1, "45000.00", "2023-02-01")
    factories.fait_financement(line, "retrait", "2024-05-01", 0, precision="mois")
    assert "retiré en mai 2024" in read(client, f"{PAGE}?au=2024-06-01")
    assert "retiré" not in read(client, f"{PAGE}?au=2024-04-30")


def test_what_the_plan_expects_of_an_action_is_told_as_it_writes_it(client, a1):
    assert "tel que le plan l'écrit" not in read(client, PAGE)
    factories.rewrite(Action.objects.all(), indicateurs_texte="Nombre de logements livrés")
    assert "tel que le plan l'écrit Nombre de logements livrés" in read(client, PAGE)


def test_a_loan_and_the_share_of_the_owner_are_in_no_sum(client, a1):
    bank = organisme("Banque des Territoires", "etablissement")
    accorde(a1, 500000, cle="bdt", nature="operateur", forme="pret", financeur_organisme=bank)
    own = factories.financement(a1, "autofinancement", "fonds_propres")
    factories.fait_financement(own, "prevision", "2023-01-01", 868000)
    page = read(client, PAGE)
    assert "Subventions accordées : 372 000 €." in page
    assert "Prêts, avances et apports en nature" in page
    assert "868 000" not in page


def test_a_drawing_has_the_cost_as_a_mark_and_its_figures_in_a_table(client, a1):
    html = client.get(PAGE).content.decode()
    assert 'class="pvd-barres__repere"' in html
    assert "Coût estimé : 1 240 000 € HT" in read(client, PAGE)
    before = client.get(f"{PAGE}?au=2022-12-31").content.decode()
    assert "pvd-barres" not in before


def test_the_poster_says_who_pays_and_what_the_owner_must_fill_in(client, a1):
    dropped = accorde(a1, 45000, cle="bdt", nature="operateur")
    factories.fait_financement(dropped, "retrait", "2024-01-01", 0)
    accorde(a1, 10000, cle="mecenat", nature="prive", financeur_organisme=organisme("Fondation"))
    factories.rewrite(Dispositif.objects.filter(cle="mecenat"), public=False)
    accorde(a1, None, cle="dsil")
    page = read(client, f"{PAGE}plan-de-financement/")
    assert "Anah (ANAH) 372 000 €" in page
    assert "État (DSIL) à compléter par le maître d'ouvrage" in page
    assert "Part du maître d'ouvrage à compléter par le maître d'ouvrage" in page
    assert "Fondation" not in page
    assert "45 000" not in page


def test_what_a_document_tells_alone_is_shown_apart_and_counted_in_no_plan(client, ort):
    town = factories.commune("34069", nom="Cazouls-lès-Béziers")
    told = factories.action([town], identifiant="releve", intitule="Pôle culturel")
    assert client.get("/actions/releve/").status_code == 404
    factories.cout(told, 850000, "2024-05-01", base="")
    page = read(client, "/actions/?au=2024-05-01")
    assert "1 action au plan, 1 opération relevée au 1er mai 2024" in page
    assert page.index("Actions au plan au 1er mai") < page.index("hors plan connu")
    assert "Opération relevée" not in read(client, "/actions/?au=2024-04-30")
    assert "850 000 € base non précisée" in read(client, "/actions/releve/")
    projet = read(client, "/communes/34069/projet/")
    assert "1 opération relevée dans des documents, hors plan connu" in projet
    assert "Où en sont" not in projet


def test_what_left_the_plan_is_shown_apart_and_counted_no_more(client, a1, ort):
    out = factories.avenant(ort, "2025-01-01")
    factories.rewrite(Action.objects.filter(pk=a1.pk), sortie=out)
    assert "1 action au plan au" in read(client, "/actions/?au=2024-12-31")
    after = read(client, "/actions/?au=2025-01-01")
    assert "1 sortie du plan au" in after
    assert "Cette action n'est plus au plan" in read(client, f"{PAGE}?au=2025-01-01")


@pytest.fixture
def two(ort):
    """A second action, of Gignac, shared with Lodève and done by its intercommunalité."""
    vallee = factories.intercommunalite("243400694", nom="CC Vallée de l'Hérault")
    gignac = factories.commune("34114", vallee, nom="Gignac")
    label = factories.labellisation(gignac, adhesion="2021-05-01")
    shared = factories.action(
        [gignac, Action.objects.get().communes_liees.get().commune],
        adhesions=[label],
        identifiant="gig-1",
        numero="1.10",
        intitule="Voie verte",
        theme=factories.theme("mobilites"),
        maitre_ouvrage_intercommunalite=vallee,
    )
    factories.fait(shared, "debut", "2023-01-01")
    factories.fait(shared, "fin", "2024-01-01")
    accorde(shared, "267000.00", "2023-01-01", "dsil")
    return shared


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("departement=34", {"lod-a1", "gig-1"}),
        ("departement=81", set()),
        ("commune=34114", {"gig-1"}),
        ("commune=34142", {"lod-a1", "gig-1"}),
        ("epci=243400694", {"gig-1"}),
        ("ort=ort-lodeve", {"lod-a1"}),
        ("ort=ort-lodeve&axe=A", {"lod-a1"}),
        ("theme=mobilites", {"gig-1"}),
        ("etat=achevee", {"gig-1"}),
        ("etat=en_cours", {"lod-a1"}),
        ("etat=en_cours&au=2023-06-01", {"gig-1"}),
        ("phase=idee&au=2023-06-01", {"lod-a1"}),
        ("retard=oui", {"lod-a1"}),
        ("retard=oui&au=2026-03-31", set()),
        ("retard=oui&au=2026-04-01", {"lod-a1"}),
        ("financeur=130005481", {"lod-a1"}),
        ("financeur=Anah", {"lod-a1"}),
        ("financeur=État", {"gig-1"}),
        ("dispositif=dsil", {"gig-1"}),
        ("dispositif=dsil&au=2022-12-31", set()),
        ("maitre_ouvrage=34142", {"lod-a1"}),
        ("maitre_ouvrage=243400694", {"gig-1"}),
        ("q=ilot", {"lod-a1"}),
        ("q=1.10", {"gig-1"}),
        ("q=gignac", {"gig-1"}),
    ],
)
def test_filters(client, two, query, expected):
    if "dispositif=detr" in query or "departement=81" in query:
        factories.departement("81")
    page = client.get(f"/actions/?{query}")
    assert page.status_code == 200
    assert {action.identifiant for action in page.context["page"]} == expected
    file = client.get(f"/donnees/actions.csv?{query}").getvalue().decode().splitlines()[1:]
    assert {line.split(",")[2] for line in file} == expected


def test_a_list_of_several_plans_says_which_each_action_is_of(client, two):
    """Two plans have each their number 1: one alone is named by what was asked."""
    page = read(client, "/actions/?departement=34")
    assert "Réhabilitation d'un îlot ORT de Lodève" in page
    assert "Voie verte conventions d'adhésion" in page
    assert "Réhabilitation d'un îlot ORT de Lodève" not in read(client, "/actions/?ort=ort-lodeve")
    assert "---------" not in page


@pytest.mark.parametrize(
    "query",
    [
        "axe=A",
        "ort=ort-lodeve&axe=Z",
        "etat=finie",
        "financeur=999999999",
        "commune=99999",
        "tri=x",
    ],
)
def test_what_does_not_exist_is_refused(client, two, query):
    assert client.get(f"/actions/?{query}").status_code == 400
    assert client.get(f"/donnees/actions.csv?{query}").status_code == 400


def test_an_axe_goes_with_its_ort(client, two):
    page = client.get("/actions/?ort=ort-lodeve&axe=A&etat=achevee")
    assert page.status_code == 200
    for address in re.findall(r'href="(\?[^"]*)"', page.content.decode()):
        assert client.get(f"/actions/{address.replace('&amp;', '&')}").status_code == 200


@pytest.mark.parametrize(
    ("tri", "first"),
    [
        ("nom", "lod-a1"),
        ("-nom", "gig-1"),
        ("etat", "gig-1"),
        ("cout", "lod-a1"),
        ("-accorde", "lod-a1"),
        ("accorde", "gig-1"),
        ("verse", "gig-1"),
        ("fin", "gig-1"),
        ("-numero", "lod-a1"),
    ],
)
def test_orders(client, two, tri, first):
    page = client.get(f"/actions/?tri={tri}")
    assert [action.identifiant for action in page.context["page"]][0] == first


def test_nothing_recorded_is_not_nothing(client):
    factories.labellisation(factories.commune("34142", nom="Lodève"))
    page = read(client, "/communes/34142/projet/")
    assert "Actions au plan : non renseigné" in page
    assert "pvd-barres" not in client.get("/communes/34142/projet/").content.decode()
    assert "n'est pas renseignée : cela ne veut pas dire" in read(
        client, "/actions/?departement=34"
    )
    Departement.objects.filter(pk="34").update(tenue_plans=Tenue.COMPLETE)
    assert "aucune action n'est au plan" in read(client, "/communes/34142/projet/")


def test_an_axe_is_known_when_one_of_its_actions_is(client):
    """An axe has no day: of one that an avenant alone fills, nothing was known before it was signed."""
    agde, pezenas = factories.commune("34003", epci="new"), factories.commune("34199", epci="new")
    factories.labellisation(pezenas)
    ort = factories.convention("2021-02-26", [agde], identifiant="ort-agde")
    founding, empty = (factories.axe(ort, code, intitule=f"Axe {code}") for code in ("A", "B"))
    later = factories.axe(ort, "P", intitule="Axe P")
    act = factories.avenant(ort, "2023-01-11", [pezenas])
    factories.action([agde], ort, identifiant="agd-1", axe=founding)
    factories.action(
        [pezenas], ort, identifiant="pez-1", axe=later, entree_par="avenant", entree=act
    )
    factories.action(
        [pezenas], ort, identifiant="pez-2", axe=founding, entree_par="avenant", entree=act
    )
    for jour, known in (("2023-01-10", False), ("2023-01-11", True)):
        page = read(client, f"/ort/ort-agde/projet/?au={jour}")
        assert all(f"Axe {axe.code}" in page for axe in (founding, empty))
        assert ("Axe P" in page) is known, jour
        asked = client.get(f"/actions/?ort=ort-agde&axe=P&au={jour}")
        assert asked.status_code == (200 if known else 400)
    assert empty.intitule in read(client, "/ort/ort-agde/projet/?au=2021-02-26")


def test_of_a_commune_neither_in_the_programme_nor_covered_nothing_is_known(client):
    """The départements that keep their plans in full keep those of the programme, and of their ORT."""
    montpellier, agde = factories.commune("34172"), factories.commune("34003", epci="new")
    left = factories.commune("34276")
    factories.labellisation(left, fin="2023-12-01")
    factories.convention("2021-02-26", [agde], identifiant="ort-agde")
    Departement.objects.filter(pk="34").update(tenue_plans=Tenue.COMPLETE)
    for town, jour, known in (
        (montpellier, "2023-07-06", False),
        (agde, "2021-02-25", False),
        (agde, "2021-02-26", True),
        (left, "2023-11-30", True),
        (left, "2023-12-01", False),
    ):
        for address in (f"/communes/{town.pk}/", f"/communes/{town.pk}/projet/"):
            page = read(client, f"{address}?au={jour}")
            assert ("aucune action n'est au plan" in page) is known, (address, jour)
            assert ("Actions au plan : non renseigné" in page) is not known
        twin = client.get(f"/communes/{town.pk}.json?au={jour}").json()["projet"]
        assert (twin["complet"], twin["nb_actions"]) == (known, 0 if known else None)


def test_a_commune_tells_its_own_apart_from_what_it_shares(client, two):
    page = read(client, "/communes/34142/projet/?au=2024-07-01")
    assert "Où en sont les 2 actions" in page
    alone = "Actions de la commune seule (1) : 372 000 € accordés, 111 600 € versés, au 1er juillet 2024"
    assert alone in page
    assert "non réparties (1) : 267 000 € accordés, 0 € versé" in page
    gignac = read(client, "/communes/34114/projet/")
    assert "Actions de la commune seule" not in gignac
    departement = read(client, "/departements/34/projet/?au=2024-07-01")
    assert "639 000 € accordés, 111 600 € versés" in departement
    assert "1 240 000 € HT ; 1 action sur 2 sans coût connu" in departement


def test_the_project_of_each_place_is_on_its_page(client, two, settings):
    assert "1 achevée" in read(client, "/intercommunalites/243400694/")
    assert "372 000 € accordés, 111 600 € versés" in read(client, "/ort/ort-lodeve/")
    sheet = read(client, "/communes/34142/")
    assert "2 actions : 1 achevée et 1 en cours." in sheet
    settings.PVD_DEPARTEMENT = "34"
    home = read(client, "/?au=2026-01-15")
    told = [
        home.index(w) for w in ("1 achevée et 1 en cours, sur 2 actions", "639 000 €", "bientôt")
    ]
    assert told == sorted(told)
    assert "Réhabilitation d'un îlot : fin prévue en mars 2026" in home
    assert "prévue en mars 2026 en retard" in read(client, "/?au=2026-04-01")


def test_every_figure_opens_its_rows(client, two):
    for page in ("/communes/34142/projet/", "/departements/34/projet/", "/ort/ort-lodeve/projet/"):
        html = client.get(page).content.decode()
        links = {
            link.replace("&amp;", "&") for link in re.findall(r'href="(/actions/\?[^"]*)"', html)
        }
        assert any("etat=" in link for link in links), page
        for link in links:
            assert client.get(link).context["page"].paginator.count > 0, link


def test_an_action_of_a_whole_ort_is_of_what_it_covers_that_day(client, ort):
    later = factories.commune("34205", nom="Le Puech")
    factories.avenant(ort, "2025-01-01", [later])
    factories.rewrite(Action.objects.all(), etendue="ort")
    assert read(client, "/communes/34205/projet/?au=2024-12-31").count("Réhabilitation") == 0
    page = read(client, "/communes/34205/projet/?au=2025-01-01")
    # The state comes between the name and the places.
    assert re.search(r"Réhabilitation d'un îlot [\w ]{1,40} Le Puech, Lodève", page)


def more(number, ort):
    """Add `number` actions with all that may be recorded of one."""
    for _ in range(number):
        town = factories.commune(epci="new")
        factories.labellisation(town)
        bank = organisme(f"Financeur {town.pk}", "region")
        for convention, label in (
            (ort, []),
            (None, [factories.labellisation(factories.commune())]),
        ):
            made = factories.action(
                [town, factories.commune("34142")], convention, label, maitre_ouvrage_commune=town
            )
            factories.cout(made, 1000)
            factories.fait(made, "debut", "2024-01-01")
            factories.prevision(made, "2027-01-01", "2024-01-01")
            line = accorde(made, 500, financeur_organisme=bank)
            verse(line, 100, "2024-02-01")


PAGES = [
    "/actions/",
    "/actions/?etat=en_cours&tri=-accorde",
    "/actions/?departement=34&financeur=Anah",
    "/communes/34142/projet/",
    "/communes/34142/",
    "/ort/ort-lodeve/projet/",
    "/departements/34/projet/",
    "/sitemap.xml",
]


def test_growth(client, ort):
    more(2, ort)
    few = {address: count_queries(client, address) for address in PAGES}
    more(5, ort)
    assert {address: count_queries(client, address) for address in PAGES} == few
    assert max(few.values()) < 80


def test_growth_of_an_action(client, a1):
    def grow(number, start):
        for n in range(start, start + number):
            line = accorde(a1, 100, cle=f"aide-{n}", financeur_organisme=organisme(f"Aide {n}"))
            verse(line, 10, "2024-02-01")
            factories.cout(a1, 1000 + n, f"2024-01-{n + 1:02}")
            said = factories.fait(a1, "point", f"2024-02-{n + 1:02}")
            said.affirmations.create(champ="jour", valeur_brute="x", source=factories.source())

    grow(2, 0)
    few = [count_queries(client, address) for address in (PAGE, f"{PAGE}plan-de-financement/")]
    grow(5, 2)
    more = [count_queries(client, address) for address in (PAGE, f"{PAGE}plan-de-financement/")]
    assert more == few


def test_france_counts_once_what_two_departements_count_whole(client):
    herault, tarn = (factories.commune(code, epci="new") for code in ("34293", "81124"))
    ort = factories.convention("2021-12-01", [herault, tarn])
    shared = factories.action([herault, tarn], ort, identifiant="sal-1", intitule="Trois écoles")
    alone = factories.action([tarn], ort, identifiant="sal-2")
    for action, granted, paid in ((shared, 232500, 69750), (alone, 60000, 10)):
        line = factories.financement(action)
        factories.fait_financement(line, "accord", "2023-01-10", granted)
        factories.fait_financement(line, "versement", "2023-02-01", paid)
    page = read(client, "/departements/projet/?au=2024-01-01")
    assert "292 500 € accordés, 69 760 € versés" in page
    assert (
        "compte 1 action de plus, et 232 500 € accordés, 69 750 € versés de plus : Trois écoles"
        in page
    )
    factories.action([tarn], factories.convention("2024-02-01", [tarn]), identifiant="sal-3")
    assert "2 actions" in read(client, "/departements/projet/?au=2024-01-31")
    assert "3 actions" in read(client, "/departements/projet/?au=2024-02-01")
    before = read(client, "/departements/projet/?au=2021-11-30")
    assert "non renseigné" in before
    assert "Trois écoles" not in before


def test_france_is_the_sum_of_its_departements_while_they_share_nothing(client, a1):
    page = read(client, "/departements/projet/?au=2024-06-01")
    assert "la France est la somme des départements" in page
    assert "372 000 € accordés, 111 600 € versés" in page


def test_what_a_departement_kept_in_part_may_not_tell_is_not_zero(client):
    """An action shared with one whose plans are kept in part, without grant: nobody knows."""
    herault, tarn = (factories.commune(code, epci="new") for code in ("34293", "81124"))
    Departement.objects.filter(pk="34").update(tenue_plans=Tenue.COMPLETE)
    Departement.objects.filter(pk="81").update(tenue_plans=Tenue.PARTIELLE)
    ort = factories.convention("2021-12-01", [herault, tarn])
    factories.action([herault, tarn], ort, identifiant="partagee")
    page = read(client, "/communes/34293/projet/?au=2024-01-01")
    assert "subventions accordées non renseignées" in page
    factories.action([herault], ort, identifiant="seule")
    page = read(client, "/communes/34293/projet/?au=2024-01-01")
    assert "Actions de la commune seule (1) : 0 € accordé, 0 € versé" in page


def test_the_costs_of_a_commune_are_two_sums_and_say_what_they_leave_out(client):
    own, other = (factories.commune(code, epci="new") for code in ("34114", "34239"))
    ort = factories.convention("2021-12-01", [own, other])
    factories.cout(factories.action([own], ort), 540000, "2022-01-01")
    factories.action([own], ort)
    factories.cout(factories.action([own, other], ort), 890000, "2022-01-01")
    page = read(client, "/communes/34114/projet/?au=2024-01-01")
    assert "commune seule (2) : 540 000 € HT ; 1 action sur 2 sans coût connu." in page
    assert "non réparties (1) : 890 000 € HT." in page


def test_what_is_zero_comes_before_what_is_granted_in_a_sorted_list(client):
    town = factories.commune("34142", epci="new")
    Departement.objects.filter(pk="34").update(tenue_plans=Tenue.COMPLETE)
    ort = factories.convention("2021-12-01", [town])
    granted = factories.action([town], ort, intitule="Avec subvention")
    line = factories.financement(granted)
    factories.fait_financement(line, "accord", "2023-01-10", 1000)
    factories.action([town], ort, intitule="Sans subvention")
    page = read(client, "/actions/?tri=accorde&au=2024-01-01")
    assert page.index("Sans subvention") < page.index("Avec subvention")
