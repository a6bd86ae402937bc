"""A programme in which all that is hard to tell has happened, for those who tell its histories."""

import datetime

import pytest
from django.utils import timezone

from communes.models import AncienNomCommune, AncienNomIntercommunalite, Commune, Rattachement
from projects.postes.models import Desserte
from tests import factories
from tests.factories import day
from tests.pvd.portail.donnees.histoires import SECRET


@pytest.fixture(scope="module")
def at_the_end():
    """Be on the last day: what came after it is never asked."""
    end = datetime.datetime(2027, 12, 31, 12, tzinfo=datetime.UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: end)
        yield


@pytest.fixture(scope="module")
def monde(at_the_end, scene):
    """A programme in which all that is hard to tell has happened."""
    for annee in (2021, 2022, 2023, 2024, 2026):
        factories.millesime(annee)
    lodevois = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    monts = factories.intercommunalite("200066553", nom="CC du Haut-Languedoc", nature="CA")
    seule = factories.intercommunalite("200099999", nom="CC d'une seule")
    AncienNomIntercommunalite.objects.create(
        intercommunalite=monts, nom="CC des Monts de Lacaune", fin=day("2025-01-01")
    )
    people = {2021: 7400, 2022: 7400, 2023: 7511, 2026: 7600}
    lodeve = factories.commune("34142", lodevois, nom="Lodève", populations=people)
    salvetat = factories.commune("34293", nom="La Salvetat", populations={2022: 1100})
    lacaune = factories.commune("81124", monts, nom="Lacaune")
    murat = factories.commune("81192", monts, nom="Murat-sur-Vèbre")
    ganges = factories.commune("34111", seule, nom="Ganges")
    factories.commune("34999", monts, nom="Autre membre")
    agde = factories.commune("34003", nom="Agde")
    # Names and memberships of the time.
    AncienNomCommune.objects.create(commune=salvetat, nom="La Salvetat-Vieille", fin="2024-03-01")
    Rattachement.objects.create(commune=salvetat, intercommunalite=lodevois, fin="2022-01-01")
    Rattachement.objects.create(commune=salvetat, intercommunalite=monts, debut="2022-01-01")
    # Two communes that regroup, and one that only changes its code.
    gros = factories.commune("34500", lodevois, nom="Gros-Bourg", debut=day("2025-01-01"))
    for code, nom in (("34501", "Petit-Un"), ("34502", "Petit-Deux")):
        town = factories.commune(code, lodevois, nom=nom, fin=day("2025-01-01"), successeur=gros)
        factories.labellisation(town, adhesion="2021-05-01")
    new = factories.commune("81500", monts, nom="Code neuf", debut=day("2023-01-01"))
    old = factories.commune("81501", monts, nom="Code vieux", fin="2023-01-01", successeur=new)
    factories.labellisation(old, id_pvd="pvd-76-81-1", adhesion="2024-02-01")
    # One that left and came back, one that is known to the year, one that leaves for good.
    factories.labellisation(lodeve, "2021-01-22", fin="2023-01-01", adhesion="2021-03-26")
    factories.labellisation(lodeve, "2024-05-01", precision_debut="au_plus_tard")
    factories.labellisation(salvetat, adhesion="2021-04-01", precision_adhesion="mois")
    factories.labellisation(lacaune, "2021-01-01", precision_debut="annee", fin="2026-02-01")
    factories.labellisation(ganges, fin="2023-06-01", adhesion="2021-09-01")
    # An ORT over two départements: extended in time, left by an avenant, entered again.
    ort = factories.convention(
        "2021-07-16",
        [lodeve, salvetat, agde, Commune.objects.get(pk="34501")],
        identifiant="ort-a",
        porteur=monts,
        duree_annees=3,
        note_interne=SECRET,
    )
    factories.avenant(ort, "2022-05-01", [lacaune, Commune.objects.get(pk="34502")], numero=1)
    out = factories.avenant(ort, "2022-10-01", numero=2, precision_signature="mois")
    factories.rewrite(ort.couvertures.filter(commune__in=[lodeve, agde]), sortie=out)
    back = factories.avenant(ort, "2024-06-01", numero=3, duree_annees=5, note_interne=SECRET)
    factories.couverture(ort, lodeve, entree=back, remarques_enquete=SECRET)
    # Over, then extended too late; a convention that is no ORT; one that is not signed.
    late = factories.convention("2021-12-01", [murat, old], identifiant="ort-b", duree_annees=2)
    factories.avenant(late, "2025-03-01", numero=1, duree_annees=6)
    factories.convention("2022-01-01", [ganges], identifiant="ort-c", precision_signature="annee")
    factories.convention("2021-03-01", [ganges], identifiant="non", vaut_ort=False)
    factories.convention(None, [lacaune], identifiant="future")
    posts(lodeve, lacaune, salvetat, ganges, old)


def posts(lodeve, lacaune, salvetat, ganges, old):
    """Posts held, vacant, advertised, closed, of no date at all, or that serve by turns."""
    named = {"employeur_commune": salvetat, "note_interne": SECRET, "quotite": 80}
    held = factories.poste(
        [lodeve, lacaune],
        identifiant="poste-a",
        date_ouverture=day("2021-06-01"),
        precision_ouverture="mois",
        date_fermeture=day("2026-09-01"),
        **named,
    )
    told = {"titulaire": SECRET, "courriel": "secret@exemple.fr", "quotite": 80}
    factories.occupation(held, "2021-10-01", "2022-12-01", **told)
    factories.occupation(held, "2023-04-03", "2025-02-01", **told)
    factories.recrutement(held, "2022-12-15", "recrute", "2023-03-01")
    factories.recrutement(held, "2025-05-01")
    turns = factories.poste(identifiant="poste-b", date_ouverture=day("2022-02-01"))
    Desserte.objects.create(poste=turns, commune=ganges, fin=day("2023-06-01"))
    Desserte.objects.create(poste=turns, commune=old, debut=day("2022-06-01"))
    factories.poste([ganges], identifiant="poste-c")
    factories.poste([salvetat], identifiant="poste-d", date_ouverture=day("2027-03-01"))
