"""Sentences of the exports; English, then Simplified Chinese."""

# A sentence is a line here, so that both languages stand below each other.
# ruff: noqa: E501
from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "assumption.warnings": (
        "{count} points of the input were read otherwise than they stand, or deserve a look; the page and the workbook list them.",
        "输入中有 {count} 处的读取方式与原样不同或值得查看；网页与工作簿中逐一列出。",
    ),
    "assumption.no_demand": (
        "{count} products have no demand; they are not stocked and not part of the decisions.",
        "{count} 个产品无需求；不设库存，也不在决策之列。",
    ),
    "question.ask": (
        "{scenario} covers {products}. For each the question is where it waits for the customer: in finished stock (make to stock), as stocked components that are assembled after the order (assemble to order), or nowhere, with everything made after the order (make to order).",
        "“{scenario}”包含 {products}。每个产品都要回答：在哪里等待客户订单——以成品库存等待（按库存生产），以零部件库存等待、接单后装配（按订单装配），还是不设库存、接单后全部生产（按订单生产）。",
    ),
    "question.weigh": (
        "All products are decided together. The answer weighs how much demand swings, what it costs to hold stock and how long customers accept to wait{also}.",
        "所有产品统一决策，同时权衡需求波动、库存持有成本以及客户可接受的等待时间{also}。",
    ),
    "question.also": (", together with {things}", "，并考虑{things}"),
    "question.components": ("components that products share", "产品之间共用的零部件"),
    "question.capacity": ("limited capacity", "有限的产能"),
    "question.budget": ("an inventory budget of {budget}", "{budget} 的库存预算"),
    "question.families": ("one strategy per family of products", "同族产品采用同一策略"),
    "question.limits": ("limits of how many products a strategy may have", "各策略的产品数限制"),
    "question.changes": ("at most {count} changes of strategy", "最多 {count} 项策略变更"),
    "mix": (
        "The recommended plan makes {MTS} to stock, assembles {ATO} to order and makes {MTO} to order. It costs {cost} a year and ties up {inventory} in stock on average.",
        "建议方案：按库存生产 {MTS}，按订单装配 {ATO} 个，按订单生产 {MTO} 个。年成本为 {cost}，平均占用库存 {inventory}。",
    ),
    "saving": (
        "Keeping today's strategies, each with its best stocks, would cost {current} a year. The plan saves {saving} of that, or {share}, every year, after a year's part of the cost of changing.",
        "若沿用现行策略并配以最优库存，年成本为 {current}。扣除当年分摊的变更成本后，本方案每年节省 {saving}，即 {share}。",
    ),
    "saving.interval": (
        "Sampling leaves the saving between {low} and {high} a year (95% interval).",
        "考虑抽样误差，年节省在 {low} 至 {high} 之间（95% 置信区间）。",
    ),
    "saving.not_distinguishable": (
        "On these samples the saving is not distinguishable from nothing: its 95% interval is {low} to {high} a year.",
        "在这些样本上，节省与零无法区分：其 95% 置信区间为每年 {low} 至 {high}。",
    ),
    "saving.none": (
        "Keeping today's strategies, each with its best stocks, costs {current} a year as well: there is nothing to gain by changing.",
        "若沿用现行策略并配以最优库存，年成本同为 {current}：改变策略没有收益。",
    ),
    "saving.dearer": (
        "Keeping today's strategies, each with its best stocks, would cost {current} a year, {more} less than this plan. The plan was not searched to the end; solve it with a smaller gap before acting on it.",
        "若沿用现行策略并配以最优库存，年成本为 {current}，比本方案少 {more}。本方案的求解尚未到底；请以更小的差距重新求解后再行动。",
    ),
    "saving.no_current": (
        "The scenario names no current strategies, so no saving is shown.",
        "场景未提供现行策略，因此不显示节省额。",
    ),
    "saving.price_of_rules": (
        "Keeping today's strategies, each with its best stocks, would cost {current} a year, {more} less than this plan, which keeps rules that today does not keep.",
        "若沿用现行策略并配以最优库存，年成本为 {current}，比本方案少 {more}；但本方案遵守现行策略未能遵守的规则。",
    ),
    "saving.broken": (
        "Today's strategies do not keep the rules of this plan: {rules}.",
        "现行策略不符合本方案的规则：{rules}。",
    ),
    "broken.C1": (
        "products that are locked to another strategy, or may not keep theirs: {count} ({concerns})",
        "被锁定为其他策略或不允许现行策略的产品：{count} 个（{concerns}）",
    ),
    "broken.C5": (
        "{concerns} would be needed for {reached} hours in the fullest week, and {limit} are there",
        "{concerns} 最忙的一周需要 {reached} 工时，而可用的只有 {limit}",
    ),
    "broken.C6": (
        "products that miss their on-time target: {count} ({concerns}), by most {reached} against {limit}",
        "未达到准时目标的产品：{count} 个（{concerns}），差距最大的为 {reached}，目标 {limit}",
    ),
    "broken.C7": (
        "stock worth {reached}, {over} over the budget of {limit}",
        "库存价值 {reached}，超出预算 {limit} 的 {over}",
    ),
    "broken.C7_none": ("stock worth {reached} where the budget is nothing", "库存价值 {reached}，而预算为零"),
    "broken.C10": (
        "one family has {reached} strategies ({concerns})",
        "同一产品族采用了 {reached} 种策略（{concerns}）",
    ),
    "broken.C11": (
        "limit {concerns}: {reached} products where {limit} are set",
        "策略数量限制 {concerns}：{reached} 个产品，限定为 {limit} 个",
    ),
    "saving.current_corrected": (
        "This plan's cost was simulated; what today's strategies would cost is the model's, so no saving is shown. The report of the plan before the correction has it.",
        "本方案的成本来自仿真，而现行策略的成本来自模型，因此不显示节省额；请参阅修正前方案的报告。",
    ),
    "saving.no_scenario": (
        "What today's strategies would cost together is not part of the plan's files; a report made with the scenario tells it.",
        "方案文件不包含现行策略的总成本；附带场景生成的报告会给出。",
    ),
    "payback.once": (
        "Changing strategies costs {once} once, which the costs per year carry in equal parts over {years}.",
        "变更策略一次性花费 {once}，年成本按 {years}等额分摊。",
    ),
    "payback.months": (
        "Without it running costs are {saving} a year below today's, so that it is paid back in {months}.",
        "不计此项，每年的运行成本比现状低 {saving}，{months}即可收回。",
    ),
    "payback.never": (
        "Running costs are not below today's, so that it is not paid back.",
        "运行成本并不低于现状，因此无法收回。",
    ),
    "payback.unknown": (
        "When that is paid back is not known, since the cost of today's strategies is not.",
        "现行策略的成本未知，因此回收期未知。",
    ),
    "switches.some": (
        "{count} of the {known} with a known strategy today should leave it.",
        "在现行策略已知的 {known}中，有 {count} 个应改变策略。",
    ),
    "switches.apart": (
        "The saving shown for a product is that of its own switch, all others staying as planned. Products share components, capacity and budget, so these amounts do not add up to the total saving.",
        "每个产品的节省额仅指其自身的变更，其他产品保持方案不变。由于产品共用零部件、产能和预算，各项金额之和不等于总节省额。",
    ),
    "switches.none": (
        "All {known} with a known strategy today keep it.",
        "现行策略已知的 {known}全部保持不变。",
    ),
    "switches.unknown": (
        "The scenario names no current strategies, so nothing can be said about switches.",
        "场景未提供现行策略，因此无法说明变更情况。",
    ),
    "switches.kinds": ("By direction: {kinds}.", "按方向：{kinds}。"),
    "switches.kind": ("{current} → {strategy}: {count}", "{current} → {strategy}：{count} 个"),
    "switches.largest": (
        "The largest single saving is {product}, {current} → {strategy}: {saving} a year.",
        "单项节省最大的是 {product}，{current} → {strategy}，每年 {saving}。",
    ),
    "switches.impossible": (
        "Where no amount is shown, today's strategy is not possible any more under the rules of the scenario.",
        "未显示金额的产品，其现行策略在场景规则下已不可行。",
    ),
    "map.read": (
        "Each mark is a product. Further right, its demand swings more; further up, making it takes longer than customers wait. Above 1 nothing can be made after the order in time.",
        "每个标记代表一个产品。越靠右，需求波动越大；越靠上，生产时间超出客户可接受交期越多。高于 1 时，接单后全部生产无法按时交付。",
    ),
    "map.described": (
        "Scatter of {count}: demand variability from {low} to {high} across, ratio of production time to accepted wait upwards. {counts}.",
        "{count}的散点图：横轴为需求波动，从 {low} 到 {high}；纵轴为生产时间与可接受交期之比。{counts}。",
    ),
    "map.none": (
        "The map needs the scenario's own tables; a report made with the scenario has it.",
        "策略图需要场景数据表；附带场景生成的报告会给出。",
    ),
    "costs.largest": (
        "The largest part of the cost is {first}, {first_cost} a year ({first_share}).",
        "成本中占比最大的是{first}，每年 {first_cost}（{first_share}）。",
    ),
    "costs.second": (
        "Next is {second} with {second_cost} ({second_share}).",
        "其次是{second}，{second_cost}（{second_share}）。",
    ),
    "costs.alt": (
        "Bars of the cost per year by term, divided by strategy; the longest is {first} with {first_cost}.",
        "按成本项划分、以策略着色的年成本条形图；最长的是{first}，{first_cost}。",
    ),
    "switches.alt": (
        "Bars of the saving per year by product; the longest is {product} with {saving}.",
        "各产品年节省额的条形图；最长的是 {product}，{saving}。",
    ),
    "stocks.value": (
        "Stock is worth {inventory} on average: {finished} in finished goods and {parts} in components.",
        "平均库存价值为 {inventory}：成品 {finished}，零部件 {parts}。",
    ),
    "stocks.shared": (
        "{count} in stock serve more than one product; sharing them saves {saving} a year against stocking them for each product on its own.",
        "其中 {count}服务于多个产品；与按产品单独备货相比，共用每年节省 {saving}。",
    ),
    "stocks.shared.none": (
        "No stocked component serves more than one product.",
        "没有被多个产品共用的库存零部件。",
    ),
    "stocks.budget": (
        "The inventory budget is {budget} and the plan uses {used} of it. Another {step} in stock would save {price} a year.",
        "库存预算为 {budget}，方案使用了其中的 {used}。每再增加 {step} 库存，每年可节省 {price}。",
    ),
    "stocks.budget.free": (
        "The inventory budget is {budget} and the plan uses {used} of it; more would save nothing.",
        "库存预算为 {budget}，方案使用了其中的 {used}；增加预算不会带来节省。",
    ),
    "stocks.budget.unknown": (
        "The inventory budget is {budget} and the plan uses {used} of it.",
        "库存预算为 {budget}，方案使用了其中的 {used}。",
    ),
    "books.released": (
        "Stock on hand today is worth {book}, where the plan holds {planned} on average: {amount} of working capital is released.",
        "现有库存价值 {book}，方案平均持有 {planned}：释放营运资金 {amount}。",
    ),
    "books.needed": (
        "Stock on hand today is worth {book}, where the plan holds {planned} on average: {amount} more working capital is needed.",
        "现有库存价值 {book}，方案平均持有 {planned}：需要增加营运资金 {amount}。",
    ),
    "books.partly": (
        "That counts the {products_given} of {products} products and {components_given} of {components} components whose stock on hand is given.",
        "以上仅计入已提供现有库存的 {products_given} / {products} 个产品和 {components_given} / {components} 种零部件。",
    ),
    "books.run_down": (
        "{running} of what is there beyond the plan is used up by demand, 90% of it within {days} days.",
        "超出方案的库存中有 {running} 可由需求消耗，其中 90% 在 {days} 天内用完。",
    ),
    "books.stranded": (
        "{stranded} is stranded: finished goods that the plan no longer stocks, beyond what sells until orders are served in the new way, and components that no product needs.",
        "{stranded} 将成为呆滞库存：方案不再备货的成品（扣除新方式开始交付之前售出的部分），以及没有产品需要的零部件。",
    ),
    "books.no_demand": (
        "Another {value} lies in products without demand.",
        "另有 {value} 积压在无需求的产品中。",
    ),
    "books.best.released": (
        "{amount} less is tied up in stock than under today's strategies with best stocks; stock on hand is not given, so that what lies there today is no part of that.",
        "与配有最优库存的现行策略相比，库存占用减少 {amount}；未提供现有库存，因此不反映实际库存。",
    ),
    "books.best.needed": (
        "{amount} more is tied up in stock than under today's strategies with best stocks; stock on hand is not given, so that what lies there today is no part of that.",
        "与配有最优库存的现行策略相比，库存占用增加 {amount}；未提供现有库存，因此不反映实际库存。",
    ),
    "stocks.calendar": (
        "These stocks follow the season: each week has a level of its own (stock_calendar.csv), and the figures above are the mean over the year.",
        "这些库存随季节调整：每周各有补货水平（stock_calendar.csv），上文数字为全年均值。",
    ),
    "stocks.segments": (
        "One stock serves all customers of a product, by due date; each segment has a wait of its own. The figures above are means over a product's orders.",
        "同一产品的所有客户共用一份库存，按到期日先后供货；各客户群的等待时间各不相同。上文数字为该产品全部订单的均值。",
    ),
    "stocks.base": (
        "A review orders what is below the reorder point, counting units on the shelf and on order, less what customers wait for: without lots exactly up to it, with lots by whole lots, at most up to the order-up-to level. Safety stock is the reorder point less mean demand over lead time and review, as far as customers do not wait that long.",
        "每次检查时，若现有库存加在途数量减去客户等待的数量低于再订货点，则补货：无批量时恰好补至该点，有批量时按整批补货，最多补至补货上限。安全库存是再订货点减去提前期与检查周期内的平均需求（客户愿意等待的天数除外）。",
    ),
    "pooling.alt": (
        "Bars of what sharing a component saves per year; the longest is {component} with {saving}.",
        "各零部件共用年节省额的条形图；最长的是 {component}，{saving}。",
    ),
    "capacity.busiest": (
        "The busiest resource is {resource}: {mean} of its regular hours are used on average, and {p95} or more in the busiest 5% of periods.",
        "最繁忙的资源是“{resource}”：平均使用正常工时的 {mean}，在最忙的 5% 时段达到 {p95} 或更高。",
    ),
    "capacity.cost": (
        "Overtime costs {overtime} a year and outsourcing {outsourcing}.",
        "每年加班成本 {overtime}，外包成本 {outsourcing}。",
    ),
    "capacity.hour": (
        "One more regular hour a week on {resource} would save {price} a year.",
        "“{resource}”每周增加一个正常工时，每年可节省 {price}。",
    ),
    "capacity.none": ("The scenario limits no resource.", "场景未限制任何资源。"),
    "capacity.not_longer": (
        "Capacity costs money here, as overtime and outsourcing; it does not lengthen lead times.",
        "此处产能以加班和外包的形式计入成本，不会延长交期。",
    ),
    "decisions.intro": (
        "The amounts are per year, in {currency}, and add up to the cost of the plan. What a product costs holds its share of the components, hours and late deliveries it causes.",
        "金额单位为 {currency}/年，合计等于方案的成本。每个产品的成本包括其所占用的零部件、工时以及造成的延迟交付。",
    ),
    "rounding": ("Rounding", "舍入差额"),
    "rounded": (
        "Amounts are rounded so that what is shown adds up; the workbook holds every digit.",
        "金额经四舍五入，并保证显示值可加总；工作簿保留全部位数。",
    ),
    "assumption.backlog": (
        "Customers who are served late wait for their goods, except for the share of late units that the scenario calls lost.",
        "延迟交付时客户会等待，场景注明为失销的比例除外。",
    ),
    "assumption.backlog.all": (
        "Customers who are served late wait for their goods; no sale is lost.",
        "延迟交付时客户会等待，不发生失销。",
    ),
    "assumption.seasonal": (
        "Demand follows its season and nothing else: mean, factors and swings stay what they are in the scenario. What is made for stock follows it too; making ahead in quiet months is not considered.",
        "需求随季节变化，此外保持平稳：均值、季节系数与波动维持场景设定。备货生产同样随季节变化；不考虑在淡季提前生产。",
    ),
    "assumption.stationary": (
        "Demand is stationary: its mean and its swings stay what they are in the scenario.",
        "需求平稳：其均值与波动保持场景中的水平。",
    ),
    "assumption.fcfs": (
        "Orders are served first come first served, or better.",
        "订单按先到先服务或更优的方式交付。",
    ),
    "assumption.crossing": (
        "Lead times do not cross: what is ordered first arrives first.",
        "提前期不交叉：先订购者先到货。",
    ),
    "assumption.due": (
        "Goods ship on the due date, never early.",
        "货物按交货日发出，不会提前。",
    ),
    "assumption.change": (
        "Changing a strategy is paid once; the costs per year carry it in equal parts over {years}.",
        "变更策略的成本一次性支付；年成本按 {years}等额分摊。",
    ),
    "assumption.scenario_missing": (
        "The settings are in the scenario, which this report was made without; one made with it has them.",
        "设置保存在场景中，而本报告未使用场景数据；附带场景生成的报告会给出。",
    ),
    "provenance": (
        "The same input and seed give the same plan. The digest below identifies the input: a scenario with another digest is another case.",
        "相同的输入与随机种子得到相同的方案。下列摘要值标识输入数据：摘要值不同即为另一个案例。",
    ),
    "reason.cost": ("{term} {cost}", "{term} {cost}"),
    # Slide titles say what the slide shows
    "slide.question": ("Where should each product wait for the customer?", "每个产品应在哪里等待客户订单？"),
    "slide.recommendation.saving": ("The recommended plan saves {saving} a year", "建议方案每年节省 {saving}"),
    "slide.recommendation": ("The recommended plan costs {cost} a year", "建议方案的年成本为 {cost}"),
    "slide.switches": ("{count} of {known} change their strategy", "{known}中有 {count} 个改变策略"),
    "slide.switches.none": ("No product needs to change its strategy", "没有产品需要改变策略"),
    "slide.beside": ("Beside today and beside other plans", "与现行及其他方案对照"),
    "slide.costs": ("{first} is the largest part of the cost", "{first}是最大的成本项"),
    "slide.map": ("Swinging demand and impatient customers decide", "需求波动与客户耐心决定策略"),
    "slide.stocks": ("{inventory} in stock, {parts} of it in components", "库存 {inventory}，其中零部件 {parts}"),
    "slide.risks": ("What could change the answer", "哪些因素可能改变结论"),
    "slide.locks": ("{count} kept at a strategy by the scenario", "场景将 {count}锁定在某一策略"),
    "slide.assumptions": ("What the answer assumes", "结论的假设前提"),
    # Why a command has no plan, or none that is proven.
    "unsolved.untold": (
        "no plan keeps all rules; there was no time to tell which of them to relax, give it more",
        "没有满足所有规则的方案；没有时间查明应放宽哪些规则，请给更多时间",
    ),
    "unsolved.conflicts": (
        "no plan keeps all rules; all of the following together make one possible:",
        "没有满足所有规则的方案；以下各项一并调整即可：",
    ),
    "unsolved.nothing": (
        "time ran out before any plan was found, and nothing is proven yet; give it more time",
        "在找到任何方案之前时间已用完，且尚未证明任何结论；请给更多时间",
    ),
    "unsolved.bound": (
        "time ran out before any plan was found; no plan can cost less than {bound}",
        "在找到任何方案之前时间已用完；任何方案的成本都不低于 {bound}",
    ),
    "unsolved.unproven": (
        "time ran out: a plan is found, and how far it is from the optimum is not proven",
        "时间已用完：已找到一个方案，但它与最优相差多少尚未得到证明",
    ),
    "unsolved.astray": (
        "the solver lost its way among numbers so far apart: how far the plan found is from the optimum is not proven{unit}",
        "数值相差过大，求解器未能完成证明：已找到的方案与最优相差多少尚未得到证明{unit}",
    ),
    "unsolved.astray_within": (
        "the solver lost its way among numbers so far apart: the best plan found is within {gap} of the best possible{unit}",
        "数值相差过大，求解器未能完成证明：已找到的最佳方案与可能的最优相差不超过 {gap}{unit}",
    ),
    "unsolved.unit": (
        "; look for a price, demand or quantity in another unit than the rest",
        "；请检查是否有价格、需求或数量的单位与其他不同",
    ),
    "unsolved.within": (
        "time ran out: the best plan found is within {gap} of the best possible{on}",
        "时间已用完：已找到的最佳方案与可能的最优相差不超过 {gap}{on}",
    ),
    "unsolved.on": (" on {drawn:,} samples of the {asked:,} asked for", "（基于 {drawn:,} 个样本，要求为 {asked:,} 个）"),
}
