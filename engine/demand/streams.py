"""Random streams keyed by what they are for, so that order, partition and process never change a draw."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def stream(seed: int, *key: str) -> np.random.Generator:
    """The generator of one purpose.

    Parameters
    ----------
    seed : int
        Seed of the scenario.
    *key : str
        What the stream is for, for example ``"demand", "P1"``.

    Returns
    -------
    numpy.random.Generator
        Philox, keyed by a hash of seed and key: independent streams without any order among them.
    """
    text = "\x1f".join((str(seed), *key))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))


def stratified_uniforms(
    rng: np.random.Generator, jitter: np.random.Generator, rows: int, samples: int
) -> Array:
    """Latin hypercube uniforms (McKay, Beckman & Conover 1979), a row after the other.

    Each row holds one value in each of the `samples` equal strata of (0, 1), in random order: every value is
    uniform, and a row's mean is nearly 1/2, which removes most of the noise of a sample average. More rows
    extend the earlier ones without changing them.

    Parameters
    ----------
    rng, jitter : numpy.random.Generator
        Streams of the order and of the place within the stratum.
    rows, samples : int

    Returns
    -------
    numpy.ndarray, shape (rows, samples)
        Strictly between 0 and 1.

    Examples
    --------
    >>> u = stratified_uniforms(stream(1, "a"), stream(1, "b"), 1, 4)
    >>> sorted((u[0] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    ranks = np.argsort(rng.random((rows, samples)), axis=1)  # a random permutation of each row
    inside = jitter.random((rows, samples))
    return np.clip((ranks + inside) / samples, 1e-15, 1.0 - 1e-15)


@lru_cache(maxsize=320)
def uniforms(seed: int, purpose: str, key: str, rows: int, samples: int) -> Array:
    """Latin hypercube uniforms of one purpose and key, shape (rows, samples)."""
    drawn = stratified_uniforms(stream(seed, purpose, key), stream(seed, purpose, key, "jitter"), rows, samples)
    # What-ifs ask for the same draws again and again; they share them and so must not write.
    drawn.setflags(write=False)
    return drawn
