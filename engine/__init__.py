"""codp: make to order, make to stock or assemble to order, decided per product with its proof.

>>> from engine import read_scenario, solve
>>> plan = solve(read_scenario("scenarios/tiny")).plan_or_raise()
>>> plan.decisions["strategy"].tolist()
['MTS', 'ATO', 'MTO']
"""

import ast
from importlib import import_module
from pathlib import Path


def _homes() -> dict[str, str]:
    """Every public name and its module, as the stub beside this file lists them for type checkers."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    return {name.name: str(node.module) for node in imports for name in node.names}


# Names are imported when first used, so that `codp --help` does not wait for the solver.
_HOMES = _homes()
__all__ = sorted(_HOMES)  # noqa: PLE0605  (one list of names, not two)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    message = f"module 'engine' has no attribute '{name}'"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
