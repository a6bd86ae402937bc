"""What looks wrong is told at three doors, in one way, and never refused."""

import datetime

import pytest
from django.urls import reverse

from communes.models import Labellisation
from ort.models import Avenant, Convention
from projects.postes.models import Poste
from pvd.bureau.perimetre import Perimetre
from pvd.suivi.verifications import constats
from tests import factories
from tests.factories import day
from tests.fichiers import confirm, outcome, previewed
from tests.formulaires import filled
from tests.pvd.bureau.test_gestes import address, typed

pytestmark = pytest.mark.django_db

JOUR = datetime.date(2024, 1, 1)


def entry(debut, precision="jour"):
    return factories.labellisation(debut=debut, precision_debut=precision)


def adhesion(signature, precision="jour", fin=None, precision_fin="jour"):
    return factories.labellisation(
        debut="2020-10-01",
        adhesion=signature,
        precision_adhesion=precision,
        fin=fin,
        precision_fin=precision_fin,
    )


def entered(debut, adhesion, precision_debut="jour", precision="jour"):
    return factories.labellisation(
        debut=debut,
        adhesion=adhesion,
        precision_debut=precision_debut,
        precision_adhesion=precision,
    )


def ort(signature, precision="jour", **fields):
    return factories.convention(signature, precision_signature=precision, **fields)


def avenant(signature, precision="jour", **fields):
    kept = factories.convention(None, **fields)
    return factories.avenant(kept, signature, precision_signature=precision)


def post(ouverture, precision="jour"):
    fields = {"date_ouverture": ouverture, "precision_ouverture": precision}
    return factories.poste([factories.commune("34142")], **fields)


CASES = [
    (lambda: post("2020-09-30"), True),
    (lambda: post("2020-10-01"), False),
    (lambda: post("2020-01-01", "annee"), False),
    (lambda: post(None), False),
    (lambda: entry("2020-09-30"), True),
    (lambda: entry("2020-10-01"), False),
    (lambda: entry("2020-09-30", "au_plus_tard"), True),
    (lambda: entry("2020-10-01", "mois"), False),
    (lambda: entry("2020-09-01", "mois"), True),
    (lambda: entry("2020-01-01", "annee"), False),
    (lambda: entry("2019-01-01", "annee"), True),
    (lambda: entry("1950-01-01"), True),
    (lambda: adhesion("2020-09-30"), True),
    (lambda: adhesion("2020-10-01"), False),
    (lambda: adhesion(None, fin="2023-12-01"), False),
    (lambda: adhesion("2023-11-30", fin="2023-12-01"), False),
    (lambda: adhesion("2023-12-01", fin="2023-12-01"), True),
    (lambda: adhesion("2023-12-15", fin="2023-12-01", precision_fin="mois"), False),
    (lambda: adhesion("2024-01-01", fin="2023-12-01", precision_fin="mois"), True),
    (lambda: entered("2021-07-06", "2021-07-05"), True),
    (lambda: entered("2021-07-06", "2021-07-06"), False),
    (lambda: entered("2021-07-06", "2021-07-05", precision="au_plus_tard"), True),
    (lambda: entered("2021-07-06", "2021-07-01", precision="mois"), False),
    (lambda: entered("2021-07-01", "2021-06-01", precision="mois"), True),
    (lambda: entered("2021-02-01", "2020-12-01", precision="mois"), True),
    (lambda: entered("2021-12-31", "2021-01-01", precision="annee"), False),
    (lambda: entered("2022-01-01", "2021-01-01", precision="annee"), True),
    (lambda: entered("2021-07-01", "2021-06-30", "mois"), True),
    (lambda: entered("2021-07-01", "2021-07-02", "mois"), False),
    # Known at the latest, the entry may have been before.
    (lambda: entered("2022-10-01", "2021-07-06", "au_plus_tard"), False),
    (lambda: entered("2022-10-01", None), False),
    (lambda: ort("2018-11-22"), True),
    (lambda: ort("2018-11-23"), False),
    (lambda: ort("2018-11-01", "mois"), False),
    (lambda: ort("2018-10-01", "mois"), True),
    (lambda: ort("2018-01-01", "annee"), False),
    (lambda: ort("1999-01-01", vaut_ort=False), False),
    (lambda: ort(None), False),
    (lambda: avenant("2018-11-22"), True),
    (lambda: avenant("2018-11-23"), False),
    (lambda: avenant("2018-11-22", vaut_ort=False), False),
]


@pytest.mark.parametrize(("make", "doubtful"), CASES)
def test_a_date_is_doubtful_from_one_day_to_another(make, doubtful):
    """The record that is written and the list to check say the same."""
    record = make()
    record.full_clean()
    record.refresh_from_db()
    assert bool(record.remarques()) == doubtful
    user = factories.agent("national", is_superuser=True)
    found = constats(Perimetre(user), JOUR, "improbable")
    assert [row["cle"] for row in found] == ([str(record.pk)] if doubtful else [])


def test_every_remark_is_a_sentence_in_french():
    models = (Labellisation, Convention, Avenant, Poste)
    told = [remark for model in models for remark in model.remarques_possibles]
    assert len(told) == 7
    assert all(r.texte.endswith(".") and "%" not in r.texte for r in told)


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_a_form_says_it_once_saved(agent_34):
    inside = factories.labellisation(factories.commune("34142", "new"))
    url = reverse("admin:communes_labellisation_change", args=[inside.pk])
    entered = {"debut": "01/01/1950", "motif_correction": "relu"}
    page = agent_34.post(url, filled(agent_34.get(url), **entered), follow=True)
    assert Labellisation.objects.get().debut == day("1950-01-01")
    assert any("avant son lancement. Vérifiez la date." in m for m in said(page))


def test_a_form_says_it_of_the_rows_that_it_writes(agent_34):
    signed = factories.convention("2018-01-01")
    url = reverse("admin:ort_convention_change", args=[signed.pk])
    avenant = factories.avenant(signed, "2019-01-01")
    row = {"avenants-0-date_signature": "02/01/2018", "motif_correction": "acte relu"}
    page = agent_34.post(url, filled(agent_34.get(url), **row), follow=True)
    avenant.refresh_from_db()
    assert avenant.date_signature == day("2018-01-02")
    assert sum("avant la loi" in message for message in said(page)) == 2


def test_a_preview_says_it_of_a_row_that_it_writes(agent_34, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    factories.commune("34142")
    factories.commune("34199")
    text = "code_insee,date_entree_programme\n34142,30/09/2020\n34199,01/10/2020\n"
    page = previewed(agent_34, "communes_labellisation", "communes-laureates", text)
    assert outcome(page) == {2: "nouvelle", 3: "nouvelle"}
    assert page.content.decode().count("À vérifier :") == 1
    confirm(agent_34, page)
    assert Labellisation.objects.count() == 2


def test_a_geste_says_it_before_it_is_confirmed(agent_34):
    record = entry("2019-01-01")
    for jour, told in (("30/09/2020", True), ("01/10/2020", False)):
        page = agent_34.post(address("signer-adhesion", record), typed(date=jour))
        assert ("L&#x27;adhésion est signée avant" in page.content.decode()) == told
