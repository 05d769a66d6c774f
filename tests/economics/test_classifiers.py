"""Rules of thumb put every product where their tables say, whatever the order and scale of the products."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.economics.classifiers import abc_classes, abc_xyz, pd_rdv, xyz_classes
from engine.economics.instance import ATO, MTO, MTS

VALUES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30, unique=True).map(np.array)


def test_abc_by_hand():
    """Of a value of 100: ahead of the products stand 0, 60, 79, 94 and 99."""
    assert abc_classes(np.array([60.0, 19.0, 15.0, 5.0, 1.0])).tolist() == ["A", "A", "A", "B", "C"]
    assert abc_classes(np.array([1.0, 5.0, 15.0, 19.0, 60.0])).tolist() == ["C", "B", "A", "A", "A"]


def test_the_largest_is_always_in_a():
    assert abc_classes(np.array([99.0, 1.0])).tolist() == ["A", "C"]
    assert abc_classes(np.array([7.0])).tolist() == ["A"]


@given(VALUES, st.floats(0.01, 100.0))
def test_classes_keep_order_and_scale(values, factor):
    classes = abc_classes(values)
    assert classes[np.argsort(-values)].tolist() == sorted(classes.tolist())
    # Values on the edge of a class may move by rounding; all others stay.
    assert (abc_classes(values * factor) != classes).sum() <= 2


def test_xyz_limits_belong_to_the_steadier_class():
    assert xyz_classes(np.array([0.0, 0.5, 0.5001, 1.0, 1.0001])).tolist() == ["X", "X", "Y", "Y", "Z"]


@pytest.mark.parametrize(
    ("letter", "strategies"), [("A", [MTS, ATO, ATO]), ("B", [MTS, ATO, MTO]), ("C", [MTS, MTS, MTO])]
)
def test_abc_xyz_table(letter, strategies):
    values = np.array([79.9, 15.0, 5.0])
    i = "ABC".index(letter)
    for cv, expected in zip((0.3, 0.8, 1.5), strategies, strict=True):
        cvs = np.full(3, 0.3)
        cvs[i] = cv
        wanted = np.array([80.1, 15.0, 4.9]) if letter != "A" else values
        assert abc_classes(wanted)[i] == letter
        assert abc_xyz(wanted, cvs)[i] == expected


def test_pd_rdv_corners():
    """P > D steady: MTS; P > D volatile: ATO; P <= D: MTO (Olhager 2003)."""
    made, wait = np.array([21.0, 21.0, 14.0, 14.0]), np.full(4, 14.0)
    assert pd_rdv(made, wait, np.array([0.2, 0.9, 0.9, 0.2])).tolist() == [MTS, ATO, MTO, MTO]
    assert pd_rdv(made, wait, np.full(4, 0.9), limit=1.0).tolist() == [MTS, MTS, MTO, MTO]
