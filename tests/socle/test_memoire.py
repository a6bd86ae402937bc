"""The collector of cycles rests while much is read, and goes back to work."""

import gc

import pytest

from socle.memoire import without_collecting


def test_the_collector_rests_while_one_at_least_reads_and_is_at_work_again_after():
    with without_collecting():
        assert not gc.isenabled()
        with without_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_failure_sets_it_to_work_again():
    with pytest.raises(ZeroDivisionError), without_collecting():
        1 / 0  # noqa: B018
    assert gc.isenabled()
