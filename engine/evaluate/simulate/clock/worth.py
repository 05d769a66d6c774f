"""What one more unit of a part would save, seen while the clock runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.demand.streams import Array

# Mean days between two looks at who waits for what.
LOOK_DAYS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Money a year per unit.

    First come first served, one more unit of base stock is at every moment with the first order that waits for the
    part. If that order lacks nothing else, the unit sends it off: its lateness ends, and its other parts leave the
    shelf. Otherwise the unit lies on the shelf. So the cost changes by the carrying cost of the unit less what it is
    worth on average, the derivative along one path (Glasserman 1991). Where parts are lacking together, one more of
    each does it: what that is worth is shared among them (`Reservation.share`).

    Parameters
    ----------
    late : shape (I,)
        Cost of a unit of a good being late.
    material : shape (I,)
        Cost of the parts of a unit lying on the shelf.
    carrying : shape (C,)
        Cost of a unit of a part lying on the shelf.
    quantity : mapping of (good, part) to float
        Bill of materials.
    """

    late: Array
    material: Array
    carrying: Array
    quantity: Mapping[tuple[int, int], float]

    def of(self, good: int, part: int) -> float:
        """One more unit of a part for an order that lacks nothing else."""
        return float((self.late[good] + self.material[good]) / self.quantity[good, part])
