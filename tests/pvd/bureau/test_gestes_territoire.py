"""What is recorded of the territory by hand: shown before, true from its day, taken back, or taken up."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communes.models import Commune, Labellisation, Mouvement, Rattachement
from communes.territoire.decoupage import Choix
from tests.communes.territoire.decoupage_factory import CLERMONTAIS, LODEVOIS, deleguee, import_cog
from tests.pvd.bureau.test_referentiel import (
    ANNEE,
    CLERMONT,
    COMMUNES,
    EPCIS,
    FOZIERES,
    JOUR,
    LODEVE,
    SOUBES,
    VEILLE,
    confirm,
    histoire,
    laureate,
    send,
    state_now,
    text,
)
from tests.vues import SansLaPage

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

__all__ = ["histoire"]

NOUVELLE = {
    "communes": ["34142", "34106"],
    "code": "34142",
    "nom": "Lodève-Fozières",
    "intercommunalite": LODEVOIS,
}


def geste(client, slug, jour, **data):
    """Fill in a geste up to its preview, and return that page."""
    sent = {"date": f"{jour:%d/%m/%Y}", "connaissance": "on", **data}
    return client.post(reverse("admin:gestes", args=[slug]), sent)


def done(client, slug, jour, **data):
    """Fill in a geste, confirm what it shows, and return the page that it leads to."""
    preview = geste(client, slug, jour, **data)
    assert "apercu" in preview.context, preview.context["form"].errors
    sent = {"date": f"{jour:%d/%m/%Y}", "connaissance": "on", **data, "_confirmer": "1"}
    sent["apercu"] = preview.context["apercu"]
    return client.post(reverse("admin:gestes", args=[slug]), sent, follow=True)


def test_a_commune_nouvelle_is_shown_with_what_passes_to_it_and_nothing_is_written(
    histoire, national
):
    laureate("34106")
    before = state_now()
    page = geste(national, "creer-une-commune-nouvelle", JOUR, **NOUVELLE)

    told = text(page).replace("\xa0", " ")
    assert (
        "Fozières est lauréate, retenue le 22 janvier 2021 : cela passe à Lodève-Fozières." in told
    )
    assert state_now() == before
    assert not Mouvement.objects.exists()


@pytest.mark.parametrize("code", ["34142", "34998"])
def test_a_commune_nouvelle_begins_on_its_day_and_is_taken_back(histoire, national, code):
    laureate("34106")
    before = state_now()
    page = done(national, "creer-une-commune-nouvelle", JOUR, **NOUVELLE | {"code": code})

    laureates = Labellisation.objects.all()
    assert list(laureates.as_of(VEILLE).codes_du_jour(VEILLE)) == ["34106"]
    assert list(laureates.as_of(JOUR).codes_du_jour(JOUR)) == [code]
    assert not Commune.objects.as_of(JOUR).filter(pk="34106").exists()
    assert Commune.objects.as_of(VEILLE).filter(pk="34106").exists()
    made = Commune.objects.get(pk=code)
    assert made.nom_au(JOUR) == "Lodève-Fozières"
    if code == "34142":
        assert made.nom_au(VEILLE) == "Lodève"
    assert Rattachement.objects.as_of(JOUR).get(commune=code).intercommunalite_id == LODEVOIS
    assert Mouvement.objects.get().affirmations.get().valeur == JOUR.isoformat()

    (mouvement,) = page.context["mouvements"]
    national.post(mouvement.annuler, {"motif": "Erreur"}, follow=True)
    assert state_now() == before
    assert not Mouvement.objects.exists()


def test_before_a_day_to_come_public_pages_do_not_change(histoire, national, client):
    laureate("34106")
    pages = ["/communes/34106/", "/communes/34142/", "/communes/", "/donnees/communes.csv"]
    pages += [f"/intercommunalites/{LODEVOIS}/"]

    def read():
        found = [client.get(page) for page in pages]
        assert {page.status_code for page in found} == {200}
        return [b"".join(page) if page.streaming else page.content for page in found]

    before = read()
    tomorrow = timezone.localdate() + timedelta(1)
    done(national, "creer-une-commune-nouvelle", tomorrow, **NOUVELLE)
    assert Commune.objects.get(pk="34106").fin == tomorrow
    assert read() == before
    assert Commune.objects.resolve("34106", timezone.localdate()).pk == "34106"
    assert Commune.objects.resolve("34106", tomorrow).pk == "34142"


def test_a_name_and_an_intercommunalite_change_on_their_day(histoire, national):
    before = state_now()
    done(national, "changer-le-nom-d-une-commune", JOUR, commune="34304", nom="Soubès-le-Bas")
    done(
        national, "changer-d-intercommunalite", JOUR, commune="34304", intercommunalite=CLERMONTAIS
    )
    soubes = Commune.objects.get(pk="34304")
    assert (soubes.nom_au(VEILLE), soubes.nom_au(JOUR)) == ("Soubès", "Soubès-le-Bas")
    of = Rattachement.objects.filter(commune="34304")
    assert of.as_of(VEILLE).get().intercommunalite_id == LODEVOIS
    assert of.as_of(JOUR).get().intercommunalite_id == CLERMONTAIS

    for mouvement in SansLaPage(national).get(reverse("admin:referentiel")).context["mouvements"]:
        national.post(mouvement.annuler, {"motif": "Erreur"}, follow=True)
    assert state_now() == before


REFUSED = [
    ("creer-une-commune-nouvelle", NOUVELLE | {"communes": ["34142"]}, "Deux communes au moins"),
    ("creer-une-commune-nouvelle", NOUVELLE | {"code": "34304"}, "Le code 34304 est celui de"),
    ("creer-une-commune-nouvelle", NOUVELLE | {"code": "81998"}, "n'est pas d'un département"),
    ("changer-le-nom-d-une-commune", {"commune": "34304", "nom": "Soubès"}, "porte déjà ce nom"),
    (
        "changer-d-intercommunalite",
        {"commune": "34304", "intercommunalite": LODEVOIS},
        "est déjà de CC Lodévois",
    ),
]


@pytest.mark.parametrize(("slug", "data", "message"), REFUSED)
def test_what_the_territory_cannot_be_is_refused_in_french(histoire, national, slug, data, message):
    before = state_now()
    page = geste(national, slug, JOUR, **data)
    assert page.status_code == 200
    assert message in text(page).replace("&#x27;", "'")
    assert state_now() == before


def test_a_day_too_far_to_come_is_refused(histoire, national):
    far = timezone.localdate() + timedelta(400)
    page = geste(national, "creer-une-commune-nouvelle", far, **NOUVELLE)
    assert "à plus d&#x27;un an" in text(page)


def test_an_agent_of_a_departement_does_none_of_them(histoire, agent_34):
    for slug in ("creer-une-commune-nouvelle", "changer-le-nom-d-une-commune"):
        assert agent_34.get(reverse("admin:gestes", args=[slug])).status_code == 403


MEME = [{**LODEVE, "nom": "Lodève-Fozières"}, deleguee("34106", "Fozières", "34142")]


def test_a_vintage_that_says_the_same_changes_nothing_of_it_and_takes_it_up(histoire, national):
    done(national, "creer-une-commune-nouvelle", JOUR, **NOUVELLE)
    communes = [*MEME, SOUBES, CLERMONT]
    epcis = [{**EPCIS[0], "membres": [{"code": "34142"}, {"code": "34304"}]}, EPCIS[1]]
    told = import_cog(histoire.write(ANNEE, communes, epcis), ANNEE, "--appliquer")

    for kind in ("disparues", "renommées", "rétablies", "changeant d'intercommunalité"):
        assert f"communes {kind}" not in told
    assert Mouvement.objects.a_la_main().get().repris_par == ANNEE
    assert Commune.objects.get(pk="34142").anciens_noms.count() == 1
    by_hand = Mouvement.objects.a_la_main().get()
    page = national.get(
        reverse("admin:acte_annuler", args=["communes.mouvement", by_hand.history.last().pk])
    )
    assert f"Le millésime {ANNEE}, chargé depuis, dit la même chose" in text(page)


def test_a_vintage_that_says_otherwise_is_decided_first(histoire, national):
    done(national, "creer-une-commune-nouvelle", JOUR, **NOUVELLE)
    before = state_now()
    folder = histoire.write(ANNEE, COMMUNES, EPCIS)
    page = send(national, folder)

    assert "À décider" in text(page)
    assert "34106 Fozières est une commune au 1er janvier" in text(page).replace("\xa0", " ")
    assert "_confirmer" not in text(page)
    assert "Rien n'est écrit" in import_cog(folder, ANNEE, "--appliquer")
    assert state_now() == before


@pytest.mark.parametrize("choix", [Choix.GARDER, Choix.MILLESIME])
def test_what_was_decided_is_followed_and_taken_back(histoire, national, choix):
    done(national, "creer-une-commune-nouvelle", JOUR, **NOUVELLE)
    before, cle = state_now(), Mouvement.objects.get().pk
    folder = histoire.write(ANNEE, COMMUNES, EPCIS)
    decided = {f"choix-{cle}": choix.value}
    page = send(national, folder, **decided)
    done_page = confirm(national, page, **decided)

    kept = choix == Choix.GARDER
    assert Commune.objects.as_of(JOUR).filter(pk="34106").exists() is not kept
    assert Commune.objects.get(pk="34142").nom_au(JOUR) == ("Lodève-Fozières" if kept else "Lodève")
    assert Mouvement.objects.a_la_main().exists() is kept
    (vintage,) = [m for m in done_page.context["mouvements"] if m.sorte == "millesime"]
    national.post(vintage.annuler, {"motif": "Erreur"}, follow=True)
    assert state_now() == before
    assert Mouvement.objects.get().pk == cle


def test_a_name_recorded_before_may_be_followed_by_another(histoire, national):
    jour = date(ANNEE - 1, 6, 1)
    done(national, "changer-le-nom-d-une-commune", jour, commune="34304", nom="Soubès-le-Haut")
    cle = Mouvement.objects.get().pk
    renamed = [LODEVE, FOZIERES, {**SOUBES, "nom": "Soubès-le-Bas"}, CLERMONT]
    folder = histoire.write(ANNEE, renamed, EPCIS)
    import_cog(folder, ANNEE, "--appliquer", f"--les-deux={cle}")
    soubes = Commune.objects.get(pk="34304")
    names = [soubes.nom_au(day) for day in (jour - timedelta(1), jour, VEILLE, JOUR)]
    assert names == ["Soubès", "Soubès-le-Haut", "Soubès-le-Haut", "Soubès-le-Bas"]
