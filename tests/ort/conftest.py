"""Acts that the tests of this folder share."""

import pytest

from tests import factories


@pytest.fixture
def shared(db):
    """An ORT kept by the Hérault, that covers a commune of the Hérault and one of the Tarn."""
    towns = [factories.commune("34293", epci="new"), factories.commune("81124", epci="new")]
    return factories.convention(communes=towns)
