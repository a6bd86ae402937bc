"""The communes lauréates brought in and taken out by agents."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from communes.models import AncienCode, Labellisation
from socle.models import Affirmation
from socle.sources import affirm
from tests import factories
from tests.factories import day
from tests.fichiers import changes, confirm, exported, imported, motives, outcome, previewed, send
from tests.socle.fichiers.tableau.fabrique import saved, several_sheets

PAGE, SORTE = "communes_labellisation", "communes-laureates"
HEADER = "code_insee,date_entree_programme,date_signature_adhesion"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodeve(db):
    commune = factories.commune("34142", nom="Lodève")
    return factories.labellisation(commune, adhesion="2021-03-26")


def test_each_row_is_told_new_changed_unchanged_or_refused(agent_34, lodeve):
    factories.commune("34028")
    gignac = factories.labellisation(factories.commune("34114"), adhesion="2021-07-02")
    text = (
        f"{HEADER}\n34142,22/01/2021,26/03/2021\n34114,2021-01-22,2021-07-12\n"
        "34028,2021-01-22,\n34999,2021-01-22,\n34142,2021-01-22,2021-03-27\n999999,,\n"
    )
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {
        2: "inchangée",
        3: "modifiée",
        4: "nouvelle",
        5: "refusée",
        6: "refusée",
        7: "refusée",
    }
    assert changes(page, 3)["date_signature_adhesion"] == ("02/07/2021", "12/07/2021")
    told = motives(page)
    assert told[5] == "colonne « code_insee », valeur « 34999 » : inconnu du référentiel"
    assert told[6] == "la ligne 2 parle déjà de la même fiche"
    assert "ligne d'essai" in told[7]
    gignac.refresh_from_db()
    assert gignac.date_signature_adhesion == day("2021-07-02")
    assert Labellisation.objects.count() == 2


def test_good_rows_go_in_and_the_refused_come_back_as_a_file(agent_34, lodeve):
    text = f"{HEADER};note;motif_sortie\n".replace(",", ";").replace("note;", "Nom commune;")
    text += "34142;;27/03/2021;Lodève;\n99001;;31/02/2021;Nulle part;=1+1\n"
    answer = imported(agent_34, PAGE, SORTE, text)
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-27")
    left = agent_34.get(answer.url)
    assert outcome(left) == {3: "refusée"}
    sent = agent_34.get(left.context["refus_url"]).getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(sent), delimiter=";")
    assert row["code_insee"] == "99001"
    assert row["Nom commune"] == "Nulle part"
    assert row["motif_sortie"] == "'=1+1"
    assert "« 31/02/2021 » n'est pas un jour" in row["pourquoi"]
    again = sent.replace("99001", "34142").replace("31/02/2021", "28/03/2021")
    again = again.replace("Nulle part", "Lodève").encode()
    page = previewed(agent_34, PAGE, SORTE, again)
    assert changes(page)["motif_sortie"] == ("", "=1+1")


def test_the_history_tells_who_and_why_once_a_row(agent_34, lodeve):
    before = lodeve.history.count()
    imported(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n", raison="Erreur de saisie")
    assert lodeve.history.count() == before + 1
    version = lodeve.history.first()
    assert (version.history_user, version.history_change_reason) == (
        agent_34.agent,
        "Erreur de saisie",
    )


def test_a_preview_writes_nothing_at_all(agent_34, lodeve):
    versions = Labellisation.history.count()
    previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-26")
    assert Labellisation.history.count() == versions
    assert not Affirmation.objects.exists()


def test_the_source_of_the_import_vouches_for_the_dates_that_change(agent_34, lodeve):
    anct = factories.source("anct-2026")
    text = f"{HEADER}\n34142,22/01/2021,27/03/2021\n"
    imported(agent_34, PAGE, SORTE, text, source=anct.pk)
    said = lodeve.affirmations.get()
    assert (said.champ, said.valeur, said.source) == ("date_signature_adhesion", "2021-03-27", anct)
    own = f"{HEADER},source_adhesion\n34142,,28/03/2021,\n"
    imported(agent_34, PAGE, SORTE, own, source=anct.pk)
    assert lodeve.affirmations.count() == 1


def test_a_date_written_without_precision_is_exact(agent_34, lodeve):
    lodeve.date_signature_adhesion, lodeve.precision_adhesion = day("2021-03-01"), "mois"
    lodeve.save()
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    assert changes(page)["precision_adhesion"] == ("mois", "jour")


def test_a_row_is_judged_after_the_rows_above_it(agent_34, lodeve):
    header = "code_insee,date_entree_programme,date_sortie_programme"
    text = f"{header}\n34142,2021-01-22,2023-12-01\n34142,2024-06-01,\n34142,2023-01-01,\n"
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "modifiée", 3: "nouvelle", 4: "refusée"}
    assert "déjà dans le programme à ces dates" in motives(page)[4]
    confirm(agent_34, page)
    assert Labellisation.objects.count() == 2


def test_what_the_base_refuses_is_told_in_the_words_of_the_model(agent_34, lodeve):
    factories.commune("34028")
    header = "code_insee,date_entree_programme,date_sortie_programme"
    text = f"{header}\n34142,2021-01-22,2020-01-01\n34028,,\n"
    told = motives(previewed(agent_34, PAGE, SORTE, text))
    assert "La fin doit être postérieure au début." in told[2]
    assert "L'entrée dans le programme a une date" in told[3]


def test_a_base_changed_since_the_preview_is_previewed_again(agent_34, lodeve):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    lodeve.date_signature_adhesion = day("2021-03-25")
    lodeve.save()
    again = confirm(agent_34, page)
    assert "des fiches ont changé depuis" in again.content.decode()
    assert changes(again)["date_signature_adhesion"] == ("25/03/2021", "27/03/2021")
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-25")
    assert confirm(agent_34, again).status_code == 302
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-27")


def test_a_failure_at_the_confirmation_writes_nothing(agent_34, lodeve, monkeypatch):
    factories.labellisation(factories.commune("34114"))
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n34114,,27/03/2021\n")
    save = Labellisation.save

    def failing(self, **kwargs):
        if self.commune_id == "34114":
            raise RuntimeError
        save(self, **kwargs)

    monkeypatch.setattr(Labellisation, "save", failing)
    with pytest.raises(RuntimeError):
        confirm(agent_34, page)
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-26")


def test_an_import_is_confirmed_once(agent_34, lodeve):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    confirm(agent_34, page)
    assert confirm(agent_34, page).url == reverse(f"admin:{PAGE}_import")


def test_a_cancelled_import_writes_nothing(agent_34, lodeve):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    confirm(agent_34, page, annuler="Annuler")
    assert agent_34.get(page.request["PATH_INFO"]).status_code == 302
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-26")


def test_a_row_of_another_departement_is_refused_and_tells_nothing_of_it(agent_34, lodeve):
    lacaune = factories.labellisation(factories.commune("81124"), adhesion="2021-04-29")
    factories.commune("81192")
    text = f"{HEADER}\n81124,,27/03/2021\n81192,2021-01-22,\n34142,,27/03/2021\n"
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "refusée", 3: "refusée", 4: "modifiée"}
    assert set(motives(page).values()) == {
        "colonne « code_insee », valeur « 81124 » : hors de vos départements",
        "colonne « code_insee », valeur « 81192 » : hors de vos départements : demandez l'accord de la "
        "DDT du Tarn, puis l'ajout à l'administrateur national",
    }
    assert "29/04/2021" not in page.content.decode()
    confirm(agent_34, page)
    lacaune.refresh_from_db()
    assert lacaune.date_signature_adhesion == day("2021-04-29")
    assert not Labellisation.objects.filter(commune="81192").exists()


def test_the_import_of_someone_else_is_not_there(agent_34, agent_81, national, lodeve):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    for browser in (agent_81, national):
        assert browser.get(page.request["PATH_INFO"]).status_code == 302
        assert confirm(browser, page).url == reverse(f"admin:{PAGE}_import")
        assert browser.get(page.context["refus_url"]).status_code == 302
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-26")


def test_a_lecteur_exports_and_imports_nothing(lecteur_34, agent_34, lodeve):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    assert lecteur_34.get(reverse(f"admin:{PAGE}_import")).status_code == 403
    assert send(lecteur_34, PAGE, SORTE, f"{HEADER}\n34142,,\n").status_code == 403
    assert lecteur_34.get(page.request["PATH_INFO"]).status_code == 403
    assert confirm(lecteur_34, page).status_code == 403
    assert lecteur_34.get(page.context["refus_url"]).status_code == 403
    for extension in ("csv", "xlsx"):
        url = reverse(f"admin:{PAGE}_import_modele", args=[SORTE, extension])
        assert lecteur_34.get(url).status_code == 403
    listed = lecteur_34.get(reverse(f"admin:{PAGE}_changelist")).content.decode()
    assert "Importer un fichier" not in listed
    assert "Exporter cette liste" in listed
    assert [row["code_insee"] for row in exported(lecteur_34, PAGE, SORTE)] == ["34142"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "vide"),
        ("code_insee\n" + "34142\n" * 5001, "un import en accepte 5000"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_its_form(agent_34, text, reason):
    answer = send(agent_34, PAGE, SORTE, text)
    assert reason in str(answer.context["form"].errors["fichier"])


def test_a_reason_is_asked(agent_34):
    answer = send(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,\n", raison="  ")
    assert "raison" in answer.context["form"].errors


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_template_is_read_and_its_sample_never_goes_in(agent_34, extension):
    factories.commune("01004", departement=factories.departement("34"))
    answer = agent_34.get(reverse(f"admin:{PAGE}_import_modele", args=[SORTE, extension]))
    page = previewed(agent_34, PAGE, SORTE, answer.getvalue(), name=f"modele.{extension}")
    assert motives(page) == {2: "ligne d'exemple du modèle, à retirer"}


def test_a_repaired_code_is_shown(national):
    factories.commune("01004")
    page = previewed(national, PAGE, SORTE, f"{HEADER}\n1004,2021-01-22,\n")
    told = page.context["apercu"].de_soi_meme
    assert told == {"Remis en forme": [("code_insee", "1004", "01004", "2")]}
    assert "Remis en forme : 1 valeur" in page.content.decode()


def test_what_is_exported_is_imported_unchanged(agent_34, lodeve):
    lodeve.note_interne = "-1 à relire\nsuite"
    lodeve.fin, lodeve.precision_fin = day("2023-12-01"), "mois"
    lodeve.save()
    for champ in ("debut", "fin"):
        lodeve.affirmations.create(
            champ=champ,
            valeur_brute=str(getattr(lodeve, champ)),
            valeur=str(getattr(lodeve, champ)),
            precision="mois" if champ == "fin" else "jour",
            source=factories.source(),
        )
    for forme in ("csv", "tableur", "xlsx", "ods"):
        sent = agent_34.get(reverse(f"admin:{PAGE}_export", args=[SORTE, forme]))
        page = previewed(agent_34, PAGE, SORTE, sent.getvalue())
        assert outcome(page) == {2: "inchangée"}, (forme, changes(page), motives(page))


def test_an_export_has_the_rows_of_the_list_as_it_is_filtered(agent_34, national, lodeve):
    factories.labellisation(factories.commune("34276"), fin="2023-12-01")
    factories.labellisation(factories.commune("81124"))

    def codes(browser, query=""):
        return {row["code_insee"] for row in exported(browser, PAGE, SORTE, query=query)}

    assert codes(agent_34) == {"34142", "34276"}
    assert codes(agent_34, "?situation=en_cours") == {"34142"}
    assert codes(agent_34, "?q=lodeve") == {"34142"}
    assert codes(national) == {"34142", "34276", "81124"}
    assert codes(national, "?departement=81") == {"81124"}


def test_the_links_of_the_exports_keep_the_filters(agent_34, lodeve):
    listed = agent_34.get(reverse(f"admin:{PAGE}_changelist") + "?situation=en_cours&q=lod")
    (_, links), *_ = listed.context["exports"]
    assert all(url.endswith("?situation=en_cours&q=lod") for _, url in links)


def test_more_rows_ask_for_no_more_queries(agent_34):
    codes = [f"34{number:03}" for number in range(1, 61)]
    for code in codes:
        factories.commune(code)

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            agent_34.get(path)
        return len(captured)

    def path_of(rows):
        lines = "".join(f"{code},2021-01-22,2021-03-26\n" for code in rows)
        return send(agent_34, PAGE, SORTE, f"{HEADER}\n{lines}").url

    few, many = path_of(codes[:5]), path_of(codes)
    queries(few)
    assert queries(few) == queries(many)
    for code in codes:
        factories.labellisation(factories.commune(code))
    assert queries(few) == queries(many)
    export = reverse(f"admin:{PAGE}_export", args=[SORTE, "csv"])
    assert queries(export) == queries(export + "?q=34001")


def test_the_name_beside_a_code_is_held_against_it(agent_34, lodeve):
    factories.commune("34028", nom="Bédarieux")
    text = (
        "code_insee;nom_commune;date_entree_programme\n"
        "34142;LODEVE (34);22/01/2021\n34028;Cazouls-lès-Béziers;22/01/2021\n"
        "34028;GIGNAC;22/01/2021\n"
    )
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "inchangée", 3: "refusée", 4: "refusée"}
    assert motives(page)[3] == (
        "colonne « nom_commune », valeur « Cazouls-lès-Béziers » : code_insee « 34028 » est Bédarieux"
    )


@pytest.mark.parametrize(
    ("entry", "expected"), [("31/12/2021", "34113"), ("01/01/2022", "34114"), ("", "34113")]
)
def test_a_vanished_code_is_that_of_the_commune_of_the_day(agent_34, db, entry, expected):
    """The last day of a commune, then the first of the one that follows it."""
    new = factories.commune("34114", nom="Gignac")
    old = factories.commune("34113", nom="Jonquières", fin=day("2022-01-01"), successeur=new)
    factories.labellisation(old, debut="2021-01-22")
    text = f"code_insee;nom_commune;date_entree_programme\n34113;Jonquières;{entry}\n"
    page = previewed(agent_34, PAGE, SORTE, text)
    assert not motives(page) or "déjà dans le programme" in motives(page)[2]
    (ligne,) = page.context["apercu"].lignes
    followed = [("code_insee", "34113", "34114 (Gignac)")]
    assert ligne.reconnus == (followed if expected == "34114" else [])


def test_two_codes_of_one_commune_of_today_are_one_row(agent_34, db):
    conques = factories.commune("34114", nom="Conques-en-Rouergue")
    gone = {"fin": day("2016-01-01"), "successeur": conques}
    factories.commune("34115", nom="Saint-Cyprien-sur-Dourdou", **gone)
    text = (
        "code_insee;lib_com;date_entree_programme;precision_entree\n"
        "34114;Conques-en-Rouergue;22/01/2021;au_plus_tard\n"
        "34115;Saint-Cyprien-sur-Dourdou;22/01/2021;au_plus_tard\n"
    )
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert motives(page)[3] == "la ligne 2 parle déjà de la même fiche"


def test_the_code_of_a_commune_deleguee_leads_to_its_commune(agent_34, db):
    commune = factories.commune("34114", nom="Orée d'Anjou")
    AncienCode.objects.create(code="34999", nature="deleguee", nom="Champtoceaux", commune=commune)
    text = "code_insee;nom_commune;date_entree_programme\n34999;Champtoceaux;22/01/2021\n"
    confirm(agent_34, previewed(agent_34, PAGE, SORTE, text))
    assert Labellisation.objects.get().commune == commune


def test_a_date_that_nobody_says_is_refused(agent_34, lodeve):
    text = f"{HEADER},motif_sortie\n34142,,27/03/2021,\n"
    page = previewed(agent_34, PAGE, SORTE, text, connaissance="")
    assert motives(page)[2].startswith(
        "colonne « date_signature_adhesion », valeur « 27/03/2021 » : date sans source"
    )
    same = f"{HEADER}\n34142,,26/03/2021\n"
    assert outcome(previewed(agent_34, PAGE, SORTE, same, connaissance="")) == {2: "inchangée"}


def test_what_a_service_knows_is_its_source_and_the_detail_stays_inside(agent_34, client, lodeve):
    text = f"{HEADER}\n34142,,27/03/2021\n"
    imported(agent_34, PAGE, SORTE, text, detail="appel du maire au 06 00 00 00 00")
    said = lodeve.affirmations.get()
    assert (said.source.genre, said.source.cle) == ("service", f"service-{localdate()}")
    assert said.detail_interne == "appel du maire au 06 00 00 00 00"
    page = client.get("/communes/34142/").content.decode()
    assert "Connaissance du service" in page
    assert "appel du maire" not in page


def test_a_document_is_not_made_to_say_another_date(agent_34, lodeve):
    source = factories.source("anct-2021", titre="La liste nationale")
    affirm(lodeve, "date_signature_adhesion", "26/03/2021", source, "jour")
    text = f"{HEADER},source_adhesion\n34142,,27/03/2021,anct-2021\n"
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "refusée"}
    assert "« La liste nationale » dit 26 mars 2021" in motives(page)[2]
    imported(agent_34, PAGE, SORTE, f"{HEADER},source_adhesion\n34142,,27/03/2021,\n")
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-27")
    assert [said.source for said in lodeve.affirmations.ecartees()] == [source]


def test_a_service_may_correct_what_it_knew(agent_34, lodeve):
    imported(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n")
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,28/03/2021\n")
    # The same source is no change of source.
    (ligne,) = page.context["apercu"].lignes
    assert [change.colonne for change in ligne.changements] == ["date_signature_adhesion"]
    confirm(agent_34, page)
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-28")
    assert [said.valeur for said in lodeve.affirmations.retenues()] == ["2021-03-28"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source": "anct", "connaissance": "on"}, "connaissance"),
        ({"detail": "un appel", "connaissance": ""}, "detail"),
    ],
)
def test_the_origin_of_the_dates_is_one(agent_34, lodeve, fields, field):
    if "source" in fields:
        fields = fields | {"source": factories.source("anct").pk}
    answer = send(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,27/03/2021\n", **fields)
    assert list(answer.context["form"].errors) == [field]


def test_an_empty_cell_says_nothing(agent_34, lodeve):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,\n")
    assert outcome(page) == {2: "inchangée"}
    assert page.context["apercu"].effacements == 0


def test_one_word_empties_a_field_and_is_counted_first(agent_34, lodeve):
    lodeve.note_interne = "à relire"
    lodeve.save()
    text = "code_insee,date_signature_adhesion,note_interne,source_adhesion\n34142,(vide),(vide),acte\n"
    factories.source("acte")
    page = previewed(agent_34, PAGE, SORTE, text)
    assert changes(page) == {
        "date_signature_adhesion": ("26/03/2021", ""),
        "note_interne": ("à relire", ""),
    }
    assert "2 valeurs seront effacées" in page.content.decode()
    confirm(agent_34, page)
    lodeve.refresh_from_db()
    assert (lodeve.date_signature_adhesion, lodeve.note_interne) == (None, "")
    assert not lodeve.affirmations.exists()


def test_a_date_shown_to_the_month_is_written_so_with_its_source(agent_34, lodeve):
    anct = factories.source("anct-2026")
    text = f"{HEADER}\n34142,,juillet 2021\n"
    imported(agent_34, PAGE, SORTE, text, source=anct.pk)
    lodeve.refresh_from_db()
    assert (lodeve.date_signature_adhesion, lodeve.precision_adhesion) == (
        day("2021-07-01"),
        "mois",
    )
    said = lodeve.affirmations.get()
    assert (said.valeur, said.precision) == ("2021-07-01", "mois")
    # Said again without its precision, the same day is still that of a month.
    again = previewed(agent_34, PAGE, SORTE, f"{HEADER}\n34142,,2021-07-01\n")
    assert outcome(again) == {2: "inchangée"}


def test_a_cell_in_error_refuses_its_row_and_comes_back_as_it_was(agent_34, lodeve):
    text = f"{HEADER},motif_sortie\n34142,,#N/A,x\n34142,,27/03/2021,y\n"
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "refusée", 3: "modifiée"}
    answer = confirm(agent_34, page)
    left = agent_34.get(answer.url)
    assert motives(left) == {
        2: "colonne « date_signature_adhesion », valeur « #N/A » : cellule C2 en erreur (#N/A)"
    }
    sent = agent_34.get(left.context["refus_url"]).getvalue().decode("utf-8-sig")
    assert "34142;;#N/A;x;" in sent


def test_the_sheet_to_read_is_the_one_that_the_agent_names(agent_34, lodeve):
    sheets = {
        str(year): [HEADER.split(","), ["34142", None, f"27/03/{year}"]] for year in (2021, 2022)
    }
    content = saved(several_sheets(**sheets))
    answer = send(agent_34, PAGE, SORTE, content)
    form = answer.context["form"]
    assert "« 2021 » et « 2022 »" in str(form.errors["feuille"])
    assert [name for name, _ in form.fields["feuille"].widget.choices] == ["2021", "2022"]
    assert "Gardé : essai.csv" in answer.content.decode()
    told = {"sorte": SORTE, "raison": "Relecture", "connaissance": "on", "feuille": "2022"}
    answer = agent_34.post(answer.request["PATH_INFO"], told | {"envoi": form["envoi"].value()})
    assert changes(agent_34.get(answer.url)) == {
        "date_signature_adhesion": ("26/03/2021", "27/03/2022")
    }


def test_a_file_is_kept_for_whoever_sent_it(agent_34, agent_81, lodeve):
    text = f"{HEADER}\n34142,,27/03/2021\n"
    answer = send(agent_34, PAGE, SORTE, text, raison="")
    kept = answer.context["form"]["envoi"].value()
    url, told = answer.request["PATH_INFO"], {"sorte": SORTE, "raison": "x", "envoi": kept}
    told["connaissance"] = "on"
    refused = agent_81.post(url, told)
    assert refused.context["form"].errors["fichier"] == ["Choisissez un fichier."]
    for false in ("../../etc/passwd", "x", ""):
        assert agent_34.post(url, told | {"envoi": false}).status_code == 200
    assert agent_34.post(url, told).status_code == 302


def test_a_file_of_another_day_is_read_if_one_asks(agent_34, lodeve):
    text = f"date_situation,{HEADER}\n2021-05-01,34142,,27/03/2021\n"
    refused = send(agent_34, PAGE, SORTE, text)
    assert "fichier du 1er mai 2021" in str(refused.context["form"].errors["fichier"])
    page = previewed(agent_34, PAGE, SORTE, text, autre_jour="on")
    assert changes(page) == {"date_signature_adhesion": ("26/03/2021", "27/03/2021")}


def test_rows_are_taken_out_one_by_one(agent_34, lodeve):
    gignac = factories.labellisation(factories.commune("34114"), adhesion="2021-07-02")
    text = f"{HEADER}\n34142,,27/03/2021\n34114,,12/07/2021\n"
    page = previewed(agent_34, PAGE, SORTE, text)
    url = page.request["PATH_INFO"]
    assert agent_34.post(url, {"retirer": "Retirer", "ligne": ["3", "x"]}).status_code == 302
    left = agent_34.get(url)
    assert outcome(left) == {2: "modifiée"}
    confirm(agent_34, left)
    lodeve.refresh_from_db()
    gignac.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-27")
    assert gignac.date_signature_adhesion == day("2021-07-02")
