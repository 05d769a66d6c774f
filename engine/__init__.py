"""codp: make to order, make to stock or assemble to order, decided per product with its proof.

>>> from engine import read_scenario, solve
>>> outcome = solve(read_scenario("scenarios/tiny"))
>>> type(outcome).__name__
'Solved'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.catalog.options import BatchOptions as BatchOptions
    from engine.catalog.report import BatchReport as BatchReport
    from engine.catalog.report import batch_report as batch_report
    from engine.catalog.run import BatchResult as BatchResult
    from engine.catalog.run import run_batch as run_batch
    from engine.decision.outcome import Conflict as Conflict
    from engine.decision.outcome import Infeasible as Infeasible
    from engine.decision.outcome import Outcome as Outcome
    from engine.decision.outcome import Solved as Solved
    from engine.decision.outcome import TimedOut as TimedOut
    from engine.decision.plan import Plan as Plan
    from engine.decision.solve import solve as solve
    from engine.demand.complete import complete as complete
    from engine.errors import EngineError as EngineError
    from engine.errors import Fault as Fault
    from engine.errors import ScenarioError as ScenarioError
    from engine.evaluate.compare import Case as Case
    from engine.evaluate.compare import compare as compare
    from engine.evaluate.explain import Explanation as Explanation
    from engine.evaluate.explain import explain as explain
    from engine.evaluate.frontier import frontier as frontier
    from engine.evaluate.readers import with_readers as with_readers
    from engine.evaluate.simulate.simulation import Simulation as Simulation
    from engine.evaluate.simulate.simulation import simulate as simulate
    from engine.evaluate.thresholds import thresholds as thresholds
    from engine.evaluate.trust.trust import Trust as Trust
    from engine.evaluate.trust.trust import confidence as confidence
    from engine.report.content import Report as Report
    from engine.report.content import make_report as make_report
    from engine.report.files import read_plan as read_plan
    from engine.report.files import write_plan as write_plan
    from engine.report.write import write_report as write_report
    from engine.scenario.read import read_scenario as read_scenario
    from engine.scenario.scenario import Scenario as Scenario
    from engine.scenario.variants import apply_variant as apply_variant

# Names are imported when first used, so that `codp --help` does not wait for the solver.
_HOMES = {
    "BatchOptions": "engine.catalog.options",
    "BatchReport": "engine.catalog.report",
    "BatchResult": "engine.catalog.run",
    "Case": "engine.evaluate.compare",
    "Conflict": "engine.decision.outcome",
    "EngineError": "engine.errors",
    "Explanation": "engine.evaluate.explain",
    "Fault": "engine.errors",
    "Infeasible": "engine.decision.outcome",
    "Outcome": "engine.decision.outcome",
    "Plan": "engine.decision.plan",
    "Report": "engine.report.content",
    "Scenario": "engine.scenario.scenario",
    "ScenarioError": "engine.errors",
    "Simulation": "engine.evaluate.simulate.simulation",
    "Solved": "engine.decision.outcome",
    "TimedOut": "engine.decision.outcome",
    "Trust": "engine.evaluate.trust.trust",
    "apply_variant": "engine.scenario.variants",
    "compare": "engine.evaluate.compare",
    "batch_report": "engine.catalog.report",
    "complete": "engine.demand.complete",
    "confidence": "engine.evaluate.trust.trust",
    "explain": "engine.evaluate.explain",
    "frontier": "engine.evaluate.frontier",
    "make_report": "engine.report.content",
    "read_plan": "engine.report.files",
    "read_scenario": "engine.scenario.read",
    "simulate": "engine.evaluate.simulate.simulation",
    "run_batch": "engine.catalog.run",
    "solve": "engine.decision.solve",
    "thresholds": "engine.evaluate.thresholds",
    "with_readers": "engine.evaluate.readers",
    "write_plan": "engine.report.files",
    "write_report": "engine.report.write",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605  (one list of names, not two)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    message = f"module 'engine' has no attribute '{name}'"
    raise AttributeError(message)
