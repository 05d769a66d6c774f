"""The words of rules: their names, why a strategy is not possible, which rules are in conflict; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

RULE_NAMES: dict[str, tuple[str, str]] = {
    "C5": ("capacity", "产能"),
    "C6": ("on-time target", "准时目标"),
    "C7": ("inventory budget", "库存预算"),
    "C8": ("limit of changes", "变更数量上限"),
    "C10": ("one strategy per family", "同族同策略"),
    "C11": ("limit of a strategy", "策略数量限制"),
}

# Why a product cannot have a strategy.
BARS: dict[str, tuple[str, str]] = {
    "assembly_long": ("assembly alone takes {assembly:g} of {wait:g} days", "仅装配就需 {assembly:g} 天，而客户只等 {wait:g} 天"),
    "assembly_late": ("assembly alone leaves {share:.0%} of units on time, target {target:.0%}", "仅装配耗时就使准时率只有 {share:.0%}，目标为 {target:.0%}"),
    "make_late": ("on time in {share:.0%} of orders, target {target:.0%}", "按订单生产的准时率为 {share:.0%}，目标为 {target:.0%}"),
    "shelf_life": ("needs {units:.4g} units, more than are sold in a shelf life of {life:g} days", "需要 {units:.4g} 件库存，超过 {life:g} 天保质期内的销量"),
    "locked": ("locked to {strategy}{until}{because}", "已锁定为 {strategy}{until}{because}"),
    "until": (" until {day}", "，至 {day}"),
    "because": (": {reason}", "：{reason}"),
    "not_allowed": ("not among the allowed strategies ({allowed})", "不在允许的策略（{allowed}）之内"),
    "no_bom": ("there is no bill of materials", "没有物料清单"),
    "no_stocks": ("no stocks keep the rules of the scenario then", "此时没有任何库存能满足场景规则"),
    "changes_full": ("max_changes leaves no room for it", "变更数量上限已用尽"),
    "limit_full": ("limit '{limit}'{of} leaves no room for it: {asked}", "限制“{limit}”{of}没有余量：{asked}"),
    "all_of": ("{bars}", "{bars}"),
    "family": ("family '{family}' shares one strategy, and {strategy} is not possible for '{other}'", "产品族“{family}”须采用同一策略，而“{other}”不能采用 {strategy}"),
}

# What limits the strategy chosen.
BINDS: dict[str, tuple[str, str]] = {
    "changes_with": ("one strategy for its family: it changes together with {products}", "同族产品须采用同一策略：它与 {products} 一同变更"),
    "limit_binds": ("limit '{limit}'{of} leaves no room: {asked}", "限制“{limit}”{of}已无余量：{asked}"),
    "cutoff": ("orders over {size:g} are made to order: {orders:.0%} of the orders, {volume:.0%} of the units", "超过 {size:g} 件的订单按订单生产：占订单 {orders:.0%}、数量 {volume:.0%}"),
    "target_binds": ("the on-time target {target:.0%} sets the stock, not the late cost", "库存由 {target:.0%} 的准时目标决定，而非延迟成本"),
    "life_binds": ("the shelf life limits the stock", "保质期限制了库存"),
    "budget_binds": ("the inventory budget: one more unit of money in stock saves {price:.3f} a year", "库存预算：库存每增加一个货币单位，每年可节省 {price:.3f}"),
    "overtime": ("resource '{resource}' works overtime in {share:.0%} of the buckets", "资源“{resource}”在 {share:.0%} 的时段内加班"),
    "scarce_parts": ("the parts that decide lateness: {parts}", "决定延迟的零部件：{parts}"),
}

# A rule in conflict, and what would do.
ADVICE: dict[str, tuple[str, str]] = {
    "set": ("{name} ({rule}): {short}; set {setting} to {needed}", "{name}（{rule}）：{short}；请将 {setting} 设为 {needed}"),
    "set_of": ("{name} ({rule}): {short}; set {setting} of {concerns} to {needed}", "{name}（{rule}）：{short}；请将 {concerns} 的 {setting} 设为 {needed}"),
    "leave_out": ("{name} ({rule}): {short}, or leave out {setting}", "{name}（{rule}）：{short}，或取消 {setting}"),
}

# What is short where no plan keeps all rules.
SHORT: dict[str, tuple[str, str]] = {
    "hours": ("resource '{resource}' lacks up to {hours} hours a week beyond regular hours and overtime; more overtime, or an outsourcing cost, would do", "资源“{resource}”在正常工时与加班之外每周最多缺 {hours} 小时；增加加班，或给出外包成本即可"),
    "target": ("'{product}' assembled to order reaches {reached}% on time, target {target:.1%}", "“{product}”按订单装配的准时率为 {reached}%，目标为 {target:.1%}"),
    "no_strategy": ("'{product}' has no strategy left ({bars}); {step} or allow others", "“{product}”没有可用的策略（{bars}）；请{step}，或允许其他策略"),
    "bar": ("{strategy}: {why}", "{strategy}：{why}"),
    "lower": ("lower its target", "降低其目标"),
    "lower_to": ("lower its target to {reached}%", "将其目标降至 {reached}%"),
    "budget": ("the inventory budget {budget:,.0f} is short by {missing}", "库存预算 {budget:,.0f} 还差 {missing}"),
    "changes": ("max_changes is {most}, at least {needed} are needed", "最多允许 {most} 个产品变更策略，至少需要 {needed} 个"),
    "one_strategy": ("{bars}; allow one strategy for all of them", "{bars}；请为其允许一个共同策略"),
    "limit": ("limit '{limit}'{of} says {asked}, {count} would do", "限制“{limit}”{of}要求{asked}，{count} 个即可满足"),
    "of_plant": (" of plant '{plant}'", "（工厂“{plant}”）"),
    "of_family": (" of family '{family}'", "（产品族“{family}”）"),
    "least": ("at least {least} {strategy}", "至少 {least} 个 {strategy}"),
    "most": ("at most {most} {strategy}", "至多 {most} 个 {strategy}"),
    "least_and_most": ("at least {least} and at most {most} {strategy}", "{least} 至 {most} 个 {strategy}"),
}
