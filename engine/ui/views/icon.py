"""The picture in the browser's tab. A symbol named to Streamlit would be fetched from a foreign host."""

from __future__ import annotations

import numpy as np
from PIL import Image

from engine.report.charts.strategies import STRATEGY_COLOURS

_SIDE = 32


def tab_icon() -> Image.Image:
    """Three bars in the strategies' colours, 32 x 32 pixels."""
    picture = np.full((_SIDE, _SIDE, 3), 255, dtype=np.uint8)
    for k, colour in enumerate(STRATEGY_COLOURS.values()):
        left = 2 + 10 * k
        picture[4 + 8 * k : 28, left : left + 8] = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return Image.fromarray(picture)
