"""The words of causes: why a simulation finds other than a plan promises; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

# Kinds that are no causes: the run is too short to tell.
CHANCE, FEW = "chance", "few"

CAUSES: dict[str, tuple[str, str]] = {
    "chance": ("chance: the interval holds the promise", "偶然：区间包含承诺值"),
    "few": ("too few orders delivered ({orders:.0f}) to tell", "已交付订单太少（{orders:.0f} 笔），无法判断"),
    "unknown": ("no cause is known", "原因不明"),
    "stopped": ("causes were not looked for: stopped early", "提前停止，未查找原因"),
    "changed_cost": ("the plan was changed after it was decided: its own samples say {own:,.0f} a year", "方案在求解后被修改：其自身样本给出每年 {own:,.0f}"),
    "changed_on_time": ("the plan was changed after it was decided: its own samples say {own:.1%} on time", "方案在求解后被修改：其自身样本给出准时率 {own:.1%}"),
    "changed_or_version_cost": ("the plan was changed after it was decided, or decided by another version: its own samples say {own:,.0f} a year", "方案在求解后被修改，或由其他版本求解：其自身样本给出每年 {own:,.0f}"),
    "changed_or_version_on_time": ("the plan was changed after it was decided, or decided by another version: its own samples say {own:.1%} on time", "方案在求解后被修改，或由其他版本求解：其自身样本给出准时率 {own:.1%}"),
    "queue": ("queue at {resource}", "在 {resource} 排队"),
    "uneven": ("uneven load: orders that waited for parts are assembled together, which the plan does not know", "负荷不均：等待零件的订单集中装配，方案未计入"),
    "sampling": ("sampling: the plan is measured on {samples} samples", "抽样：方案以 {samples} 个样本衡量"),
    "flattered": ("sampling: the plan is the best on {samples} samples, which flatters it", "抽样：方案是 {samples} 个样本上的最优，因而偏乐观"),
    "lines": ("the order lines hold {share:.0%} of the demand planned with", "订单行仅为计划需求的 {share:.0%}"),
    "drift": ("the order lines move together or drift, which the plan does not know", "订单行同向波动或有趋势，方案未计入"),
    "drawn": ("orders drawn come to {share:.0%} of the mean", "随机订单为均值的 {share:.0%}"),
}
