"""The inputs in the sidebar."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
    "inputs.header": ("Inputs", "输入"),
    "inputs.world": ("The world", "外部条件"),
    "inputs.world.help": (
        "What you meet: costs, demand, times, capacity. Today's strategies are priced anew in it.",
        "客观条件：成本、需求、时间、产能。现行策略会按新条件重新计价。",
    ),
    "inputs.rules": ("Your rules", "自定规则"),
    "inputs.rules.help": (
        "What you decide: targets, budget, risk, locks. They bind the plan and never today's strategies, and each has its price.",
        "由您决定：目标、预算、风险、锁定。规则只约束方案，不约束现行策略；每条规则都有代价。",
    ),
    "inputs.scenario": ("Scenario", "场景"),
    "inputs.reset": ("Reset", "重置"),
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
    "lever.lead_time_days": ("Lead-time target, days more or less", "交期目标，增减天数"),
    "lever.lead_time_days.help": (
        "Moves the days that customers accept between order and delivery; never below delivery alone.",
        "增减客户可接受的从下单到交货的天数；不低于运输本身所需天数。",
    ),
    "lever.switches": ("Products that switch, at most", "最多改变的产品数"),
    "lever.switches.help": (
        "How many products may leave today's strategy. {given} in the scenario; all of them is no limit.",
        "最多允许多少个产品改变现行策略。场景中为 {given}；等于全部产品即不设上限。",
    ),
    "lever.inventory_budget": ("Inventory budget", "库存预算"),
    "inputs.typed": ("{lever}, typed", "{lever}，输入数值"),
    "inputs.lead_time_unit": ("Lead-time target in", "交期目标单位"),
    "inputs.unit.lead_time_target": ("percent", "百分比"),
    "inputs.unit.lead_time_days": ("days", "天"),
    "inputs.budget_unit": ("Budget in", "预算单位"),
    "inputs.unit.share": ("% of today's", "占现行 %"),
    "inputs.unit.money": ("money", "金额"),
    "inputs.unit.weeks": ("weeks of sales", "销售周数"),
    "inputs.no_limit": ("no limit", "不限"),
    "inputs.budget.at": ("{amount} ({change})", "{amount}（{change}）"),
    "inputs.budget.as_today": ("as today", "与现行相同"),
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
        "The most that may be tied up in stock on average; the percentage is against today's strategies in the world as it stands here.",
        "平均库存占用资金的上限；百分比相对当前外部条件下的现行策略。",
    ),
    "inputs.variant": ("Variant of the scenario", "场景变体"),
    "inputs.variant.help": (
        "Named what-ifs that the scenario itself defines. The sliders start from the one chosen.",
        "场景自带的命名假设。滑块从所选变体开始。",
    ),
    "inputs.base": ("As given", "原始场景"),
    "inputs.family": ("Products the next sliders act on", "以下滑块作用的产品"),
    "inputs.family.help": (
        "Variability, lead-time target, lateness and on-time target can be changed for one family only.",
        "需求波动、交期目标、延迟成本和准时目标可只对一个产品族调整。",
    ),
    "inputs.all_families": ("All products", "全部产品"),
    "inputs.locks": ("Products locked: {count}", "已锁定产品：{count}"),
    "inputs.undo": ("Undo", "撤销"),
    "inputs.redo": ("Redo", "重做"),
    "lever.budget_weeks": ("Inventory budget, weeks of sales (20: no limit)", "库存预算，销售周数（20：不限）"),
    "lever.budget_weeks.help": (
        "The most that may be tied up in stock on average; the percentage is against today's strategies in the world as it stands here.",
        "平均库存占用资金的上限；百分比相对当前外部条件下的现行策略。",
    ),
    "lever.risk": ("Risk aversion, %", "风险规避，%"),
    "lever.risk.help": (
        "Weight of the worst tenth of outcomes (CVaR) in what is minimised. {given} % in the scenario. Above 0 there is no quick preview.",
        "最差十分之一结果（CVaR）在目标中的权重。场景中为 {given} %。大于 0 时无法快速预览。",
    ),
    "lever.on_time": ("On-time target, %", "准时目标，%"),
    "lever.on_time.help": (
        "Least share of units on time, for every product; products with a higher target of their own keep it. The lowest in the scenario is {given} %.",
        "每个产品的最低准时率；自身目标更高的产品保持不变。场景中最低为 {given} %。",
    ),
}
