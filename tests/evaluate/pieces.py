"""Work for processes that have to start soon: nothing is loaded for it."""

import os

from engine.errors import EngineError

FAULTY, FATAL = 5, 3


def square(given, piece):
    """Who works on a piece, and its square; one piece is refused, one kills the process of another."""
    here, fatal = given
    if piece == FAULTY:
        raise EngineError("no square of five")
    if fatal and piece == FATAL and os.getpid() != here:
        os._exit(1)
    return os.getpid(), piece**2
