"""The gamma quantile, many values of one shape at once: a multiple of the library's speed."""

from __future__ import annotations

import numpy as np
from scipy import special
from scipy.interpolate import CubicSpline

from engine.demand.streams import Array

# In logit(u) the logarithm of the quantile is smooth for every shape: linear in the lower tail.
_NODES = np.linspace(-35.0, 35.0, 561)
_TINY = 1e-290


def gamma_quantile(shape: float, u: Array) -> Array:
    """Inverse of the regularised lower incomplete gamma function, ``scipy.special.gammaincinv(shape, u)``.

    A cubic spline of its logarithm over logit(u), through exact values; below the smallest number, where the exact
    function is zero, the leading term of its series (u Gamma(a + 1))^(1/a) (Abramowitz & Stegun 1964, 6.5.29).

    Parameters
    ----------
    shape : float
        a > 0.
    u : numpy.ndarray
        Strictly between 0 and 1.

    Returns
    -------
    numpy.ndarray
        Of the shape of `u`; absolute error below 1e-6 for shapes up to 200, in units of the scale.

    Examples
    --------
    >>> float(np.round(gamma_quantile(1.0, np.array([0.5]))[0], 6))
    0.693147
    """
    # However few the values: were some exact and others not, a longer horizon would change the path.
    at = special.expit(_NODES)
    # Above one half the complement keeps the digits that u = 1 - 1e-15 has lost.
    upper = _NODES > 0.0
    exact = np.where(upper, special.gammainccinv(shape, special.expit(-_NODES)), special.gammaincinv(shape, at))
    series = (np.log(at) + special.gammaln(shape + 1.0)) / shape
    logarithm = np.where(exact > _TINY, np.log(np.maximum(exact, _TINY)), series)
    return np.asarray(np.exp(CubicSpline(_NODES, logarithm)(special.logit(u))))
