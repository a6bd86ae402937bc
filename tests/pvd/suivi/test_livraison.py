"""A new delivery of our files, on a site that agents keep: it completes, and never wins over them."""

from io import StringIO

import pytest
from django.core.management import call_command

from communes.models import Labellisation
from pvd.suivi.models import ChiffrePublie
from socle.historique import signed_by
from socle.models import Affirmation
from tests import factories
from tests.factories import day

LABELS = "code_insee,date_entree_programme,date_signature_adhesion,source_adhesion,motif_sortie"


@pytest.fixture
def deliver(tmp_path, db):
    """Return what delivers a folder: its files by name, then options; it returns what is said."""
    factories.source("arrete")
    for code in ("34142", "34111"):
        factories.commune(code)

    def write_and_call(files, *options):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        out = StringIO()
        call_command("charger_programme", tmp_path, *options, stdout=out)
        return out.getvalue()

    return write_and_call


def labels(*rows):
    return {"labellisations.csv": "\n".join([LABELS, *rows, ""])}


def adhesions():
    rows = Labellisation.objects.values_list("commune", "date_signature_adhesion")
    return {code: jour and jour.isoformat() for code, jour in rows}


FIRST = ("34142,2021-01-22,2021-03-26,arrete,", "34111,2021-01-22,,,")
CORRECTED = ("34142,2021-01-22,2021-03-27,arrete,", "34111,2021-01-22,2021-05-12,arrete,")


def test_a_correction_is_shown_then_written_if_asked(deliver):
    deliver(labels(*FIRST))
    assert "2 fiches livrées en diffèrent" in deliver(labels(*CORRECTED))
    shown = deliver(labels(*CORRECTED), "--ecarts")
    assert "date_signature_adhesion : 26/03/2021 → 27/03/2021" in shown
    assert adhesions() == {"34142": "2021-03-26", "34111": None}
    deliver(labels(*CORRECTED), "--appliquer")
    assert adhesions() == {"34142": "2021-03-27", "34111": "2021-05-12"}
    assert "rien à charger" in deliver(labels(*CORRECTED))


def test_what_an_agent_has_written_stays_and_is_told(deliver, agent_34):
    deliver(labels(*FIRST))
    label = Labellisation.objects.get(commune="34142")
    label.date_signature_adhesion = day("2021-03-29")
    with signed_by(agent_34.agent):
        label.save()
    told = deliver(labels(*CORRECTED), "--appliquer")
    assert adhesions() == {"34142": "2021-03-29", "34111": "2021-05-12"}
    assert "date_signature_adhesion : gardé : un agent l'a écrit (29/03/2021)" in told
    said = Affirmation.objects.filter(object_id=str(label.pk), champ="date_signature_adhesion")
    assert {row.valeur for row in said if row.retenue} == {"2021-03-26"}


def test_what_an_agent_wrote_elsewhere_on_the_record_does_not_keep_a_date(deliver, agent_34):
    deliver(labels(*FIRST))
    label = Labellisation.objects.get(commune="34142")
    label.note_interne = "Appelée le 2."
    with signed_by(agent_34.agent):
        label.save()
    deliver(labels(*CORRECTED), "--appliquer")
    label.refresh_from_db()
    assert (label.date_signature_adhesion, label.note_interne) == (
        day("2021-03-27"),
        "Appelée le 2.",
    )


def test_what_an_agent_has_removed_does_not_come_back(deliver, agent_34):
    deliver(labels(*FIRST))
    with signed_by(agent_34.agent):
        Labellisation.objects.get(commune="34111").delete()
    told = deliver(labels(*CORRECTED), "--appliquer")
    assert adhesions() == {"34142": "2021-03-27"}
    assert "écartée : un agent a retiré cette fiche" in told


def test_a_row_that_the_records_refuse_costs_no_other(deliver, agent_34):
    deliver(labels(*FIRST))
    told = deliver(labels(CORRECTED[0], "99999,2021-01-22,,,"), "--appliquer")
    assert adhesions()["34142"] == "2021-03-27"
    assert "écartée : colonne « code_insee », valeur « 99999 »" in told


def test_a_new_published_figure_comes_in(deliver):
    deliver(labels(*FIRST))
    figures = "code_departement,chiffre,jour,valeur,source,note\n34,ort,2026-04-27,12,arrete,\n"
    deliver({"chiffres_publies.csv": figures}, "--appliquer")
    figure = ChiffrePublie.objects.get()
    assert (figure.departement_id, figure.valeur) == ("34", 12)
