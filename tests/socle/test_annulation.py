"""An act is undone whole, or what rests on it is named and nothing moves; nothing is ever lost."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from communes.models import Labellisation
from ort.models import Avenant, CommuneCouverte, Convention, Validation
from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from socle.actes import ActeFait, kept_models
from socle.annulation import undo
from socle.appuis import NAMED
from socle.historique import one_act, sans_historique
from socle.models import Affirmation
from socle.retablissement import restore
from tests import factories
from tests.factories import day

WHY = "table relue"


@pytest.fixture
def national(db):
    return factories.agent("national", is_superuser=True)


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def signed(lodeve):
    return factories.convention(communes=[lodeve], intitule="ORT du Lodévois")


def done(write):
    """Do an act; return it as it can be undone."""
    with one_act(WHY) as acte:
        write()
    return ActeFait(acte.moment, None, acte.motif)


def refused(acte, par):
    """Return why an act cannot be undone."""
    with pytest.raises(ValidationError) as refusal:
        undo(acte, "erreur", par)
    return refusal.value.messages


def correct(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.full_clean()
    record.save()


# All that an act did is undone, in an order that keeps the links.


def test_what_an_act_created_is_removed_with_what_it_hung_on_it(national, lodeve):
    def write():
        ort = factories.convention(communes=[lodeve])
        factories.avenant(ort, communes=[factories.commune("34028")])
        ort.affirmations.create(
            champ="date_signature", valeur_brute="2023", source=factories.source()
        )

    acte = done(write)
    undo(acte, "mauvais fichier", national)
    for model in (Convention, Avenant, CommuneCouverte, Affirmation):
        assert not model.objects.exists()
        last = model.history.latest()
        assert (last.history_type, last.history_change_reason) == ("-", "mauvais fichier")
        assert model.history.filter(history_type="+", history_change_reason=WHY).exists()


def test_what_an_act_changed_is_as_before_in_one_version_however_often_it_was_written(
    national, signed
):
    def write():
        for years in (5, 6, 7):
            correct(signed, duree_annees=years)
        correct(signed, intitule="ORT relue")

    undo(done(write), "mauvais fichier", national)
    signed.refresh_from_db()
    assert (signed.duree_annees, signed.intitule) == (None, "ORT du Lodévois")
    assert signed.history.count() == 6
    assert signed.history.latest().history_change_reason == "mauvais fichier"


def test_what_an_act_removed_comes_back_with_its_rows(national, lodeve):
    poste = factories.poste([lodeve])
    held = factories.occupation(poste, "2021-01-01", "2022-01-01", titulaire="Camille Martin")
    undo(done(lambda: Poste.objects.filter(pk=poste.pk).delete_each()), "erreur", national)
    assert Poste.objects.get() == poste
    assert Desserte.objects.get().commune == lodeve
    assert Occupation.objects.get() == held
    assert Occupation.objects.get().titulaire == "Camille Martin"


def test_a_link_emptied_by_a_removal_is_given_back(national, lodeve):
    poste = factories.poste([lodeve])
    held = factories.occupation(poste, "2021-03-01")
    offer = factories.recrutement(poste, "2021-01-01", "recrute", "2021-02-01", occupation=held)
    acte = done(lambda: Occupation.objects.filter(pk=held.pk).delete_each())
    assert Recrutement.objects.get().occupation is None
    undo(acte, "erreur", national)
    offer.refresh_from_db()
    assert offer.occupation == held


def test_a_row_changed_to_name_a_record_of_the_same_act_leaves_it_first(national, signed):
    row = signed.couvertures.get()
    acte = done(lambda: correct(row, sortie=factories.avenant(signed)))
    undo(acte, "erreur", national)
    row.refresh_from_db()
    assert row.sortie is None
    assert not Avenant.objects.exists()


def test_a_row_replaced_by_another_takes_its_place_again(national, signed, lodeve):
    old = signed.couvertures.get()

    def write():
        signed.couvertures.all().delete_each()
        factories.couverture(signed, lodeve)

    undo(done(write), "erreur", national)
    assert signed.couvertures.get().pk == old.pk


def test_values_passed_from_one_record_to_another_go_back_the_way_they_came(national, signed):
    first, second = (factories.avenant(signed, numero=number) for number in (1, 2))

    def write():
        correct(second, numero=3)
        correct(first, numero=2)

    undo(done(write), "erreur", national)
    assert list(Avenant.objects.order_by("pk").values_list("numero", flat=True)) == [1, 2]


def test_what_an_act_made_and_took_away_is_passed_over(national, signed):
    def write():
        factories.avenant(signed)
        signed.avenants.all().delete_each()
        correct(signed, duree_annees=5)

    undo(done(write), "erreur", national)
    assert Avenant.history.count() == 2
    assert Convention.objects.get().duree_annees is None


def test_a_record_that_an_act_brought_back_goes_again(national):
    gone = factories.labellisation()
    gone.delete()
    undo(done(lambda: restore(Labellisation.history.latest())), "erreur", national)
    assert not Labellisation.objects.exists()


def test_an_undoing_is_an_act_that_can_be_undone(national, signed):
    acte = done(lambda: correct(signed, duree_annees=5))
    annulation = undo(acte, "erreur", national)
    undo(ActeFait(annulation.moment, None, annulation.motif), "c'était juste", national)
    signed.refresh_from_db()
    assert signed.duree_annees == 5


def test_an_act_that_wrote_nothing_undoes_nothing(national, signed):
    undo(ActeFait(timezone.now(), None, WHY), "erreur", national)
    assert signed.history.count() == 1


# What rests on an act is named, and nothing is written.


def test_a_record_changed_since_is_named_with_who_and_when(national, signed):
    acte = done(lambda: correct(signed, duree_annees=5))
    signed.duree_annees = 6
    signed._history_user = factories.agent(
        "camille", [factories.departement("34")], last_name="Martin"
    )
    signed._history_date = datetime.datetime(2026, 7, 6, 12, 5, tzinfo=datetime.UTC)
    signed.save()
    assert refused(acte, national) == [
        "« ORT du Lodévois » : fiche modifiée depuis par Martin, le 6 juillet 2026 à 14 h 05."
    ]
    assert Convention.objects.get().duree_annees == 6


def test_what_was_written_since_elsewhere_stays_and_keeps_nothing(national, signed):
    acte = done(lambda: correct(signed, duree_annees=5))
    before = signed.history.earliest().duree_annees
    correct(signed, note_interne="relu")
    undo(acte, "erreur", national)
    kept = Convention.objects.get()
    assert (kept.duree_annees, kept.note_interne) == (before, "relu")


def test_a_record_removed_since_or_brought_back_is_named(national):
    made = []
    acte = done(lambda: made.append(factories.labellisation()))
    made[0].delete()
    assert "fiche supprimée depuis" in refused(acte, national)[0]
    restore(Labellisation.history.latest())
    assert "fiche rétablie depuis" in refused(acte, national)[0]


def test_an_act_is_undone_once(national, signed):
    acte = done(lambda: correct(signed, duree_annees=5))
    undo(acte, "erreur", national)
    assert "fiche modifiée depuis" in refused(acte, national)[0]


def test_each_row_that_names_a_record_of_the_act_is_named(national, documents_folder, lodeve):
    acte = done(lambda: factories.convention(intitule="ORT neuve"))
    made = Convention.objects.get()
    factories.couverture(made, lodeve)
    factories.document(made)
    made.affirmations.create(
        champ="date_signature", valeur_brute="2023", source=factories.source(titre="Presse")
    )
    factories.signalement(lodeve.departement, convention=made)
    told = " ".join(refused(acte, national))
    for named in (
        "« Lodève dans ORT neuve » (commune couverte) s'appuie sur « ORT neuve ».",
        "« Acte signé » (document) s'appuie",
        "(affirmation) s'appuie",
        "(signalement) s'appuie",
    ):
        assert named in told
    assert Convention.objects.exists()


def test_a_source_written_since_of_a_date_that_changed_is_named(national, signed):
    acte = done(lambda: correct(signed, date_signature=day("2023-07-07")))
    said = {"valeur_brute": "2023", "source": factories.source()}
    signed.affirmations.create(champ="date_signature_prevue", **said)
    signed.affirmations.create(champ="date_signature", **said)
    (told,) = refused(acte, national)
    assert told.startswith("« ORT du Lodévois » : source d'une date écrite depuis par")


def test_a_validation_given_since_is_named(national, signed):
    before = timezone.now()
    Validation.objects.create(convention=signed, moment=before)
    acte = done(lambda: factories.avenant(signed))
    agent = factories.agent("camille", last_name="Martin")
    later = datetime.datetime(2027, 1, 2, 9, 0, tzinfo=datetime.UTC)
    Validation.objects.create(convention=signed, agent=agent, moment=later)
    assert refused(acte, national) == [
        "« ORT du Lodévois » : convention validée depuis par Martin, le 2 janvier 2027 à 10 h 00."
    ]


def test_what_nobody_kept_cannot_be_given_back(national, lodeve):
    with sans_historique():
        Labellisation.objects.bulk_create([Labellisation(commune=lodeve, debut=day("2021-01-22"))])
    acte = done(lambda: correct(Labellisation.objects.get(), debut=day("2021-01-23")))
    (told,) = refused(acte, national)
    assert told == "« Lodève dans le programme » : ce qu'elle valait avant n'est pas connu."


def test_a_long_list_of_what_rests_is_cut_short(national, signed):
    towns = [factories.commune(f"34{number:03}") for number in range(200, 202 + NAMED)]
    made = []
    acte = done(lambda: made.append(factories.convention("2020-01-01")))
    for town in towns:
        factories.couverture(made[0], town)
    told = refused(acte, national)
    assert len(told) == NAMED + 1
    assert told[-1] == "Et d'autres encore."


# All or nothing, and no rule of the models is left behind.


def test_what_the_models_refuse_today_undoes_nothing(national, lodeve, signed):
    first = factories.labellisation(lodeve)

    def write():
        correct(first, fin=day("2022-01-01"))
        correct(signed, duree_annees=5)

    acte = done(write)
    factories.labellisation(lodeve, debut="2023-01-01", fin="2024-01-01")
    assert refused(acte, national) == ["Cette commune est déjà dans le programme à ces dates."]
    first.refresh_from_db()
    signed.refresh_from_db()
    assert (first.fin, signed.duree_annees) == (day("2022-01-01"), 5)


def test_a_day_given_back_is_judged_as_one_that_is_said(national, signed):
    """An avenant was signed since, which the day of before could not have."""
    earlier = done(lambda: correct(signed, date_signature=day("2023-06-01")))
    factories.avenant(signed, "2023-06-15")
    assert refused(earlier, national) == [
        "Un avenant de cette convention a été signé avant ce jour."
    ]
    signed.refresh_from_db()
    assert signed.date_signature == day("2023-06-01")


def test_a_signature_is_not_undone_once_an_avenant_is_signed(national, lodeve):
    planned = factories.convention(None, communes=[lodeve])
    acte = done(lambda: correct(planned, date_signature=day("2023-06-01")))
    factories.avenant(planned, "2023-06-15")
    assert refused(acte, national) == ["Un avenant de cette convention est signé."]


def test_what_was_recorded_before_its_rule_keeps_no_other_act_from_being_undone(national, lodeve):
    planned = factories.convention(None, communes=[lodeve])
    factories.avenant(planned, "2023-06-15")
    undo(done(lambda: correct(planned, intitule="ORT de Lodève")), "erreur", national)
    planned.refresh_from_db()
    assert planned.intitule == "ORT d'essai"


def test_a_link_to_what_is_gone_since_is_refused_in_french(national, signed):
    porteur = factories.intercommunalite("200017341", nom="CC du Lodévois")
    correct(signed, porteur=porteur)
    acte = done(lambda: correct(signed, porteur=None))
    porteur.delete()
    (told,) = refused(acte, national)
    assert "200017341" in told


# Whoever undoes has the rights by which it was written, over each record.


@pytest.fixture
def acte_of_34(signed):
    return done(lambda: factories.avenant(signed))


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "81"), ({}, None), ({"role": "lecteur"}, "34"), ({"is_active": False}, "34")],
)
def test_an_act_out_of_reach_is_not_undone(acte_of_34, fields, code):
    theirs = [factories.departement(code)] if code else []
    with pytest.raises(PermissionDenied):
        undo(acte_of_34, "erreur", factories.agent(departements=theirs, **fields))
    assert Avenant.objects.exists()


def test_an_act_within_reach_is_undone_by_its_agent(acte_of_34):
    undo(acte_of_34, "erreur", factories.agent(departements=[factories.departement("34")]))
    assert not Avenant.objects.exists()


def test_nothing_is_put_back_out_of_reach(signed):
    """The commune of a row was of the Hérault: an agent of the Tarn alone does not send it back."""
    here, there = factories.commune("81124", epci="new"), factories.commune("34293", epci="new")
    time = factories.labellisation(there)
    acte = done(lambda: correct(time, commune=here))
    with pytest.raises(PermissionDenied):
        undo(acte, "erreur", factories.agent(departements=[here.departement]))
    assert Labellisation.objects.get().commune == here


def test_a_source_is_of_whoever_its_record_is_of(signed):
    said = {"champ": "date_signature", "valeur_brute": "2023", "source": factories.source()}
    acte = done(lambda: signed.affirmations.create(**said))
    with pytest.raises(PermissionDenied):
        undo(acte, "erreur", factories.agent(departements=[factories.departement("81")]))
    undo(acte, "erreur", factories.agent(departements=[factories.departement("34")]))
    assert not signed.affirmations.exists()


def test_every_record_that_keeps_its_versions_is_of_someone_or_of_all():
    """A new sort of record says whose it is, or joins those that all share."""
    of_nobody = [m for m in kept_models() if not hasattr(m._base_manager.all(), "for_user")]
    of_all = {
        "Source",
        "Organisme",
        "Affirmation",
        "Theme",
        "Dispositif",
        "ReglePeriode",
        "Programme",
    }
    assert {model.__name__ for model in of_nobody} == of_all
