"""Amounts as people write them: read, or refused with what to do."""

from decimal import Decimal

import pytest

from socle.fichiers.montants import MontantLu, base_de, read_amount, stade_de, unite_de


@pytest.mark.parametrize(
    ("text", "unite", "amount"),
    [
        ("1 234,56 €", "€", "1234.56"),
        ("1234.56", "€", "1234.56"),
        ("1.234,56", "€", "1234.56"),
        ("1,234.56", "€", "1234.56"),
        ("12 k€", "€", "12000"),
        ("12 K€", "M€", "12000"),
        ("1,2 M€", "€", "1200000"),
        ("12", "k€", "12000"),
        ("1,5", "M€", "1500000"),
        # The unit of the cell comes first.
        ("12 €", "k€", "12"),
        ("30 000 euros", "€", "30000"),
        ("1 240 000 € HT", "€", "1240000"),
        ("environ 50 000 €", "€", "50000"),
        ("0", "€", "0"),
        ("1 000 000 000", "€", "1000000000"),
        # Half up, to the cent.
        ("0,0125 k€", "€", "12.50"),
    ],
)
def test_an_amount_is_read_with_its_unit(text, unite, amount):
    assert read_amount(text, unite).valeur == Decimal(amount)


@pytest.mark.parametrize("text", ["à définir", "NC", "?", "-", "sollicité", "voir annexe"])
def test_words_without_a_number_are_unknown_and_kept(text):
    read = read_amount(text)
    assert (read.valeur, read.inconnu) == (None, text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.234", "deux lectures possibles : écrivez 1234 ou 1,234"),
        ("1,234", "deux lectures possibles : écrivez 1234 ou 1,23"),
        ("2025-03-01", "c'est une date"),
        ("01/03/2025", "c'est une date"),
        ("1E+13", "abîmé par le tableur"),
        ("1,23E+06", "abîmé par le tableur"),
        ("-500", "un montant n'est pas négatif"),
        ("1 000 000 000,01", "plus d'un milliard d'euros"),
        ("1200000", "plus d'un milliard d'euros"),
        ("50 000 à 60 000 €", "montant seul attendu"),
        ("2 lots", "montant seul attendu"),
    ],
)
def test_what_is_no_amount_or_may_be_two_is_refused_with_what_to_do(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_amount(text, "k€" if text == "1200000" else "€")


def test_a_cell_may_say_what_its_amount_is():
    asked = MontantLu(Decimal("50000.00"), stade="demande")
    assert read_amount("50 000 € (demandé)") == asked
    assert read_amount("50 000 € accordés").stade == "accorde"
    assert read_amount("20 %") == MontantLu(part=Decimal(20))


def test_what_was_asked_or_obtained_was_asked():
    assert stade_de("DETR sollicité ou obtenu") == "demande"
    assert read_amount("5 000 € (sollicité ou obtenu)").stade == "demande"


@pytest.mark.parametrize(
    ("header", "unite", "base"),
    [
        ("Coût (k€)", "k€", ""),
        ("Montant € HT", "€", "HT"),
        ("Budget en milliers d'euros", "k€", ""),
        ("Coût M€ TTC", "M€", "TTC"),
        ("Montant", "€", ""),
        ("Coût HT ou TTC", "€", ""),
    ],
)
def test_a_header_says_the_unit_and_the_base(header, unite, base):
    assert (unite_de(header), base_de(header)) == (unite, base)
