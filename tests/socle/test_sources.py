"""What sources say: of a field that the record has, or of what its model names besides."""

import pytest
from django.core.exceptions import ValidationError

from pvd.suivi.chargement import FILES
from socle.models import Affirmation
from socle.sources import Source, record_type, sourced_fields
from tests import factories

pytestmark = pytest.mark.django_db


def said(fiche, champ):
    return Affirmation(
        content_type=record_type(fiche),
        object_id=str(fiche.pk),
        champ=champ,
        valeur_brute="12 mars",
        source=factories.source(),
    )


def test_a_document_is_of_today_at_the_latest():
    document = Source(cle="liste", titre="Liste", date_document=factories.today())
    document.full_clean()
    document.date_document = factories.in_days(1)
    with pytest.raises(ValidationError) as refused:
        document.full_clean()
    assert refused.value.message_dict == {"date_document": ["Ce document est d'un jour à venir."]}
    # Recorded before the rule, it is corrected all the same.
    document.save()
    document.titre = "Liste nationale"
    document.full_clean()


def test_a_source_speaks_of_a_field_of_the_record():
    signed = factories.convention()
    said(signed, "date_signature").full_clean()
    for unknown in ("date_de_signature", "date_entree_ort", ""):
        with pytest.raises(ValidationError) as refused:
            said(signed, unknown).full_clean()
        assert "champ" in refused.value.message_dict


def test_a_source_speaks_of_the_entry_of_a_commune_in_an_ort_which_no_field_holds():
    said(factories.commune(), "date_entree_ort").full_clean()


def test_the_columns_of_sources_of_every_file_name_a_field_of_their_record():
    """A field renamed without its sources would leave them behind."""
    sourced = [
        (r._meta.model, champ) for r in FILES.values() for champ, *_ in r.dated_sources.values()
    ]
    assert len(sourced) == 31
    assert all(champ in sourced_fields(model) for model, champ in sourced)


@pytest.mark.parametrize(
    ("genre", "titre", "d_apres", "nommee"),
    [
        ("document", "Une liste", "d'après Une liste", "Une liste"),
        (
            "presse",
            "Un article",
            "d'après la presse : Un article",
            "D'après la presse : Un article",
        ),
        # As titles were written before.
        (
            "presse",
            "D'après la presse : un article",
            "d'après la presse : un article",
            "D'après la presse : un article",
        ),
    ],
)
def test_what_the_press_tells_is_told_to_be_from_the_press(genre, titre, d_apres, nommee):
    source = Source(genre=genre, titre=titre)
    assert (source.d_apres, source.nommee) == (d_apres, nommee)


def test_what_is_said_of_the_rows_of_a_record_is_named_in_french():
    post = factories.poste([factories.commune("34142")])
    said = Affirmation(fiche=post, champ="occupations", valeur_brute="pourvu")
    assert said.nom_du_champ == "titulaires"
