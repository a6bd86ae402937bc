"""What was recorded before its rule keeps nobody from correcting the rest; typed again, it is refused."""

import pytest
from django.core.exceptions import ValidationError

from ort.models import Organisme, Secteur
from projects.actions.models import ActionSecteur, EffetAvenant
from tests import factories
from tests.factories import day, in_days
from tests.formulaires import errors, filled, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def ort():
    return factories.convention("2019-01-10", [factories.commune("34142", epci="new")])


def avenant_of_five_years(ort):
    return factories.avenant(ort, "2025-01-10", duree_annees=5), {"duree_annees": 4}


def partie_to_come(ort):
    who = factories.organisme("Anah")
    made = ort.parties.create(organisme=who, role="partenaire", date_signature=in_days(2))
    return made, {"date_signature": in_days(3)}


def notification_to_come(ort):
    line = factories.financement(
        factories.action([], ort), financeur_organisme=factories.organisme()
    )
    made = factories.fait_financement(
        line, "accord", "2024-05-01", 10, date_notification=in_days(2)
    )
    return made, {"date_notification": in_days(3)}


def effet_before_the_entry(ort):
    early, entry = factories.avenant(ort, "2020-01-10"), factories.avenant(ort, "2022-01-10")
    action = factories.action([], ort, entree=entry)
    made = EffetAvenant.objects.create(action=action, avenant=early, nature="modifiee")
    return made, {"avenant": factories.avenant(ort, "2021-01-10")}


def body_twice(ort):
    Organisme.objects.create(nom="anah", nature="etat")
    return Organisme.objects.create(nom="Anah", nature="etat"), {"nom": "ANAH"}


def sector_twice(ort):
    town = factories.commune("34142")
    ort.secteurs.create(commune=town, nom="centre")
    return Secteur.objects.create(convention=ort, commune=town, nom="Centre"), {"nom": "CENTRE"}


def sector_of_another_ort(ort):
    other = factories.convention("2020-01-10", [factories.commune("34111")])
    theirs = [other.secteurs.create(commune_id="34111", nom=name) for name in ("Centre", "Gare")]
    return ActionSecteur.objects.create(action=factories.action([], ort), secteur=theirs[0]), {
        "secteur": theirs[1]
    }


def national_meeting_of_a_departement(ort):
    made = factories.evenement(departements=[factories.departement("34")], nature="atelier")
    factories.rewrite(type(made).objects.all(), nature="rencontre_nationale")
    return made.departements_lies.get(), {"departement": factories.departement("81")}


@pytest.mark.parametrize(
    "make",
    [
        avenant_of_five_years,
        partie_to_come,
        notification_to_come,
        effet_before_the_entry,
        body_twice,
        sector_twice,
        sector_of_another_ort,
        national_meeting_of_a_departement,
    ],
)
def test_only_what_is_said_anew_is_refused(ort, make):
    record, said = make(ort)
    held = type(record).objects.get(pk=record.pk)
    held.full_clean()
    for name, value in said.items():
        setattr(held, name, value)
    with pytest.raises(ValidationError):
        held.full_clean()


def test_the_precision_of_an_act_is_a_part_of_its_day(ort):
    """« 2024 » may be after 15 March; 1 January is not."""
    entry = factories.avenant(ort, "2024-03-15", numero=1)
    out = factories.avenant(ort, "2024-01-01", precision_signature="annee", numero=2)
    factories.action([], ort, entree=entry, sortie=out, intitule="Halle")
    out.full_clean()
    out.precision_signature = "jour"
    with pytest.raises(ValidationError, match="Halle"):
        out.full_clean()


def test_a_vague_signature_accuses_no_avenant(db):
    vague = factories.convention("2019-01-01", precision_signature="annee")
    act = factories.avenant(vague, "2024-03-01")
    act.duree_annees = 5
    act.full_clean()
    act.date_signature = day("2024-12-31")
    with pytest.raises(ValidationError, match="aurait pris fin le 31 décembre 2024"):
        act.full_clean()


def test_an_event_is_corrected_whatever_its_nature_was_recorded_as(national):
    """Given to a département before that was refused of a national meeting."""
    event = national_meeting_of_a_departement(None)[0].evenement
    address = f"/admin/projects/evenementclub/{event.pk}/change/"
    data = filled(form_of(national, address), motif_correction="relu", intitule="Rencontre")
    answer = national.post(address, data)
    assert answer.status_code == 302, errors(answer)
