"""Every setting of a scenario with its meaning, and where the plan's numbers come from."""

from __future__ import annotations

from pydantic import BaseModel

from engine.report.sentences.proof import bound_as_shown, gaps_as_shown
from engine.report.sentences.prose import Prose
from engine.scenario.rules import group_of, says_something
from engine.scenario.settings import Settings, StrategiesByVariability, StrategyLimit

# A setting of every kind has a line; tables of the client's own names are told as the names.
_SHARES = {"holding_rate_per_year", "on_time_target", "risk.cvar_weight", "risk.cvar_level", "demand.common_factor_cv"}


def setting_names(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    """Dotted names of all settings.

    Examples
    --------
    >>> setting_names()[:3]
    ['name', 'currency', 'cost_timing']
    """
    names = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not StrategiesByVariability:
            names += setting_names(kind, f"{prefix}{name}.")
        else:
            names.append(f"{prefix}{name}")
    return names


def setting_rows(prose: Prose) -> list[tuple[str, str, str]]:
    """Meaning, value and dotted name of every setting; none without a scenario.

    What describes the world stands first, then the client's own rules, then how the scenario is written and computed,
    each below a row that has a meaning alone.
    """
    scenario = prose.report.scenario
    if scenario is None:
        return []
    kinds: dict[str, list[tuple[str, str, str]]] = {"world": [], "rules": [], "neither": []}
    for name in setting_names():
        value: object = scenario.settings
        for part in name.split("."):
            value = getattr(value, part)
        # The plan tells on how many samples it was decided, whatever the scenario says.
        if name in {"samples", "seed"}:
            value = prose.report.plan.summary[name]
        kind = group_of(name) if says_something(name) else "neither"
        kinds[kind].append((prose.t(f"setting.{name}"), _written(prose, name, value), name))
    return [row for kind, rows in kinds.items() for row in ((prose.t(f"settings.{kind}"), "", ""), *rows)]


def _written(prose: Prose, name: str, value: object) -> str:
    numbers = prose.numbers
    if value is None:
        return prose.t("unlimited") if name in {"inventory_budget", "max_changes"} else prose.t("missing")
    if name == "cost_timing":
        return prose.t(f"setting.cost_timing.{value}")
    if isinstance(value, dict | StrategiesByVariability):
        return prose.t("list.separator").join(_entries(value)) or prose.t("missing")
    if isinstance(value, int | float) and name != "seed":  # a seed is a name made of digits
        number = float(value)
        if name == "inventory_budget":
            return numbers.money(number)
        return numbers.share(number, 1) if name in _SHARES else numbers.number(number)
    return {"\t": "Tab", " ": "␠", "": prose.t("missing")}.get(str(value), str(value))


def _entries(value: dict[str, object] | StrategiesByVariability) -> list[str]:
    """What stands in a table of settings: limits and strategies by class in full, of others the names."""
    if isinstance(value, StrategiesByVariability):
        return [f"{column}: {strategy}" for column, strategy in value.model_dump().items()]
    return [_limit(key, one) if isinstance(one, StrategyLimit) else str(key) for key, one in value.items()]


def _limit(name: str, limit: StrategyLimit) -> str:
    """A limit of a strategy in signs, the same in every language."""
    ends = [f"≥ {limit.at_least}"] * (limit.at_least is not None) + [f"≤ {limit.at_most}"] * (limit.at_most is not None)
    of = f" [{limit.family or limit.plant or '*'}]" if limit.family or limit.plant or limit.per else ""
    return f"{name}: {limit.strategy} {', '.join(ends)}{of}"


def source_rows(prose: Prose) -> list[tuple[str, str]]:
    """What the plan was made from, and with which versions."""
    summary, numbers = prose.report.plan.summary, prose.numbers
    plan = prose.report.plan
    _, search, allocation = gaps_as_shown(plan)
    rows = [
        (prose.t("source.scenario"), str(summary["scenario"])),
        (prose.t("source.status"), prose.t(f"source.status.{'corrected' if prose.corrected else summary['status']}")),
        (prose.t("source.objective_per_year"), numbers.money(plan.objective_per_year)),
        *([] if prose.corrected else [
            (prose.t("source.bound_per_year"), numbers.money(bound_as_shown(plan, numbers.decimals))),
            (prose.t("source.gap"), numbers.gap(search)),
            (prose.t("source.allocation_gap"), numbers.gap(allocation)),
        ]),
        (prose.t("source.samples"), numbers.count(summary["samples"])),
        (prose.t("source.seed"), str(summary["seed"])),
        (prose.t("source.input_sha256"), str(summary["input_sha256"])),
    ]
    if prose.report.date is not None:
        rows.insert(1, (prose.t("source.date"), numbers.date(prose.report.date)))
    versions = summary.get("versions", {})
    return rows + [(prose.t("source.versions", name=name), str(number)) for name, number in versions.items()]
