"""What nobody can read is not kept: at the form and at the import, it is refused and told."""

import pytest
from django.core.exceptions import ValidationError

from socle.lisible import validate_readable
from tests import factories
from tests.formulaires import errors, filled, form_of

# What a keyboard, a paste from a text or another language gives.
KEPT = [
    "",
    "Îlot de l'église",
    "a\u00a0b",
    "a\u200bb",
    "\ufeffHalle",
    "ligne 1\r\nligne 2\t3",
    "בית",
    "👩‍🌾",
]
LOST = {
    "\x07": "U+0007",
    "Halle\x00": "U+0000",
    "Halle \u202etnemirtap": "U+202E",
    "\u2066Halle": "U+2066",
    "\u200b": "que des caractères invisibles",
    " \u00a0\u2060": "que des caractères invisibles",
}


@pytest.mark.parametrize("text", KEPT)
def test_what_is_read_is_kept(text):
    validate_readable(text)


@pytest.mark.parametrize(("text", "told"), LOST.items(), ids=map(ascii, LOST))
def test_what_nobody_reads_is_refused(text, told):
    with pytest.raises(ValidationError) as refused:
        validate_readable(text)
    assert told in refused.value.messages[0]


@pytest.mark.django_db
def test_an_action_has_a_title_that_is_seen(agent_34):
    town = factories.commune("34142")
    action = factories.action([town], factories.convention(communes=[town]))
    address = f"/admin/projects/action/{action.pk}/change/"
    for title, told in (("\u200b", "caractères invisibles"), ("a\u202eb", "U+202E")):
        data = filled(form_of(agent_34, address), intitule=title, motif_correction="relu")
        assert told in errors(agent_34.post(address, data))
    data = filled(form_of(agent_34, address), intitule="Halle", motif_correction="relu")
    assert agent_34.post(address, data).status_code == 302
