"""What the measuring itself promises; none of it needs the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.accuracy import acceptance, nobyline
from tests.accuracy.reliability import Given, binned
from tests.accuracy.split import fold_of, is_kept_aside
from tests.accuracy.tables import Figure

PUBLISHERS = [f"publisher {number}" for number in range(600)]


def _figures(mean: float, n: int = 200) -> dict[str, dict[str, Figure]]:
    return {"light": {"title_exact": Figure(mean=mean, low=mean, high=mean, n=n)}}


@pytest.fixture
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine titles in ten were accepted."""
    monkeypatch.setattr(acceptance, "ACCEPTED", tmp_path / "accepted.json")
    acceptance.accept(_figures(0.9))


def test_a_third_of_the_publishers_is_kept_aside_for_good() -> None:
    aside = [name for name in PUBLISHERS if is_kept_aside(name)]
    assert 150 < len(aside) < 250
    assert aside[:3] == ["publisher 1", "publisher 7", "publisher 8"]


@pytest.mark.parametrize("folds", [3, 5, 6])
def test_the_others_are_dealt_evenly_into_folds(folds: int) -> None:
    dealt = [fold_of(name, folds) for name in PUBLISHERS if not is_kept_aside(name)]
    for fold in range(folds):
        assert dealt.count(fold) > len(dealt) / folds / 2


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("mean", [0.95, 0.9, 0.896])
def test_what_is_no_worse_than_accepted_is_no_loss(mean: float) -> None:
    assert acceptance.losses(_figures(mean)) == []


@pytest.mark.usefixtures("accepted")
def test_a_loss_says_which_figure_lost_how_much() -> None:
    (told,) = acceptance.losses(_figures(0.88))
    assert told == (
        "light title_exact: 88.0 % of 200, which is 2.00 points below the accepted 90.0 % of 200"
    )


@pytest.mark.usefixtures("accepted")
def test_what_was_never_accepted_is_told() -> None:
    (told,) = acceptance.losses({"wet": _figures(0.95)["light"]})
    assert told == "wet title_exact: never accepted"


def test_fields_are_counted_in_the_bin_of_their_confidence() -> None:
    given = [
        Given(field="title", confidence=confidence, right=right, kept_aside=False)
        for confidence, right in ((0.9, True), (0.92, False), (1.0, True))
    ]
    assert [(one.low, one.n, one.right) for one in binned(given)] == [(0.9, 2, 0.5), (0.95, 1, 1.0)]


def test_the_documents_without_byline_are_many_and_in_many_languages() -> None:
    names = [path.name for path in nobyline.OWN.glob("*.txt")]
    assert len(names) >= 20
    assert len({name[:2] for name in names}) >= 10
