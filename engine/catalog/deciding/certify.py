"""Which groups the Pyomo model has the last word on: a share of them, drawn by a key that no partition changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from engine.demand.streams import stream

_PURPOSE = "certified by the Pyomo model"


def key_of(seed: int, product: str) -> float:
    """Uniform on (0, 1), the same wherever and whenever the group is decided.

    Parameters
    ----------
    seed : int
    product : str
        First of the group's products in the order of the alphabet.
    """
    return float(stream(seed, _PURPOSE, product).random())


@dataclass(slots=True, kw_only=True)
class Programs:
    """Programs on samples: groups, and lone products without a closed form.

    Parameters
    ----------
    count, certified : int
        How many there are, and how many the Pyomo model was asked about.
    least : (float, str) or None
        Key and product of the group with the least key among those that it was not asked about.
    """

    count: int = 0
    certified: int = 0
    least: tuple[float, str] | None = None

    def add(self, other: Programs) -> None:
        """Count others too."""
        self.count += other.count
        self.certified += other.certified
        values = [least for least in (self.least, other.least) if least is not None]
        self.least = min(values) if values else None

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        return {"count": self.count, "certified": self.certified, "least": self.least}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The same back."""
        least = values["least"]
        return cls(
            count=int(values["count"]), certified=int(values["certified"]),
            least=None if least is None else (float(least[0]), str(least[1])),
        )  # fmt: skip
