"""How many switches each wave has, as written by whoever asks."""

from __future__ import annotations

from engine.errors import EngineError
from engine.words.reason import cause

REST = "rest"
DEFAULT_SIZES = "10,10,rest"


def sizes_of(written: str) -> tuple[int, ...]:
    """Most switches of each wave; whatever is left after them is the last one, whether 'rest' is said or not.

    Parameters
    ----------
    written : str

    Raises
    ------
    EngineError
        Where it is no list of sizes.

    Examples
    --------
    >>> sizes_of("10, 10, rest"), sizes_of("5"), sizes_of("rest")
    ((10, 10), (5,), ())
    """
    names = [name.strip() for name in written.split(",")]
    if names[-1].lower() == REST:
        names = names[:-1]
    if not all(name.isascii() and name.isdigit() and int(name) > 0 for name in names):
        raise EngineError(cause("waves_sizes", written=written, example=DEFAULT_SIZES))
    return tuple(int(name) for name in names)
