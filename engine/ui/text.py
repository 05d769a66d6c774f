"""Every word of the app in English and Simplified Chinese: flat keys, so that a test sees what is missing."""

# A sentence is a line here, so that both languages stand below each other.
# ruff: noqa: E501
from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

# A language is called by its own name, whatever the reader has chosen.
OWN_NAMES: dict[Language, str] = {"en": "English", "zh": "简体中文"}
HTML_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-CN"}

CATALOGUE: dict[str, tuple[str, str]] = {
    "app.title": ("Where each product waits for the customer", "每个产品在哪里等待客户订单"),
    "app.language": ("Language", "语言"),
    "page.decide": ("Decide", "决策"),
    "strategy.MTS": ("Make to stock", "按库存生产"),
    "strategy.ATO": ("Assemble to order", "按订单装配"),
    "strategy.MTO": ("Make to order", "按订单生产"),
    # Where the numbers come from
    "status.preview": ("preview", "预览"),
    "status.proven": ("proven", "已证明"),
    "status.stale": ("stale", "已过期"),
    "state.proving": (
        "**Preview** for the inputs shown, on {samples} of {total} samples of demand. The proven answer is being worked out and follows by itself: {seconds} s so far.",
        "当前输入的**预览**结果（{total} 个需求样本中的 {samples} 个）。系统正在求证，完成后会自动更新：已用 {seconds} 秒。",
    ),
    "state.queued": (
        "**Preview** for the inputs shown, on {samples} of {total} samples of demand. The proven answer waits for its turn and follows by itself.",
        "当前输入的**预览**结果（{total} 个需求样本中的 {samples} 个）。求证正在排队，完成后会自动更新。",
    ),
    "state.proven": (
        "**Proven**: no plan can cost more than {gap} less than this one, on {samples} samples of demand.",
        "**已证明**：基于 {samples} 个需求样本，任何方案的成本最多只能再低 {gap}。",
    ),
    "state.stale_proving": (
        "**Stale**: the numbers below belong to the inputs before. These inputs have no quick preview; the proven answer is being worked out and follows by itself: {seconds} s so far.",
        "**已过期**：下面是先前输入的结果。当前输入无法快速预览；系统正在求证，完成后会自动更新：已用 {seconds} 秒。",
    ),
    "state.stale_queued": (
        "**Stale**: the numbers below belong to the inputs before. The proven answer waits for its turn.",
        "**已过期**：下面是先前输入的结果。求证正在排队。",
    ),
    "state.first_proving": (
        "These inputs have no quick preview. Their proven answer is being worked out and appears here by itself: {seconds} s so far.",
        "当前输入无法快速预览。系统正在求证，结果会自动显示在这里：已用 {seconds} 秒。",
    ),
    "state.first_queued": (
        "These inputs have no quick preview. Their proven answer waits for its turn and appears here by itself.",
        "当前输入无法快速预览。求证正在排队，结果会自动显示在这里。",
    ),
    "state.stale": (
        "**Stale**: the numbers below belong to the inputs before.",
        "**已过期**：下面是先前输入的结果。",
    ),
    "state.unproven": (
        "**Preview** for the inputs shown, on {samples} of {total} samples of demand; it could not be proven.",
        "当前输入的**预览**结果（{total} 个需求样本中的 {samples} 个）；未能完成求证。",
    ),
    "state.none": ("There is no result for these inputs.", "当前输入没有结果。"),
    # Trouble, in words
    "trouble.inputs": (
        "These inputs cannot be decided. Move the control that was changed last back a little, or reset the inputs.",
        "这些输入无法求解。请把最后调整的滑块往回移一点，或重置输入。",
    ),
    "trouble.details": ("What the engine found (in English)", "引擎给出的说明（英文）"),
    "trouble.read": (
        "The scenario “{scenario}” cannot be read. Choose another one, or mend its files.",
        "无法读取场景“{scenario}”。请选择其他场景，或修正其文件。",
    ),
    "trouble.no_scenarios": (
        "There are no scenarios here: put a folder with scenario.yaml into “scenarios”.",
        "这里没有场景：请把包含 scenario.yaml 的文件夹放入“scenarios”。",
    ),
    "trouble.infeasible": (
        "No plan keeps all the rules with these inputs. What is in conflict, and what would be enough:",
        "在这些输入下，没有方案能同时满足全部规则。冲突的规则以及解决所需的条件：",
    ),
    "trouble.infeasible_checking": (
        "No plan seems to keep all the rules with these inputs. The reasons are being worked out.",
        "在这些输入下，似乎没有方案能同时满足全部规则。正在查明原因。",
    ),
    "trouble.proof": (
        "The proof did not finish. Change an input or reload the page to try again.",
        "求证未能完成。请调整输入或刷新页面后重试。",
    ),
    "trouble.timed_out": (
        "The proof ran out of time before it found a plan. Change an input to try again.",
        "求证在找到方案之前超时。请调整输入后重试。",
    ),
    "conflict.C5": (
        "Capacity of **{concerns}**: weekly overtime of {needed} hours would be enough.",
        "资源 **{concerns}** 产能不足：每周加班 {needed} 小时即可满足。",
    ),
    "conflict.C6": (
        "On-time target of **{concerns}**: a target of {needed} could be kept.",
        "产品 **{concerns}** 的准时目标过高：可达到的目标为 {needed}。",
    ),
    "conflict.C7": (
        "Inventory budget: {needed} would be enough.",
        "库存预算不足：{needed} 即可满足。",
    ),
    "conflict.C8": (
        "Number of changes allowed: {needed} would be enough.",
        "允许变更的产品数量不足：{needed} 即可满足。",
    ),
    "conflict.other": (
        "{rule}: {setting} of **{concerns}** would have to be {needed}.",
        "{rule}：**{concerns}** 的 {setting} 需要改为 {needed}。",
    ),
    # Inputs
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
    # Headline
    "headline.header": ("The plan", "方案"),
    "headline.labelled": ("{label} · {status}", "{label} · {status}"),
    "headline.cost": ("Cost per year", "年成本"),
    "headline.gap": ("gap to the best possible at most {gap}", "与最优的差距不超过 {gap}"),
    "headline.saving": ("Saving against today's strategies", "相对现行策略的节省"),
    "headline.dearer": ("More than today's strategies", "相对现行策略的增加"),
    "headline.switches": ("{count} of {known} products switch", "{known} 个产品中有 {count} 个改变"),
    "headline.saving_unknown": ("not known", "未知"),
    "headline.no_current": ("no current strategies are given", "未提供现行策略"),
    "headline.current_breaks": ("today's strategies cannot keep the rules", "现行策略无法满足规则"),
    "headline.current_open": ("not worked out for this kind of scenario", "此类场景未计算"),
    "headline.saving.help": (
        "Today's strategies with their best stocks, less this plan with the cost of its changes.",
        "现行策略（配以最优库存）的成本，减去本方案（含变更成本）的成本。",
    ),
    "headline.inventory": ("Inventory value", "库存价值"),
    "headline.inventory.detail": ("average of finished goods and parts", "成品与零部件的平均值"),
    "headline.count": ("{strategy}, products", "{strategy}，产品数"),
    "headline.count.detail": ("{share} of the cost", "占成本的 {share}"),
    # Map
    "map.header": ("Strategy map", "策略图"),
    "map.labelled": (
        "Numbers: {status}. Above 1, making takes longer than customers wait. Click a mark to see its product.",
        "数据：{status}。高于 1 表示生产时间长于客户可接受的交期。点击标记查看产品。",
    ),
    "map.x": ("Demand variability (weekly CV)", "需求波动（周变异系数）"),
    "map.y": ("P:D ratio (production time / accepted wait)", "P:D 比（生产时间 / 可接受交期）"),
    "map.strategy": ("Strategy", "策略"),
    "map.alt": (
        "Scatter of {count} products: demand variability across, ratio of production time to accepted wait upwards. {counts}.",
        "{count} 个产品的散点图：横轴为需求波动，纵轴为生产时间与可接受交期之比。{counts}。",
    ),
    "map.alt.count": ("{strategy}: {count}", "{strategy}：{count}"),
    # Table
    "table.header": ("Decisions", "决策表"),
    "table.labelled": (
        "Numbers: {status}. Money in {currency} a year, inventory in {currency}. Select a row to see its product.",
        "数据：{status}。金额单位为 {currency}/年，库存单位为 {currency}。选中一行查看产品。",
    ),
    "table.not_yet": (
        "What the other strategies would cost is known once the answer is proven.",
        "其他策略的成本在证明后可知。",
    ),
    "table.alt": ("Decisions for {count} products", "{count} 个产品的决策表"),
    "column.product": ("Product", "产品"),
    "column.name": ("Name", "名称"),
    "column.family": ("Family", "产品族"),
    "column.strategy": ("Strategy", "策略"),
    "column.current": ("Current", "现行策略"),
    "column.cost": ("Cost", "成本"),
    "column.regret": ("Regret", "次优损失"),
    "column.regret.help": (
        "What the next best strategy would cost more. Small means that the choice hardly matters.",
        "改用次优策略会增加的成本。数值小说明选择影响不大。",
    ),
    "column.on_time": ("On time", "准时率"),
    "column.lead_time": ("Lead time, days", "交期，天"),
    "column.inventory": ("Inventory", "库存"),
    "column.reason": ("Reason", "理由"),
    "column.demand_cv": ("Demand CV", "需求变异系数"),
    "column.pd_ratio": ("P:D ratio", "P:D 比"),
    # One product
    "product.header": ("One product", "单个产品"),
    "product.select": ("Product", "产品"),
    "product.option": ("{product} · {name}", "{product} · {name}"),
    "product.decision": (
        "**{strategy}**, {status}. Today: {current}.",
        "**{strategy}**，{status}。现行：{current}。",
    ),
    "product.decision_new": ("**{strategy}**, {status}.", "**{strategy}**，{status}。"),
    "product.costs": ("Under each strategy ({status}):", "各策略下的成本（{status}）："),
    "product.chosen": ("chosen", "已选"),
    "product.more": ("{difference} more", "多 {difference}"),
    "product.less": ("{difference} less", "少 {difference}"),
    "product.impossible": ("not possible", "不可行"),
    "product.not_yet": ("known once proven", "证明后可知"),
    "product.ledger": ("What the cost consists of ({status}):", "成本构成（{status}）："),
    "product.ledger.line": ("{term} {cost}", "{term} {cost}"),
    "product.facts": (
        "Demand {demand} a week, CV {cv}. Customers accept {target} days; making takes {make} days, assembly {assembly}. On time {on_time}, lead time {lead_time} days on average.",
        "需求每周 {demand}，变异系数 {cv}。客户可接受 {target} 天；生产需 {make} 天，装配 {assembly} 天。准时率 {on_time}，平均交期 {lead_time} 天。",
    ),
    "product.base_stock": ("Base stock {level} units.", "基准库存 {level} 件。"),
    "product.reason": ("{reason}.", "{reason}。"),
    "product.cost": ("{currency}/year", "{currency}/年"),
    "product.difference": ("Difference", "差额"),
    "reason.costs": ("Mostly {first}", "主要为{first}"),
    "reason.two_costs": ("Mostly {first} and {second}", "主要为{first}和{second}"),
    "reason.no_costs": ("No cost", "无成本"),
    "reason.more": ("{strategy} would cost {difference} more", "{strategy}会多花 {difference}"),
    "reason.less": ("{strategy} would cost {difference} less by itself", "{strategy}单独看会少花 {difference}"),
    "reason.same": ("{strategy} would cost the same", "{strategy}成本相同"),
    "reason.only": ("the only possible strategy", "唯一可行的策略"),
    "reason.join": ("; ", "；"),
    # Terms of the ledger
    "term.holding": ("holding", "持有成本"),
    "term.obsolescence": ("obsolescence", "报废损失"),
    "term.late": ("lateness", "延迟成本"),
    "term.lost_margin": ("lost sales", "失销损失"),
    "term.batch_setup": ("set-ups", "换产成本"),
    "term.stocking": ("fixed stocking", "固定库存成本"),
    "term.order_handling": ("order handling", "订单处理"),
    "term.premium": ("premiums", "单件加价"),
    "term.overtime": ("overtime", "加班成本"),
    "term.outsourcing": ("outsourcing", "外包成本"),
    "term.change": ("change cost", "变更成本"),
    "term.risk": ("risk", "风险成本"),
}


def text(key: str, language: Language, **values: object) -> str:
    """The words of a key.

    Parameters
    ----------
    key : str
    language : str
    **values
        What stands in the braces.

    Raises
    ------
    KeyError
        Where the catalogue has no such key.

    Examples
    --------
    >>> text("strategy.MTO", "zh")
    '按订单生产'
    """
    words = CATALOGUE[key][LANGUAGES.index(language)]
    return words.format(**values) if values else words
