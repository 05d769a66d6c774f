"""Random streams keyed by what they are for, so that order, partition and process never change a draw."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.scenario.arrays import Array, Booleans

__all__ = ["Array", "stratified_uniforms", "stream", "uniforms", "uniforms_of_many"]


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
    return np.random.Generator(np.random.Philox(key=int.from_bytes(_digest(seed, *key), "little")))


def _digest(seed: int, *key: str) -> bytes:
    text = "\x1f".join((str(seed), *key))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


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
    return _stratified(rng.random((rows, samples)), jitter.random((rows, samples)))


def _stratified(order: Array, inside: Array) -> Array:
    """A random permutation of the strata of each row, and the place within the stratum; `inside` is overwritten."""
    inside += np.argsort(order, axis=-1)
    inside /= inside.shape[-1]
    return np.clip(inside, 1e-15, 1.0 - 1e-15, out=inside)


@lru_cache(maxsize=320)
def uniforms(seed: int, purpose: str, key: str, rows: int, samples: int) -> Array:
    """Latin hypercube uniforms of one purpose and key, shape (rows, samples)."""
    drawn = stratified_uniforms(stream(seed, purpose, key), stream(seed, purpose, key, "jitter"), rows, samples)
    # What-ifs ask for the same draws again and again; they share them and so must not write.
    drawn.setflags(write=False)
    return drawn


def uniforms_of_many(
    seed: int, purpose: str, keys: Sequence[str], *, rows: int, samples: int, wanted: Booleans | None = None
) -> Array:
    """What `uniforms` gives for each key, drawn without a generator for each.

    Parameters
    ----------
    seed, purpose
        As of `uniforms`.
    keys : sequence of str
    rows, samples : int
    wanted : shape (keys, rows), optional
        Rows that are needed; all by default.

    Returns
    -------
    numpy.ndarray, shape (keys, rows, samples), or (wanted rows, samples) in order
    """
    bits = np.random.Philox(key=0)
    generator = np.random.Generator(bits)
    fresh = bits.state
    size = (len(keys), rows) if wanted is None else (int(wanted.sum()),)
    order, inside = np.empty((*size, samples)), np.empty((*size, samples))
    start = 0
    for k, key in enumerate(keys):
        here: slice | int = k
        if wanted is not None:
            here = slice(start, start + int(wanted[k].sum()))
            start = here.stop
        for out, more in ((order, ()), (inside, ("jitter",))):
            fresh["state"]["key"] = np.frombuffer(_digest(seed, purpose, key, *more), dtype="<u8")
            bits.state = fresh
            drawn = generator.random((rows, samples))
            out[here] = drawn if wanted is None else drawn[wanted[k]]
    return _stratified(order, inside)
