"""From a scenario to a certified plan: outcome, attribution, alternatives, reasons."""

# Pyomo loads all of `scipy.stats` with the first part of SciPy that anything loads after it, or at once where one is
# loaded; nothing here asks for it. So Pyomo comes before SciPy, and its hook goes. Without, all works the same, half a
# second later.
from pyomo.common import dependencies

getattr(dependencies.DeferredImportCallbackFinder, "_callbacks", {}).pop("scipy", None)
