"""Sums by index are those of `numpy.add.at`, to the last digit, whatever the size and shape."""

import numpy as np
import pytest

from engine.economics.axes import added_to, added_up


@pytest.mark.parametrize("shape", [(0,), (40,), (7000,), (30, 2, 3), (700, 40), (0, 40), (5000, 1), (400, 5, 4)])
def test_sums_by_index_are_the_same_to_the_last_digit(shape) -> None:
    rng = np.random.default_rng(2)
    size = 23
    # Sums of these round differently in another order; some indices are never met.
    values = rng.lognormal(0.0, 9.0, shape) * rng.choice([-1.0, 1.0], shape)
    index = rng.integers(0, size - 3, shape[0])
    begun = rng.lognormal(0.0, 9.0, (size, *shape[1:]))
    expected, kept = begun.copy(), begun.copy()
    np.add.at(expected, index, values)
    np.testing.assert_array_equal(added_to(begun, values, index), expected)
    np.testing.assert_array_equal(begun, kept)
    expected = np.zeros_like(begun)
    np.add.at(expected, index, values)
    np.testing.assert_array_equal(added_up(values, index, size), expected)


@pytest.mark.parametrize("count", [40, 5000])
def test_values_that_are_the_same_in_all_samples_need_not_be_repeated(count) -> None:
    rng = np.random.default_rng(3)
    values, index, begun = rng.normal(size=(count, 1)), rng.integers(0, 23, count), rng.normal(size=(23, 7))
    expected = added_to(begun, np.repeat(values, 7, axis=1), index)
    np.testing.assert_array_equal(added_to(begun, values, index), expected)
