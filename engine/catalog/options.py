"""How a catalogue is run: what changes the result, and nothing of the machine it runs on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from engine.errors import EngineError
from engine.words.reason import cause

GAP, CERTIFY_SHARE = 4e-3, 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """Settings of a run beside the catalogue's own.

    Parameters
    ----------
    gap : float
        Relative gap to prove for every group.
    samples, seed : int or None
        In place of the catalogue's own.
    always_available_share : float
        Parts whose share of the product's cost is below this in every product that uses them are taken as always
        available; zero takes none.
    largest_group : int
        A group with more products stops at the bound of its prices (the linear relaxation), without branching.
    moved_group : int
        In groups with up to so many products single products are moved while that saves first come first served, and
        every other strategy is evaluated; in larger ones strategies are the program's and those costs estimated from
        its prices.
    block_products, bundle_products : int
        Lone products decided together, and products of small groups put into one program.
    partitions : int or None
        Files; None chooses by size.
    certify_share : float
        Share of the groups whose plan the Pyomo model has the last word on, at least one; zero asks it about none.
    stop_on_rejected : bool
        End at the first partition with a faulty row instead of going on without the row.
    """

    gap: float = GAP
    samples: int | None = None
    seed: int | None = None
    always_available_share: float = 0.0
    largest_group: int = 400
    moved_group: int = 20
    block_products: int = 8192
    bundle_products: int = 200
    partitions: int | None = None
    certify_share: float = CERTIFY_SHARE
    stop_on_rejected: bool = False

    def __post_init__(self) -> None:
        sizes = min(self.largest_group, self.moved_group, self.block_products, self.bundle_products)
        checks = (
            (0.0 <= self.gap < 1.0, cause("option_share", name="gap")),
            (0.0 <= self.always_available_share < 1.0, cause("option_share", name="always_available_share")),
            (0.0 <= self.certify_share <= 1.0, cause("option_share", name="certify_share")),
            (self.samples is None or self.samples > 0, cause("option_least", name="samples", least=1)),
            (self.seed is None or self.seed >= 0, cause("option_least", name="seed", least=0)),
            (self.partitions is None or self.partitions > 0, cause("option_least", name="partitions", least=1)),
            (sizes > 0, cause("option_sizes")),
        )
        for fine, why in checks:
            if not fine:
                raise EngineError(why)

    def as_dict(self) -> dict[str, object]:
        """Plain values, by name."""
        return asdict(self)
