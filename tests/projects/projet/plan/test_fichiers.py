"""What real spreadsheets do: titles, totals, blank axes, pairs of funders, units, doubts."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from xlsxwriter import Workbook

from ort.models import Organisme
from projects.models import Action, Axe, Cout, FaitAction, FaitFinancement, Financement, Prevision
from tests import factories
from tests.factories import day
from tests.fichiers import confirm, exported, motives, outcome
from tests.projects.projet.plan.conftest import asked_columns

HEADER = "N°;Axe;Action;Commune;Coût HT;DETR;Région"


def sheet(*rows, header=HEADER):
    return "\n".join([header, *rows, ""])


def remarks(page, numero=2):
    (ligne,) = [li for li in page.context["apercu"].lignes if li.numero == numero]
    return " | ".join(ligne.remarques)


def workbook(*rows):
    output = io.BytesIO()
    with Workbook(output) as book:
        sheet = book.add_worksheet("Plan")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    return output.getvalue()


def test_titles_above_a_blank_axis_and_totals_below_are_told(agent_34, sent):
    page = sent(
        sheet(
            "A1;A – Habiter le centre;Îlot;Lodève;100 000;30 000;",
            "A2;;Façades;Lodève;50 000;10 000;",
            "Sous-total axe A;;;;150 000;45 000;",
            "B1;B – Commerces;Halle;Lodève;80 000;;20 000",
            "Total;;;;230 000;40 000;20 000",
            header="Programme d'actions de Lodève;;;;;;\nmars 2025;;;;;;\n" + HEADER,
        )
    )
    assert outcome(page) == {4: "nouvelle", 5: "nouvelle", 7: "nouvelle"}, motives(page)
    told = " ".join([*page.context["depot"].fichier.remarques, *page.context["remarques"]])
    assert "« Sous-total axe A » et « Total »" in told
    assert "Ligne 6, « Sous-total axe A », colonne « DETR » : 45 000 € écrits, 40 000 €" in (
        told.replace("\u202f", " ").replace("\xa0", " ")
    )
    assert "Ligne 8" not in told
    (above,) = [li.reconnus for li in page.context["apercu"].lignes if li.numero == 5]
    assert ("Axe", "", "A – Habiter le centre") in above
    confirm(agent_34, page)
    assert sorted(Axe.objects.values_list("code", "actions__numero")) == [
        ("A", "A1"),
        ("A", "A2"),
        ("B", "B1"),
    ]


def test_an_axis_alone_on_its_row_is_that_of_the_actions_below(agent_34, sent):
    page = sent(
        sheet(
            "Axe A – Habiter le centre;;;",
            "A1;Îlot;Lodève;100",
            "Axe B – Commerces;;;",
            "B1;Halle;Lodève;100",
            "Cofinancements à confirmer par la commune;;;",
            header="N°;Action;Commune;Coût HT",
        )
    )
    assert outcome(page) == {3: "nouvelle", 5: "nouvelle"}
    told = " ".join(page.context["depot"].fichier.remarques)
    assert "Les lignes 2, 4 et 6 sont laissées de côté" in told
    assert 'class="herite"' in page.content.decode()
    assert page.context["apercu"].fiches["Axes"] == "2 nouvelles"
    confirm(agent_34, page)
    axes = Action.objects.order_by("numero").values_list("numero", "axe__code", "axe__intitule")
    assert list(axes) == [("A1", "A", "Habiter le centre"), ("B1", "B", "Commerces")]


def test_the_template_of_territoires_en_transitions_is_known(agent_34, sent, lodeve):
    header = (
        "Axe (x);Sous-axe (x.x);Sous-sous axe (x.x.x);Titre de l'action;Titre de la sous-action;"
        "Descriptif;Instances de gouvernance;Objectifs;Indicateurs liés;Structure pilote;"
        "Moyens humains et techniques;Partenaires;Direction ou service pilote;Personne pilote;"
        "Élu·e référent·e;Participation Citoyenne;Financements;Financeur 1;Montant € HT;Financeur 2;"
        "Montant € HT;Financeur 3;Montant € HT;Budget prévisionnel total € HT;Statut;"
        "Niveau de priorité;Date de début;Date de fin"
    )
    assert header.count(";") == 27
    row = (
        "1 Habiter;1.1 Rénover;;Îlot;Études;Texte;;But;12 logements;Lodève;;;;Jeanne Marqueur;"
        "Paul Marqueur;;;Région Occitanie;124 000;Anah;372 000;Inconnu SA;1 000;1 240 000;En cours;"
        "Haute;01/03/2025;30/06/2027"
    )
    page = sent(f"{';' * 27}Fiches\n{header}\nUn axe{';' * 26}conseil\n{row}\n")
    assert outcome(page) == {4: "nouvelle"}, motives(page)
    told = " ".join(page.context["depot"].fichier.remarques)
    assert "Modèle de Territoires en transitions reconnu, sa ligne 3 laissée de côté" in told
    assert "« Personne pilote » et « Élu·e référent·e » : laissé de côté" in told
    assert "Marqueur" not in page.content.decode()
    confirm(agent_34, page)
    action = Action.objects.get()
    assert (action.intitule, action.sous_intitule) == ("Îlot", "Études")
    assert action.description == "Texte\n\nObjectifs : But"
    assert action.indicateurs_texte == "12 logements"
    assert "Marqueur" not in str(action.__dict__)
    assert "Financeur 3 : « Inconnu SA 1 000 »" in action.note_interne
    assert set(Financement.objects.values_list("dispositif__cle", "faits__montant")) == {
        ("region", Decimal(124000)),
        ("anah", Decimal(372000)),
    }
    assert Cout.objects.get().base == "HT"


def test_units_come_from_the_header_the_cell_and_the_screen_that_corrects_them(
    agent_34, lodeve, sent
):
    rows = "A1;Îlot;Lodève;1 240;12\nA2;Halle;Lodève;1,2 M€;12 000 €\n"
    text = f"N°;Action;Commune;Coût HT (k€);DETR\n{rows}"
    form = asked_columns(agent_34, text).context["form"]
    read = {c.entete: (u and u.value(), lues) for c, _, u, lues in form.lectures}
    assert read["Coût HT (k€)"][0] == "k€"
    assert [
        told.split(",")[0].replace("\u202f", "").replace("\xa0", "")
        for told in read["Coût HT (k€)"][1]
    ] == [
        "1240000€",
        "1200000€",
    ]
    confirm(agent_34, sent(text, units={"DETR": "k€"}))
    assert set(Cout.objects.values_list("montant", "base")) == {
        (Decimal(1240000), "HT"),
        (Decimal(1200000), "HT"),
    }
    assert set(FaitFinancement.objects.values_list("montant", flat=True)) == {Decimal(12000)}


def test_a_column_named_autre_asks(agent_34, sent, lodeve):
    text = sheet("A1;A;Îlot;Lodève;100;10", header="N°;Axe;Action;Commune;Coût HT;Autre")
    asked = sent(text)
    assert "Dites ce que contient cette colonne" in asked.content.decode()
    page = sent(text, {"Autre": ""})
    assert outcome(page) == {2: "nouvelle"}
    page = sent(text, {"Autre": "aide_dsil"})
    confirm(agent_34, page)
    assert Financement.objects.get().dispositif.cle == "dsil"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1;A;Îlot;Lodève;1.234;;", "deux lectures possibles"),
        ("1;A;Îlot;Lodève;2000000000;;", "plus d'un milliard"),
        ("1;A;Îlot;Lodève;100;01/03/2025;", "c'est une date"),
        ("1;A;Îlot;Lodève;100;-5;", "n'est pas négatif"),
        ("1,1;A;Îlot;Lodève;100;;", "est-ce 1.1 ou 1.10"),
        ("2026-02-01;A;Îlot;Lodève;100;;", "le tableur en a fait une date"),
        ("1;A;Îlot;Ganges;100;;", "ne couvre pas Ganges"),
        ("1;A;Îlot;Nulle-Part;100;;", "commune inconnue du référentiel"),
        (";;;;;5000;", "un montant sans rien qui dise de quelle action il est"),
        ("1;A;;Lodève;100;;", "pas d'intitulé"),
        ("1;A;Îlot;Lodève;20 %;;", "un coût n'est pas un pourcentage"),
        ("1;A;Îlot;Lodève;100;120 %;", "un taux va de 0 à 100 %"),
    ],
)
def test_what_may_not_be_is_refused_with_what_to_do(sent, row, sentence):
    page = sent(sheet(row))
    assert sentence in motives(page)[2]


def test_a_number_twice_is_asked(sent):
    page = sent(sheet("1.1;A;Îlot;Lodève;1;;", "1.2;A;Halle;Lodève;1;;", "1.1;A;Place;Lodève;1;;"))
    assert outcome(page) == {2: "refusée", 3: "nouvelle", 4: "refusée"}
    assert "est-ce 1.1 ou 1.10" in motives(page)[4]


def test_a_siren_that_a_spreadsheet_shortened_is_refused(sent):
    page = sent("Action;Commune;MOA\nÎlot;Lodève;2E+08\n")
    assert "SIREN abîmé par le tableur" in motives(page)[2]


def test_what_is_unknown_is_kept_as_it_is_written_and_is_not_zero(agent_34, sent):
    text = sheet("A1;A;Îlot;Lodève;à définir;sollicité;NC;presque finie", header=f"{HEADER};Statut")
    page = sent(text)
    assert "« presque finie » n'est pas un état connu" in remarks(page)
    confirm(agent_34, page)
    note = Action.objects.get().note_interne
    assert note.splitlines() == [
        "Statut : « presque finie »",
        "Coût HT : « à définir »",
        "DETR : « sollicité »",
        "Région : « NC »",
    ]
    assert [m.objects.count() for m in (Cout, Financement, FaitAction)] == [0, 0, 0]
    assert outcome(sent(text)) == {2: "inchangée"}


def test_a_share_of_the_cost_is_proposed_and_never_silent(agent_34, sent):
    page = sent(sheet("A1;A;Îlot;Lodève;240 000;20 %;"))
    assert "montant proposé à vérifier" in remarks(page)
    confirm(agent_34, page)
    assert FaitFinancement.objects.get().montant == Decimal(48000)


def test_a_cell_that_says_asked_is_a_request(agent_34, sent):
    page = sent(sheet("A1;A;Îlot;Lodève;240 000;50 000 € (demandé);"))
    assert "lu comme demandé" in remarks(page)
    confirm(agent_34, page)
    assert FaitFinancement.objects.get().nature == "demande"


def test_bare_amounts_are_requests_where_the_agent_says_so(agent_34, sent):
    confirm(agent_34, sent(sheet("A1;A;Îlot;Lodève;240 000;50 000;"), nus="demande"))
    assert FaitFinancement.objects.get().nature == "demande"


def test_granted_needs_a_day_of_decision(agent_34, sent):
    header = "N°;Action;Commune;DETR accordé;DSIL accordé;DSIL décision;Région sollicité ou obtenu"
    page = sent(sheet("A1;Îlot;Lodève;10 000;20 000;12/03/2024;5 000", header=header))
    assert "sans date de décision, gardé comme prévu" in remarks(page)
    confirm(agent_34, page)
    told = FaitFinancement.objects.values_list(
        "financement__dispositif__cle", "nature", "montant", "jour"
    )
    assert set(told) == {
        ("detr", "prevision", Decimal(10000), day("2025-06-01")),
        ("dsil", "accord", Decimal(20000), day("2024-03-12")),
        ("region", "demande", Decimal(5000), day("2025-06-01")),
    }


def test_what_is_paid_supposes_a_grant(agent_34, sent):
    text = sheet("A1;Îlot;Lodève;8 000", header="N°;Action;Commune;DETR versé")
    confirm(agent_34, sent(text))
    told = FaitFinancement.objects.values_list("nature", "montant", "precision", "suppose")
    assert set(told) == {
        ("accord", None, "au_plus_tard", True),
        ("versement", Decimal(8000), "au_plus_tard", False),
    }
    assert outcome(sent(text)) == {2: "inchangée"}


def test_a_pair_without_a_funder_is_refused(sent):
    header = "Action;Commune;Financeur 1;Montant;Financeur 2;Montant"
    page = sent(sheet("Îlot;Lodève;DETR;10 000;;5 000", header=header))
    assert "un montant sans financeur" in motives(page)[2]


def test_two_equal_grants_of_a_row_are_two(agent_34, sent):
    header = "Action;Commune;Financeur 1;Montant;Financeur 2;Montant"
    text = sheet("Îlot;Lodève;DETR;10 000;DETR;10 000", header=header)
    confirm(agent_34, sent(text))
    assert Financement.objects.count() == 2
    assert outcome(sent(text)) == {2: "inchangée"}


def test_amounts_with_a_comma_and_with_a_point_are_each_told(sent):
    page = sent(sheet("A1;A;Îlot;Lodève;1234,56;;", "A2;A;Halle;Lodève;1234.56;;"))
    told = [li.reparations for li in page.context["apercu"].lignes]
    assert [cell for ((_, cell, _),) in told] == ["1234,56", "1234.56"]


def test_an_axis_of_another_plan_and_another_base_are_told(agent_34, sent):
    confirm(agent_34, sent(sheet("A1;A – Habiter le centre;Îlot;Lodève;100;;")))
    other = "N°;Axe;Action;Commune;Coût TTC"
    page = sent(sheet("A1;A – Mobilités;Îlot;Lodève;120", header=other), jour="2025-09-01")
    assert "« Habiter le centre » dans ce plan, « Mobilités » dans le fichier" in remarks(page)
    assert "coût TTC dans le fichier, HT sur la fiche" in remarks(page)
    assert "Ce fichier est en TTC, le plan en HT" in " ".join(page.context["remarques"])


def test_a_title_that_changes_is_a_change_and_a_row_that_vanishes_touches_nothing(agent_34, sent):
    confirm(agent_34, sent(sheet("A1;A;Îlot;Lodève;100;;", "A2;A;Halle;Lodève;100;;")))
    page = sent(sheet("A1;A;Grand îlot;Lodève;100;;"))
    assert outcome(page) == {2: "modifiée"}
    assert (
        "1 action du plan n'est pas dans le fichier et ne change pas : « A2 Halle »."
        in " ".join(page.context["remarques"])
    )
    confirm(agent_34, page)
    assert set(Action.objects.values_list("numero", "intitule")) == {
        ("A1", "Grand îlot"),
        ("A2", "Halle"),
    }


def test_an_end_before_its_start_is_refused(sent):
    header = "Action;Commune;Date de début;Date de fin"
    page = sent(sheet("Îlot;Lodève;01/03/2026;01/02/2026", header=header))
    assert "la fin est prévue avant le début" in motives(page)[2]


def test_a_calendar_to_come_later_is_a_new_forecast(agent_34, sent):
    header = "Action;Commune;Calendrier"
    confirm(agent_34, sent(sheet("Îlot;Lodève;2024-2026", header=header)))
    confirm(agent_34, sent(sheet("Îlot;Lodève;2024-2027", header=header), jour="2025-09-01"))
    ends = Prevision.objects.filter(objet="fin").values_list("date_prevue__year", "etablie_le")
    assert list(ends) == [(2026, day("2025-06-01")), (2027, day("2025-09-01"))]


def test_the_share_of_the_owner_is_compared_with_what_the_others_leave(sent):
    header = "Action;Commune;Coût HT;DETR;Autofinancement"
    page = sent(sheet("Îlot;Lodève;100 000;30 000;60 000", header=header))
    assert "10 000 € de moins que le coût moins les autres financements" in (
        remarks(page).replace("\u202f", " ").replace("\xa0", " ")
    )


def test_numbers_and_amounts_of_a_workbook(agent_34, sent):
    content = workbook(
        ["N°", "Action", "Commune", "Coût HT", "DETR"],
        [1.1, "Îlot", "Lodève", 1240000.5, "20 %"],
        [1.2, "Halle", "Lodève", 100, ""],
        [2.1, "Place", "Lodève", 100, ""],
    )
    page = sent(content, name="plan.xlsx")
    assert outcome(page) == {2: "nouvelle", 3: "nouvelle", 4: "refusée"}
    assert "20 % de" in remarks(page)
    confirm(agent_34, page)
    assert set(Action.objects.values_list("numero", "couts__montant")) == {
        ("1.1", Decimal("1240000.50")),
        ("1.2", Decimal(100)),
    }


def test_what_is_exported_is_imported_again_unchanged(agent_34, sent, lodeve):
    header = (
        "N°;Axe;Action;Sous-action;Descriptif;Thème;MOA;Communes;Partenaires;Maturité;Statut;Calendrier;"
        "Coût TTC;Indicateurs;DETR;DSIL demandé;Région accordé;Région décision;Anah versé;Commune accordé;"
        "Autofinancement"
    )
    Organisme.objects.create(nom="EPF d'Occitanie", nature="etablissement")
    text = sheet(
        "1.10;A – Habiter;Îlot;Tranche 1;Texte;Habitat;EPCI;Lodève et Clermont-l'Hérault;EPF d'Occitanie;"
        "mature;livrée;T2 2025;1 000,50;12 logements;100;200,25;300;mars 2024;50;;60",
        "1.2;B;Halle;;;;Ville de Lodève;toutes;;en germe;suspendue;2026;;;;;;;;;",
        "2;B;Étude;;;;;Lodève;;;étude préalable;;;;;;;;;;",
        header=header,
    )
    page = sent(text)
    assert set(outcome(page).values()) == {"nouvelle"}, motives(page)
    confirm(agent_34, page)
    rows = exported(agent_34, "projects_action", "plan")
    assert [row["numero"] for row in rows] == ["1.10", "1.2", "2"]
    assert (rows[0]["DETR"], rows[0]["Région décision"]) == ("100.00", "2024-03")
    for name, forme in (("plan.csv", "csv"), ("plan.csv", "tableur"), ("plan.xlsx", "xlsx")):
        answer = agent_34.get(reverse("admin:projects_action_export", args=["plan", forme]))
        content = b"".join(answer.streaming_content)
        for jour in ("2025-06-01", "2025-10-01"):
            again = sent(content, name=name, jour=jour)
            apercu = again.context["apercu"]
            told = [(li.changements, li.refus) for li in apercu.lignes]
            assert set(outcome(again).values()) == {"inchangée"}, told


def test_an_adhesion_carries_a_plan_too(agent_34, sent, lodeve):
    adhesion = factories.labellisation(lodeve.couvertures.first().commune, adhesion="2021-03-01")
    text = sheet("A1;A;Îlot;;100;30;")
    confirm(agent_34, sent(text, plan=f"adhesion:{adhesion.pk}"))
    action = Action.objects.get()
    assert (action.entree_par, action.convention, action.adhesions.count()) == ("adhesion", None, 1)
    assert action.communes_liees.get().commune == adhesion.commune
    assert action.axe.labellisation == adhesion
    assert outcome(sent(text, plan=f"adhesion:{adhesion.pk}")) == {2: "inchangée"}


def test_an_agent_without_the_plan_cannot_choose_it(agent_81, sent, lodeve):
    page = sent(sheet("A1;A;Îlot;Lodève;100;;"), browser=agent_81)
    assert "apercu" not in page.context
    assert Action.objects.count() == 0
