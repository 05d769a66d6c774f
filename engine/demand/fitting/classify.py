"""Smooth, erratic, intermittent or lumpy: the classes of Syntetos, Boylan & Croston."""

from __future__ import annotations

from dataclasses import dataclass

from engine.demand.streams import Array

# Fewest weeks of history to fit from; quantile of requested waits for the lead-time target.
WEEKS_MIN = 26
TARGET_QUANTILE = 0.1
INTERVAL_CUT = 1.32
SIZE_CV2_CUT = 0.49
CLASSES = ("smooth", "erratic", "intermittent", "lumpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandClass:
    """Class of a product's demand.

    Parameters
    ----------
    interval_weeks : float
        Mean interval between weeks with sales: weeks over weeks with sales.
    size_cv2 : float
        Squared coefficient of variation of the weeks with sales (their variance, divisor their number: the
        publishers of class tables do so; zero with one week).
    name : str
        One of `CLASSES`.
    """

    interval_weeks: float
    size_cv2: float
    name: str


def classify(weeks: Array) -> DemandClass:
    """Class by the cut-offs 1.32 and 0.49 (Syntetos, Boylan & Croston 2005, figure 3).

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)
        Units, not negative, with at least one week above zero.

    Examples
    --------
    >>> import numpy as np
    >>> classify(np.array([4.0, 5, 6, 5])).name
    'smooth'
    >>> classify(np.array([0.0, 1, 0, 0, 9, 0])).name
    'lumpy'
    """
    sizes = weeks[weeks > 0.0]
    interval = weeks.size / sizes.size
    size_cv2 = float((sizes.std() / sizes.mean()) ** 2)
    rare = interval > INTERVAL_CUT
    varied = size_cv2 > SIZE_CV2_CUT
    return DemandClass(interval_weeks=interval, size_cv2=size_cv2, name=CLASSES[2 * int(rare) + int(varied)])
