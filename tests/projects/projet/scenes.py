"""Actions and their money, for the tests of their pages and of their files."""

from communes.models import Tenue
from ort.models import Organisme
from tests import factories

SOLDE = {"sorte_versement": "solde"}


def organisme(nom, nature="etat", siren=""):
    return Organisme.objects.get_or_create(nom=nom, defaults={"nature": nature, "siren": siren})[0]


def accorde(action, montant, jour="2023-01-01", cle="detr", nature="etat", **fields):
    """Return a line granted on a day; its funder is the State unless `fields` name another."""
    fields.setdefault("financeur_organisme", organisme("État"))
    line = factories.financement(action, cle, nature, **fields)
    factories.fait_financement(line, "accord", jour, montant, reference="2023-I-12")
    return line


def verse(line, montant, jour, sorte="acompte"):
    return factories.fait_financement(line, "versement", jour, montant, sorte_versement=sorte)


def lodeve(tenue=Tenue.COMPLETE):
    """Return the ORT of Lodève and its action A1, begun in 2024, of 1 240 000 € of which 372 000 granted."""
    factories.millesime(2023)
    factories.departement("34", tenue_plans=tenue)
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci, nom="Lodève", siren="213401425")
    factories.labellisation(town, adhesion="2021-03-26")
    ort = factories.convention(
        "2022-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève", porteur=epci
    )
    a1 = factories.action(
        [town],
        ort,
        identifiant="lod-a1",
        numero="A1",
        intitule="Réhabilitation d'un îlot",
        axe=factories.axe(ort),
        theme=factories.theme(),
        maitre_ouvrage_commune=town,
    )
    factories.cout(a1, "1240000.00", "2022-08-01")
    factories.fait(a1, "debut", "2024-03-01")
    factories.prevision(a1, "2026-03-01", "2022-08-01", precision="mois")
    anah = organisme("Anah", "etablissement", "130005481")
    line = accorde(a1, "372000.00", cle="anah", nature="operateur", financeur_organisme=anah)
    verse(line, "111600.00", "2024-06-01", "avance")
    return ort
