"""The inputs in the sidebar."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
    "inputs.header": ("Inputs", "输入"),
    "inputs.scenario": ("Scenario", "场景"),
    "inputs.reset": ("Reset the inputs", "重置输入"),
    "inputs.percent": ("100 % is the value in the scenario.", "100 % 表示场景中的原值。"),
    "lever.holding_rate": ("Holding rate, % a year", "年持有成本率，%"),
    "lever.holding_rate.help": (
        "What a year in stock costs, as a share of the goods' value: capital, storage, insurance. {given} % in the scenario.",
        "货物存放一年的成本占其价值的比例：资金、仓储、保险。场景中为 {given} %。",
    ),
    "lever.demand_cv": ("Demand variability, % of given", "需求波动，占原值 %"),
    "lever.demand_cv.help": (
        "Scales the coefficient of variation of weekly demand. Poisson demand keeps its own.",
        "缩放每周需求的变异系数。泊松需求保持不变。",
    ),
    "lever.lead_time_target": ("Lead-time target, % of given", "交期目标，占原值 %"),
    "lever.lead_time_target.help": (
        "Scales the days that customers accept between order and delivery.",
        "缩放客户可接受的从下单到交货的天数。",
    ),
    "lever.late_cost": ("Cost of lateness, % of given", "延迟成本，占原值 %"),
    "lever.late_cost.help": (
        "Scales what a unit costs for every day it is late.",
        "缩放每件产品每延迟一天的成本。",
    ),
    "lever.capacity": ("Capacity, % of given", "产能，占原值 %"),
    "lever.capacity.help": (
        "Scales the regular hours of every resource.",
        "缩放各资源的正常工时。",
    ),
    "lever.budget": ("Inventory budget, % of given", "库存预算，占原值 %"),
    "lever.budget.help": (
        "Scales the most that may be tied up in stock on average.",
        "缩放平均库存占用资金的上限。",
    ),
}
