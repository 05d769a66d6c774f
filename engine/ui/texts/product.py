"""The page of one product, and reasons."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
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
}
