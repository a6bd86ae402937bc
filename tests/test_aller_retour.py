"""What goes out comes back: a table that we wrote, sent back as it is, changes nothing; a cell, one thing."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Labellisation
from ort.imports import ConventionRessource
from ort.models import Avenant, CommuneCouverte, Convention, Organisme
from projects.actions.models import Axe
from projects.postes.models import CofinancementPoste, Desserte, Occupation, Recrutement
from socle.fichiers.deroulement import preview
from socle.fichiers.entetes import LigneLue, TableLue
from socle.fichiers.formats import FORMATS
from tests import factories
from tests.factories import day
from tests.fichiers import changes, confirm, exported, motives, outcome, previewed, send, written
from tools.bureautique import find, saved_again

CLUB = "projects_evenementclub"
LABELLISATION, ORT = "communes_labellisation", "ort_convention"
AVENANT, POSTE, ACTION = "ort_avenant", "projects_poste", "projects_action"
ETUDE = "projects_etude"
BILAN, PRESENTATION = "projects_bilan", "projects_presentation"
# Each sort of file that comes in, with the page that takes it and the public file that it takes too.
TABLES = {
    "communes-laureates": (LABELLISATION, "communes"),
    "ort": (ORT, "ort"),
    "ort-communes": (ORT, "ort-communes"),
    "avenants": (AVENANT, "avenants"),
    "postes": (POSTE, "postes"),
    "postes-communes": (POSTE, None),
    "titulaires": (POSTE, None),
    "recrutements": (POSTE, "recrutements"),
    "cofinancements": (POSTE, None),
    "actions": (ACTION, None),
    "axes": (ACTION, None),
    "faits": (ACTION, None),
    "previsions": (ACTION, None),
    "couts": (ACTION, None),
    "derogations": (ACTION, None),
    "effets-avenants": (ACTION, None),
    "financements": (ACTION, None),
    "faits-financements": (ACTION, None),
    "versements": (ACTION, None),
    "etudes": (ETUDE, "etudes"),
    "faits-etudes": (ETUDE, None),
    "couts-etudes": (ETUDE, None),
    "financements-etudes": (ETUDE, None),
    "faits-financements-etudes": (ETUDE, None),
    "versements-etudes": (ETUDE, None),
    "bilans": (BILAN, None),
    "presentations": (PRESENTATION, None),
    "evenements": (CLUB, None),
    "participations": (CLUB, None),
    "ressources": (CLUB, None),
    "indicateurs": ("projects_indicateur", None),
    "cibles": ("projects_cible", None),
    "releves": ("projects_releve", None),
}
# Those that the national level alone writes.
NATIONALES = ("themes", "dispositifs", "regles-dispositifs")
PUBLIC = {sorte: public for sorte, (_, public) in TABLES.items() if public}
# What a form of file becomes is read without the database, which the rows reach all alike.
FORMES = [
    "csv",
    *(pytest.param(forme, marks=pytest.mark.une_base) for forme in ("tableur", "xlsx", "ods")),
]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture(scope="module")
def recorded(scene):
    """Records of every table, with all that a file may hold: codes with a zero, months, sources, notes."""
    source = factories.source("acte-signe")
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC du Lodévois; Larzac")
    departement = factories.departement("34")
    lodeve, ganges, florac = (
        factories.commune(code, epci, departement=departement)
        for code in ("34142", "34111", "01004")
    )
    label = factories.labellisation(
        lodeve, adhesion="2021-03-01", precision_adhesion="mois", id_pvd="pvd-76-34-1",
        note_interne="« à relire » ; \"oui\"\nsuite",
    )  # fmt: skip
    said(label, "date_signature_adhesion", "2021-03-01", source, "mois")
    factories.labellisation(ganges, fin="2023-12-01", motif_sortie="=1+1")
    ort = factories.convention(
        "2021-07-16", [lodeve, florac], identifiant="ort-lodeve", porteur=epci, duree_annees=5,
        ville_principale=lodeve, derogation_l303_3=False, note_interne="-1 à relire",
    )  # fmt: skip
    said(ort, "date_signature", "2021-07-16", source)
    entree = factories.avenant(
        ort, "2022-06-01", [ganges], numero=1, duree_annees=8, objet="Entrée"
    )
    said(entree, "date_signature", "2022-06-01", source)
    sortie = factories.avenant(ort, "2023-01-01", precision_signature="mois")
    factories.rewrite(CommuneCouverte.objects.filter(commune=ganges), sortie=sortie)
    factories.avenant(ort, None, date_signature_prevue=day("2027-01-01"))
    poste = factories.poste(
        identifiant="poste-lodeve", quotite=80, employeur_commune=florac, service="Urbanisme",
        date_ouverture=day("2021-03-01"), precision_ouverture="mois",
    )  # fmt: skip
    said(poste, "date_ouverture", "2021-03-01", source, "mois")
    petr = Organisme.objects.create(nom="PETR « du Larzac »", nature="petr", siren="200000001")
    factories.poste([ganges], identifiant="poste-petr", employeur_organisme=petr)
    for town, debut in ((lodeve, "2021-03-01"), (florac, None)):
        poste.dessertes.create(commune=town, debut=debut and day(debut))
    held = factories.occupation(
        poste, "2021-09-01", "2023-09-01", titulaire="Titulaire 1", courriel="t1@exemple.fr",
        telephone="+33 4 67 00 00 00", type_contrat="cdd", quotite=80,
        fin_contrat_prevue=day("2024-09-01"), motif_depart="mutation",
    )  # fmt: skip
    said(held, "debut", "2021-09-01", source)
    factories.occupation(poste, "2023-10-01", titulaire="Titulaire 2")
    offer = factories.recrutement(
        poste, "2021-05-01", "recrute", "2021-06-25", date_cloture=day("2021-05-31"),
        adresse_offre="https://exemple.fr/offre?a=1", occupation=held,
    )  # fmt: skip
    said(offer, "date_publication", "2021-05-01", source)
    factories.cofinancement(
        poste, taux="37.5", montant="27500.50", debut=day("2022-01-01"), fin=day("2023-01-01"),
        reference_decision="2022-001",
    )  # fmt: skip
    plan(ort, lodeve, florac, petr, source)
    reviews(ort, lodeve, source)


@pytest.fixture
def programme(recorded, db):
    return Convention.objects.get(identifiant="ort-lodeve")


def reviews(ort, commune, source):
    """Make reviews that answer a due date, or none, and what was presented of them and of the ORT."""
    held = factories.bilan(
        ort, "2022-09-01", "2022-07-16", precision="mois", comite="Comité « de projet »",
        decisions="Continuer ;\r\net écrire, ici", note_interne="=1+1",
    )  # fmt: skip
    said(held, "tenu_le", "2022-09-01", source, "mois")
    factories.bilan(ort, "2026-08-25", "2026-07-16", "quinquennal")
    factories.bilan(ort, "2026-08-26")
    for of in (held, None):
        heard = factories.presentation(ort, commune, "2022-10-01", of, deliberation="2022-0112")
        said(heard, "jour", "2022-10-01", source)
        factories.presentation(ort, ort.porteur, "2022-10-01", of)


def plan(ort, lodeve, florac, petr, source):
    """Make an action by each sort of act, one by none, and the history of their money."""
    axe = factories.axe(ort, "1.10", ordre=3)
    whole = factories.action(
        [lodeve, florac], ort, identifiant="action-1", numero="1.10", axe=axe, investissement=True,
        theme=factories.theme("habitat"), maitre_ouvrage_organisme=petr, plan_signe="sans_financement",
        longitude=Decimal("3.125"), latitude=Decimal("43.73151"), note_interne="« à relire »",
        description="Deux lignes ;\net une virgule, ici", sortie=ort.avenants.get(numero=1),
    )  # fmt: skip
    whole.themes_lies.create(theme=factories.theme("numerique"))
    whole.secteurs_lies.create(secteur=ort.secteurs.create(commune=lodeve, nom="Centre, « bas »"))
    whole.partenaires_lies.create(organisme=petr)
    factories.action([], ort, identifiant="action-2", numero="1.1", etendue="ort")
    label = factories.labellisation(florac, adhesion="2021-05-01")
    label.axes.create(code="A", intitule="Habiter")
    factories.action([florac], adhesions=[label], identifiant="action-3", axe=label.axes.get())
    factories.action([lodeve], identifiant="operation-relevee", maitre_ouvrage_commune=lodeve)
    entree = ort.avenants.get(numero=1)
    factories.action(
        [factories.commune("34111")], ort, identifiant="action-4", entree_par="avenant", entree=entree,
        maitre_ouvrage_intercommunalite=ort.porteur, aboutissement="etude",
    )  # fmt: skip
    begun = factories.fait(whole, "debut", "2023-03-01", precision="mois", texte="=1+1")
    said(begun, "jour", "2023-03-01", source, "mois")
    factories.fait(whole, "blocage", "2023-05-02", texte="Une parcelle")
    factories.prevision(whole, "2025-01-01", "2023-03-04", precision="annee")
    factories.cout(whole, Decimal("1240000.50"), "2023-01-02", nature="marche")
    factories.cout(whole, 0, "2022-01-02", base="")
    whole.derogations.create(objet="participation", jour=day("2023-01-09"), motif="Patrimoine")
    whole.effets.create(avenant=entree, nature="modifiee", texte="Le kiosque s'y ajoute.")
    whole.effets.create(avenant=entree, nature="transferee", ancien_commune=lodeve)
    money(whole, lodeve, petr, source)
    etudes(ort, lodeve, florac, whole, petr, source)
    club(lodeve, ort.porteur, petr, source)
    measures(whole, lodeve, ort, source)


def etudes(ort, lodeve, florac, action, petr, source):
    """Make a co-funded study with its whole history, and one that is provided."""
    study = factories.etude(
        [lodeve, florac], ort, [action], identifiant="etude-1", prestataire=petr,
        intitule="Étude « habitat » ; bas", note_interne="-1 à relire",
    )  # fmt: skip
    asked = factories.fait_etude(study, "demandee", "2022-03-01", precision="mois")
    said(asked, "jour", "2022-03-01", source, "mois")
    factories.fait_etude(study, "rendue", "2023-03-04", precision="au_plus_tard")
    factories.cout(study, Decimal("30000.50"), "2022-03-02")
    line = factories.financement(
        study, "region", identifiant="f-etude", financeur_organisme=petr, numero_dossier="D-0099"
    )
    factories.fait_financement(line, "accord", "2022-04-01", 15000, taux=Decimal("0.5"))
    factories.fait_financement(line, "versement", "2022-05-01", 100)
    given = factories.etude(
        [florac], identifiant="etude-2", regime="mise_a_disposition", nature="habitat",
        beneficiaire_intercommunalite=ort.porteur,
    )  # fmt: skip
    factories.fait_etude(given, "commandee", "2023-01-01")


def measures(action, commune, ort, source):
    """Make readings of an action, a commune and an ORT: a share under one, a secret, a break, a sector."""
    here = {"departement": commune.departement}
    share = factories.indicateur("part", unite="%", libelle="Part « du centre »", **here)
    whole = factories.indicateur("ort", perimetre="ort", unite="m²", **here)
    sector = factories.indicateur("secteur", perimetre="secteur", **here)
    factories.releve(action, Decimal("0.80"), "2023-01-01", mesure=share, precision="annee")
    factories.releve(commune, "secret", "2024-01-01", mesure=share, serie="LOVAC 2024")
    read = factories.releve(
        ort, Decimal("1250.50"), "2024-02-01", mesure=whole, publie_le="2024-06-01", rupture=True
    )
    said(read, "jour", "2024-02-01", source)
    centre = ort.secteurs.get()
    factories.releve(commune, 3, "2024-02-01", mesure=sector, secteur=centre, precision="mois")
    factories.cible(action, 1, "2023-01-01", mesure=share, reference=(Decimal("0.5"), "2022-01-01"))
    factories.cible(
        ort, 2000, "2023-01-01", mesure=whole, echeance_prevue=day("2027-01-01"), serie="m"
    )


def money(action, commune, petr, source):
    """Make two lines of money: one whole history, and one of which only a payment is known."""
    line = factories.financement(
        action,
        identifiant="f-detr",
        annee=2023,
        numero_dossier="D-0042",
        beneficiaire_commune=commune,
    )
    factories.fait_financement(line, "demande", "2022-05-02", 1000)
    factories.fait_financement(line, "dossier_complet", "2022-06-02")
    granted = factories.fait_financement(
        line, "accord", "2022-09-01", Decimal("1000.10"), date_notification=day("2022-09-09"),
        depense_subventionnable=Decimal("3000.30"), base="HT", taux=Decimal("33.3333"),
        reference="A-0012", precision="mois",
    )  # fmt: skip
    said(granted, "jour", "2022-09-01", source, "mois")
    said(granted, "date_notification", "2022-09-09", source)
    factories.fait_financement(
        line, "prorogation", "2023-02-01", delai="achevement", date_limite_prevue=day("2027-01-01")
    )
    for sorte in ("avance", "acompte"):
        factories.fait_financement(line, "versement", "2023-04-01", 300, sorte_versement=sorte)
    factories.fait_financement(line, "versement", "2023-04-01", 300, reference="DP 2")
    factories.fait_financement(line, "reversement", "2023-06-01", Decimal("0.50"))
    factories.fait_financement(line, "retrait", "2024-01-01", 950, motif="Moins de travaux")
    other = factories.financement(
        action, "region", "collectivite", identifiant="f-region", financeur_organisme=petr, rang=2
    )
    factories.fait_financement(
        other, "accord", "2023-01-01", precision="au_plus_tard", suppose=True, taux=Decimal("0.8")
    )
    factories.fait_financement(other, "versement", "2023-01-01", 50, sorte_versement="unique")
    factories.regle(line.dispositif, "2022-01-01", taux_avance=30, mois_commencement=24)


def club(commune, epci, petr, source):
    """Make an event with all that it may hold, and one of which little is known."""
    held = factories.evenement(
        "2024-02-28", [commune.departement], [petr], identifiant="atelier-1", fin=day("2024-02-29"),
        theme=factories.theme("habitat"), lieu="Pézenas ; théâtre", en_ligne=False,
        annonce_le=day("2024-01-15"), decisions="Se revoir ;\nen mai", note_interne="« à relire »",
    )  # fmt: skip
    said(held, "debut", "2024-02-28", source)
    factories.evenement(
        "2023-03-01", [commune.departement], identifiant="atelier-2", precision_debut="mois",
        theme_libre="=1+1",
    )  # fmt: skip
    factories.participation(held, commune, elus=2, equipe=0)
    for who in (epci, factories.poste(identifiant="poste-du-club")):
        factories.participation(held, who)
    factories.ressource(held, adresse="https://exemple.fr/a?b=c", theme=factories.theme("habitat"))


def said(fiche, champ, valeur, source, precision="jour"):
    fiche.affirmations.create(
        champ=champ, valeur=valeur, valeur_brute=valeur, source=source, precision=precision
    )


def internal(browser, sorte, forme):
    """Return the bytes of a table of the back office."""
    url = reverse(f"admin:{TABLES[sorte][0]}_export", args=[sorte, forme])
    return browser.get(url).getvalue()


def public(browser, sorte, forme):
    """Return the bytes of a public table."""
    extension, tableur = ("csv", "?tableur=1") if forme == "tableur" else (forme, "")
    return browser.get(f"/donnees/{PUBLIC[sorte]}.{extension}{tableur}").getvalue()


def back(browser, sorte, content, name="essai"):
    return previewed(browser, TABLES[sorte][0], sorte, content, name=name)


def unchanged(page):
    """Refuse a preview that changes anything, and say what."""
    told = {n: changes(page, n) for n, sort in outcome(page).items() if sort != "inchangée"}
    assert not told, (told, motives(page))
    assert outcome(page)


@pytest.mark.parametrize("forme", FORMES)
@pytest.mark.parametrize("sorte", TABLES)
def test_an_internal_table_sent_back_changes_nothing(agent_34, programme, sorte, forme):
    unchanged(back(agent_34, sorte, internal(agent_34, sorte, forme)))


@pytest.mark.parametrize("sorte", NATIONALES)
def test_a_national_table_sent_back_changes_nothing(national, agent_34, programme, sorte):
    content = national.get(reverse(f"admin:{ACTION}_export", args=[sorte, "csv"])).getvalue()
    unchanged(previewed(national, ACTION, sorte, content))
    assert send(agent_34, ACTION, sorte, content).status_code == 200, "no such sort is offered"


@pytest.mark.parametrize("forme", FORMES)
@pytest.mark.parametrize("sorte", PUBLIC)
def test_a_public_table_sent_back_changes_nothing(agent_34, programme, sorte, forme):
    unchanged(back(agent_34, sorte, public(agent_34, sorte, forme)))


@pytest.fixture
def uneven(programme):
    """What one code may name of several, what was followed since, and what is another's to write."""
    ours, theirs = factories.departement("34"), factories.departement("81")
    lodeve, lacaune = factories.commune("34142"), factories.commune("81124", epci="new")
    ort = factories.convention(
        "2022-01-01", [lodeve, lacaune], identifiant="ort-partagee", departement_reference=theirs
    )
    sectors = [ort.secteurs.create(commune=town, nom="Centre") for town in (lodeve, lacaune)]
    factories.action([lacaune], ort, identifiant="action-du-tarn")
    shared = factories.action([lodeve], ort, identifiant="action-partagee")
    for sector in sectors:
        shared.secteurs_lies.create(secteur=sector)
    measured = factories.indicateur("par-secteur", perimetre="secteur", departement=ours)
    factories.releve(ort, 3, "2024-02-01", mesure=measured, secteur=sectors[0])
    factories.cible(ort, 9, "2024-02-01", mesure=measured, secteur=sectors[1])
    factories.evenement(nature="rencontre_nationale")
    # What was recorded of a commune before its fusion was known.
    gone = factories.commune("34150", epci="new", fin=day("2024-01-01"), successeur=lodeve)
    factories.presentation(programme, gone, "2024-03-01")
    Desserte.objects.create(
        poste=factories.poste([lodeve], identifiant="poste-de-trop"),
        commune=gone,
        debut=day("2024-03-01"),
    )
    factories.couverture(
        ort, gone, entree=factories.avenant(ort, "2024-03-01", precision_signature="mois")
    )


@pytest.mark.parametrize("forme", FORMES)
@pytest.mark.parametrize("sorte", TABLES)
def test_an_uneven_table_sent_back_changes_nothing(agent_34, uneven, sorte, forme):
    unchanged(back(agent_34, sorte, internal(agent_34, sorte, forme)))


def test_what_is_read_of_another_is_sent_back_and_not_changed(agent_34, uneven):
    (row,) = [
        row
        for row in exported(agent_34, ACTION, "actions")
        if row["action_identifiant"] == "action-du-tarn"
    ]
    unchanged(back(agent_34, "actions", written([row])))
    page = back(agent_34, "actions", written([row | {"intitule": "Autre titre"}]))
    assert "hors de vos départements" in motives(page)[2]


# Fields that hold words, as people write them or paste them from a document.
MOTS = [
    "nom",
    "intitule",
    "libelle",
    "titre",
    "note_interne",
    "texte",
    "motif",
    "description",
    "objet",
]
MOTS += ["comite", "decisions", "definition", "reference", "service", "lieu", "titulaire"]
SOFT_HYPHEN = "\u00ad"


@pytest.fixture
def pasted(programme):
    """Cut each word of every record by a sign that nobody sees, as some documents do."""
    ours = [m for m in apps.get_models() if m._meta.app_label in ("communes", "ort", "projects")]
    for model in ours:
        fields = {f.name for f in model._meta.concrete_fields if not f.choices}.intersection(MOTS)
        for record in model._base_manager.all() if hasattr(model, "history") else ():
            texts = {name: getattr(record, name) for name in fields if getattr(record, name)}
            cut = {name: re.sub(r"\B", SOFT_HYPHEN, text, count=1) for name, text in texts.items()}
            factories.rewrite(model._base_manager.filter(pk=record.pk), **cut)
    factories.rewrite(Axe.objects.filter(code="1.10"), code=f"1.1{SOFT_HYPHEN}0")


@pytest.mark.parametrize("sorte", TABLES)
def test_signs_that_nobody_sees_change_nothing(agent_34, pasted, sorte):
    unchanged(back(agent_34, sorte, internal(agent_34, sorte, "csv")))


def test_a_changed_cell_leaves_the_others_to_their_last_sign(agent_34, pasted):
    held = Avenant.objects.get(numero=1)
    assert SOFT_HYPHEN in held.objet
    (row,) = [row for row in exported(agent_34, AVENANT, "avenants") if row["numero"] == "1"]
    row["duree_annees"] = "9"
    confirm(agent_34, back(agent_34, "avenants", written([row])))
    now = Avenant.objects.get(numero=1)
    assert (now.duree_annees, now.objet) == (9, held.objet)


def files(browser, forme):
    """Yield every table of the back office, then every public one: its sort and its bytes."""
    for sorte in TABLES:
        yield sorte, internal(browser, sorte, forme)
    for sorte in PUBLIC:
        yield sorte, public(browser, sorte, forme)


@pytest.mark.une_base
@pytest.mark.parametrize("forme", ["xlsx", "ods", "tableur"])
def test_a_table_that_libreoffice_saved_again_changes_nothing(agent_34, programme, tmp_path, forme):
    assert find(), "LibreOffice manque : « make test » dit comment l'installer."
    sent, saved = tmp_path / "envoi", tmp_path / "retour"
    sent.mkdir()
    sorts, paths = [], []
    for n, (sorte, content) in enumerate(files(agent_34, forme)):
        sorts.append(sorte)
        paths.append(sent / f"{n}.{FORMATS[forme].extension}")
        paths[-1].write_bytes(content)
    for sorte, path in zip(sorts, saved_again(paths, saved), strict=True):
        unchanged(back(agent_34, sorte, path.read_bytes()))


def as_french_excel_saves(content):
    """Return a CSV as French Excel saves the one that it opened: days in its way, codes without zero."""
    text = content.decode("utf-8-sig")
    text = re.sub(r"\b(\d{4})-(\d\d)-(\d\d)(?=;|\r\n)", r"\3/\2/\1", text)
    return re.sub(r"(?<=;)0(\d{4})(?=;)", r"\1", text).encode("cp1252")


@pytest.mark.une_base
def test_a_table_that_french_excel_saved_again_changes_nothing(agent_34, programme):
    for sorte, content in files(agent_34, "tableur"):
        saved = as_french_excel_saves(content)
        assert saved != content
        unchanged(back(agent_34, sorte, saved))


# Of each table, what tells its rows apart, and the field of the record that it corrects.
CORRECTIONS = [
    (
        "communes-laureates",
        "date_entree_programme",
        "2021-01-22",
        "2021-01-15",
        Labellisation,
        "debut",
    ),
    ("ort-communes", "date_avenant_sortie", "2023-01-01", "2024-01-11", CommuneCouverte, "sortie"),
    (
        "ort-communes",
        "avenant_sortie_identifiant",
        "ort-lodeve-avenant-2",
        "ort-lodeve-avenant-4",
        CommuneCouverte,
        "sortie",
    ),
    ("avenants", "date_signature", "2022-06-01", "2022-06-02", Avenant, "date_signature"),
    ("avenants", "date_signature", "", "2026-01-05", Avenant, "date_signature"),
    ("postes-communes", "date_debut", "2021-03-01", "2021-04-01", Desserte, "debut"),
    ("titulaires", "arrivee", "2021-09-01", "2021-09-15", Occupation, "debut"),
    (
        "recrutements",
        "date_publication",
        "2021-05-01",
        "2021-05-02",
        Recrutement,
        "date_publication",
    ),
    (
        "cofinancements",
        "reference_decision",
        "2022-001",
        "2022-007",
        CofinancementPoste,
        "reference_decision",
    ),
]


def corrected(content, column, before, after):
    """Return a CSV of which one cell of one row, the first that reads `before`, is changed.

    Its sources are left out: they do not say the new date.
    """
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    row = next(row for row in rows if row[column] == before)
    row |= {name: "" for name in row if name.startswith("source_")}
    row[column] = after
    return written(rows)


@pytest.mark.parametrize(("sorte", "column", "before", "after", "model", "champ"), CORRECTIONS)
def test_a_changed_cell_is_one_change_of_the_record_that_it_came_from(
    agent_34, programme, sorte, column, before, after, model, champ
):
    factories.avenant(programme, "2024-01-11")
    records = {record.pk: getattr(record, champ) for record in model.objects.all()}
    page = back(agent_34, sorte, corrected(internal(agent_34, sorte, "csv"), column, before, after))
    assert sorted(outcome(page).values()) == ["inchangée"] * (len(records) - 1) + ["modifiée"]
    (changed,) = [changes(page, n) for n, sort in outcome(page).items() if sort == "modifiée"]
    assert set(changed) - {c for c in changed if c.startswith("source_")} == {
        "date_avenant_sortie" if champ == "sortie" else column
    }
    confirm(agent_34, page)
    now = {record.pk: getattr(record, champ) for record in model.objects.all()}
    assert set(now) == set(records)
    assert len([pk for pk in now if now[pk] != records[pk]]) == 1


def test_an_avenant_without_its_identifier_is_known_by_its_convention_and_its_day(
    agent_34, programme
):
    (row,) = [row for row in exported(agent_34, AVENANT, "avenants") if row["numero"] == "1"]
    row |= {"avenant_identifiant": "", "objet": "Entrée de Ganges"}
    page = back(agent_34, "avenants", written([row]))
    assert changes(page) == {"objet": ("Entrée", "Entrée de Ganges")}


def test_a_key_set_apart_from_its_row_is_refused_with_both_names(agent_34, programme):
    factories.avenant(factories.convention(identifiant="ort-sete"), "2023-04-13")
    header = "ort_identifiant,date_signature,avenant_identifiant"
    text = f"{header}\nort-sete,2023-04-13,ort-lodeve-avenant-1\n"
    assert motives(back(agent_34, "avenants", text))[2] == (
        "colonne « avenant_identifiant », valeur « ort-lodeve-avenant-1 » : cette clé est celle d'une "
        "ligne de « ort-lodeve » (ort_identifiant), et cette ligne est de « ort-sete »"
    )
    holder = Occupation.objects.get(titulaire="Titulaire 1")
    text = f"titulaire_cle,poste_identifiant,arrivee\ntitulaire-{holder.pk},poste-petr,2021-09-01\n"
    told = motives(back(agent_34, "titulaires", text))[2]
    assert "« poste-lodeve »" in told
    assert "« poste-petr »" in told
    served = Desserte.objects.get(commune="01004")
    text = f"desserte_cle,poste_identifiant,code_insee\ndesserte-{served.pk},poste-lodeve,34142\n"
    told = motives(back(agent_34, "postes-communes", text))[2]
    assert "« 01004 » (code_insee), et cette ligne est de « 34142 »" in told


@pytest.mark.parametrize(
    "key", ["titulaire-0", "titulaire-{gone}", "recrutement-1", "titulaire-99999999999999999999"]
)
def test_a_key_of_no_record_is_refused(agent_34, programme, key):
    gone = Occupation.objects.get(titulaire="Titulaire 2")
    key = key.format(gone=gone.pk)
    gone.delete()
    text = f"titulaire_cle,poste_identifiant,arrivee\n{key},poste-lodeve,2021-09-01\n"
    refused = f"colonne « titulaire_cle », valeur « {key} » : aucune fiche n'a cette clé"
    assert motives(back(agent_34, "titulaires", text)) == {2: refused}


def test_the_key_of_a_neighbour_tells_nothing_of_its_record(agent_34, programme):
    theirs = factories.occupation(
        factories.poste([factories.commune("81124")], identifiant="poste-du-tarn"), "2022-01-01"
    )
    for poste in ("poste-lodeve", "poste-du-tarn"):
        text = (
            f"titulaire_cle,poste_identifiant,arrivee\ntitulaire-{theirs.pk},{poste},2022-02-01\n"
        )
        page = back(agent_34, "titulaires", text)
        assert "hors de vos départements" in motives(page)[2]
        assert (poste in motives(page)[2], "01/01/2022" in motives(page)[2]) == (False, False)


def test_two_rows_of_one_record_are_refused(agent_34, programme):
    rows = exported(agent_34, POSTE, "titulaires")
    rows[1]["titulaire_cle"] = rows[0]["titulaire_cle"]
    assert outcome(back(agent_34, "titulaires", written(rows))) == {2: "inchangée", 3: "refusée"}


def test_a_row_without_a_key_in_a_table_of_keys_is_a_new_record(agent_34, programme):
    rows = exported(agent_34, POSTE, "titulaires")
    rows.append(rows[0] | {"titulaire_cle": "", "arrivee": "2024-01-01", "dernier_jour": ""})
    rows[-1] |= {"motif_depart": "", "titulaire": "Titulaire 3", "source_arrivee": ""}
    page = back(agent_34, "titulaires", written(rows))
    assert outcome(page) == {2: "inchangée", 3: "inchangée", 4: "nouvelle"}


def test_an_export_made_before_the_keys_is_refused_with_what_to_do(agent_34, programme):
    answer = send(agent_34, POSTE, "titulaires", "pk,poste_identifiant,arrivee\n1,poste-lodeve,\n")
    told = str(answer.context["form"].errors["fichier"])
    assert "Exportez de nouveau la liste, ou retirez la colonne « pk »" in told


def test_an_act_named_twice_otherwise_is_refused(agent_34, programme):
    header = "ort_identifiant,code_insee,date_avenant_entree,avenant_entree_identifiant"
    text = (
        f"{header}\nort-lodeve,34142,2022-06-01,ort-lodeve-avenant-2\n"
        "ort-lodeve,34142,,ort-sete-avenant-1\n"
    )
    told = motives(back(agent_34, "ort-communes", text))
    assert "cet avenant n'est pas de la date que dit « date_avenant_entree »" in told[2]
    assert "cette ORT n'a pas cet avenant" in told[3]


def test_a_commune_comes_in_by_an_avenant_that_only_its_identifier_tells(agent_34, programme):
    """Nothing else tells two unsigned avenants apart, nor two of one month."""
    factories.commune("34028")
    text = "ort_identifiant,code_insee,avenant_identifiant\nort-lodeve,34028,ort-lodeve-avenant-3\n"
    confirm(agent_34, back(agent_34, "ort-communes", text))
    assert CommuneCouverte.objects.get(commune="34028").entree.date_signature is None


# Of each table, a column that our files compute, what someone writes there, and where it is changed.
CALCULEES = [
    ("communes-laureates", True, "statut", "laureate", "les dates de la commune"),
    ("ort", True, "duree_annees", "9", "« duree_convention_annees »"),
    ("ort", True, "date_fin", "2030-07-16", "la date de signature"),
    ("ort", True, "statut", "terminee", "les dates de l'ORT"),
    ("ort", True, "communes_couvertes", "34142", "le tableau des communes des ORT"),
    ("ort", False, "duree_totale_annees", "9", "« duree_convention_annees »"),
    ("ort", False, "statut", "terminee", "les dates de l'ORT"),
    ("avenants", False, "communes_ajoutees", "34111|34142", "le tableau des communes des ORT"),
    ("postes", True, "etat", "vacant", "les dates du poste"),
    ("postes", False, "communes_desservies", "34142", "le tableau des communes desservies"),
]


@pytest.mark.parametrize(("sorte", "published", "column", "typed", "told"), CALCULEES)
def test_a_computed_column_changed_by_hand_is_refused_with_where_to_change_it(
    agent_34, programme, sorte, published, column, typed, told
):
    content = (public if published else internal)(agent_34, sorte, "csv").decode()
    rows = list(csv.DictReader(io.StringIO(content)))
    row = next(row for row in rows if row[column])
    row[column] = typed
    (refused,) = motives(back(agent_34, sorte, written(rows))).values()
    assert f"colonne « {column} », valeur « {typed} »" in refused
    assert f"cette colonne est calculée : changez {told}" in refused


def test_a_computed_column_says_nothing_where_the_day_of_the_file_is_not_told(agent_34, programme):
    """In a table of the agent, a column of that name is its own."""
    text = "ort_identifiant,statut\nort-lodeve,en cours\n"
    assert outcome(back(agent_34, "ort", text)) == {2: "inchangée"}


@pytest.mark.parametrize(("duree", "refused"), [("5", False), ("8", True)])
def test_a_computed_column_is_that_of_the_day_of_the_file(agent_34, programme, duree, refused):
    """Before the avenant that extends it, the duration was that of the convention."""
    told = {"date_situation": "2022-01-01", "duree_annees": duree}
    row = LigneLue(2, {"ort_identifiant": "ort-lodeve"}, calculees=told)
    table = TableLue("essai.csv", ["ort_identifiant"], [row], [])
    (ligne,) = preview(ConventionRessource(), table, agent_34.agent).lignes
    assert bool(ligne.refus) == refused


def test_the_duration_that_one_fills_is_the_one_that_is_read(agent_34, programme):
    for column, before in (("duree_annees", None), ("duree_convention_annees", "5")):
        if before:
            sent = corrected(internal(agent_34, "ort", "csv"), column, before, "6")
        else:
            sent = f"ort_identifiant,{column}\nort-lodeve,6\n"
        # Told under the name that the file gives it.
        assert changes(back(agent_34, "ort", sent)) == {column: ("5", "6")}


def more_of_everything():
    for number in range(4):
        town = factories.commune(f"3420{number}")
        factories.labellisation(town)
        ort = factories.convention("2021-07-16", [town])
        act = factories.avenant(ort, "2022-06-01", [factories.commune(f"3421{number}")])
        factories.avenant(ort, "2023-06-01", duree_annees=9)
        factories.rewrite(act.entrees, sortie=factories.avenant(ort, "2024-06-01"))
        poste = factories.poste([town])
        factories.occupation(poste, "2022-01-01")
        factories.recrutement(poste, "2021-05-01")
        factories.cofinancement(poste)
        action = factories.action([town], ort, maitre_ouvrage_commune=town)
        factories.fait(action, "debut", "2022-01-01")
        factories.cout(action, 1000)
        line = factories.financement(action, numero_dossier=f"D{number}")
        factories.fait_financement(line, "accord", "2022-01-01", 100)
        factories.fait_financement(line, "versement", "2022-02-01", 10)
        study = factories.etude([town], ort, [action])
        factories.fait_etude(study, "rendue", "2022-01-01")
        factories.cout(study, 1000)
        line = factories.financement(study, numero_dossier=f"E{number}")
        factories.fait_financement(line, "accord", "2022-01-01", 100)
        factories.fait_financement(line, "versement", "2022-02-01", 10)


@pytest.mark.parametrize("sorte", TABLES)
def test_more_rows_that_leave_and_come_back_ask_for_no_more_queries(agent_34, programme, sorte):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert back(agent_34, sorte, internal(agent_34, sorte, "csv")).status_code == 200
        return len(captured)

    queries()
    few = queries()
    more_of_everything()
    assert queries() == few


def test_keys_sorted_apart_from_their_rows_are_refused_within_one_convention(agent_34, programme):
    factories.avenant(programme, "2024-01-11", numero=3)
    rows = [row for row in exported(agent_34, AVENANT, "avenants") if row["date_signature"]]
    keys = [row["avenant_identifiant"] for row in rows]
    for row, key in zip(rows, keys[1:] + keys[:1], strict=True):
        row["avenant_identifiant"] = key
    page = back(agent_34, "avenants", written(rows))
    assert set(outcome(page).values()) == {"refusée"}
    assert f"cette ligne dit ce que dit la fiche « {keys[0]} »" in motives(page)[2]
