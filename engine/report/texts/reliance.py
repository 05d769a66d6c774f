"""Sentences of reports on what may be relied upon: proof, risks, evidence, waves; English, then Chinese."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
from __future__ import annotations

RELIANCE: dict[str, tuple[str, str]] = {
    "proof.sentence": (
        "{head}, on {samples} samples of demand: {left}.",
        "基于 {samples} 个需求样本，{head}：{left}。",
    ),
    "proof.certified": (
        "Proven and certified (the Pyomo model gives the same figure)",
        "已证明并经认证（独立的对照模型得出相同数值）",
    ),
    "proof.uncertified": ("Proven", "已证明"),
    "proof.not_certified.not_asked": (
        "Proven, not certified (the check by the Pyomo model was switched off)",
        "已证明，未经认证（对照模型的核对已关闭）",
    ),
    "proof.not_certified.too_large": (
        "Proven, not certified (too large to be checked by the Pyomo model)",
        "已证明，未经认证（规模过大，无法用对照模型核对）",
    ),
    "proof.not_certified.out_of_time": (
        "Proven, not certified (no time was left to check it by the Pyomo model)",
        "已证明，未经认证（没有时间用对照模型核对）",
    ),
    "proof.left.nothing": ("no plan can cost less", "没有成本更低的方案"),
    "proof.left.search": (
        "within {search} of the best possible; no plan can cost less than {bound} a year",
        "与最优的差距不超过 {search}；任何方案的年成本都不会低于 {bound}",
    ),
    "proof.left.allocation": (
        "the search left nothing open, and serving orders in turn costs at most {allocation} more than any sharing of parts could; no rule for sharing parts, not even hindsight, could bring the cost below {bound} a year",
        "求解没有遗留差距，而按先到先得交付最多比任何零部件分配方式多花 {allocation}；任何零部件分配规则（即使事后分配）都不能使年成本低于 {bound}",
    ),
    "proof.left.both": (
        "within {whole} of the best possible, of which the search leaves {search} open and serving orders in turn {allocation}; no rule for sharing parts, not even hindsight, could bring the cost below {bound} a year",
        "与最优的差距不超过 {whole}，其中求解遗留 {search}，按先到先得交付占 {allocation}；任何零部件分配规则（即使事后分配）都不能使年成本低于 {bound}",
    ),
    "proof.corrected": (
        "The strategies are those proven on {samples} samples of demand; component stocks and all costs were corrected by simulating orders one by one, parts first come first served.",
        "策略为基于 {samples} 个需求样本所证明的策略；零部件库存及全部成本经逐单仿真修正，零部件按先到先得分配。",
    ),
    "proof.none": (
        "The search was stopped before anything was proven: nobody knows how far this plan is from the best possible. Treat it as a draft.",
        "求解在完成任何证明之前停止：本方案与最优解的差距未知，请仅作草案使用。",
    ),
    "risks.close": (
        "For {count} of {products} the next best strategy costs at most 5% more. There the choice hardly matters: other reasons may decide, and a switch can wait.",
        "在 {products}中，有 {count} 个产品的次优策略成本最多高出 5%。这些产品的选择影响不大：可由其他因素决定，变更也可暂缓。",
    ),
    "risks.close.none": (
        "No choice is close: for every product with an alternative the next best strategy costs over 5% more.",
        "没有难分高下的选择：凡有替代策略的产品，次优策略的成本都高出 5% 以上。",
    ),
    "risks.on_time": (
        "The least punctual product is {product}: {on_time} of its units are expected on time.",
        "准时率最低的产品是 {product}：预计 {on_time} 的数量准时交付。",
    ),
    "risks.lateness": (
        "Orders are served in turn on the samples of the plan. Queues at machines and uneven weeks are not in it; a simulation order by order measures them.",
        "方案在样本上按先到先得分配零部件，但未计入机器前的排队与各周负荷的不均；逐单仿真可予测量。",
    ),
    "risks.locks": (
        "{count} kept at a strategy by the scenario. By itself the dearest lock, {product} at {strategy}, costs {cost} a year.",
        "场景将 {count}锁定在某一策略。其中代价最大的单项锁定是 {product}（{strategy}），每年 {cost}。",
    ),
    "risks.locks.free": (
        "{count} kept at a strategy by the scenario; no lock that was examined costs anything by itself.",
        "场景将 {count}锁定在某一策略；所考察的锁定单独看均无代价。",
    ),
    "evidence.missing": (
        "Not examined for this report: {parts}.",
        "本报告未考察：{parts}。",
    ),
    "evidence.confidence.found": (
        "{share} of the products keep their strategy in at least four of five trials with other plausible inputs.",
        "{share} 的产品在以其他合理输入进行的试验中，至少五次有四次保持策略不变。",
    ),
    "evidence.simulation.found": (
        "The simulation finds a cost of {simulated} a year where the plan promises {promised}, a difference of {share}.",
        "仿真得到的年成本为 {simulated}，方案承诺为 {promised}，相差 {share}。",
    ),
    "evidence.frontier.found": (
        "Of these plans none is worse than another in both respects; each is decided as finely as the plan of this report, which is among them.",
        "这些方案在两方面互不劣于对方；每个方案的求解精度与本报告的方案相同，本报告的方案也在其中。",
    ),
    "evidence.cases.found": (
        "Variants that were chosen to stand beside this plan, each decided on its samples; differences are to the first.",
        "选定与本方案对照的变体，均在相同样本上求解；差异均相对第一项。",
    ),
    "evidence.thresholds.found": (
        "{count} would change their strategy at some value of an input; the table gives the values.",
        "{count}会在某个输入值处改变策略；数值见下表。",
    ),
    "waves.found": (
        "{switches} products switch in {waves} waves. The first {first} save {saving} a year of {whole} in the end; all changes cost {once} once.",
        "{switches} 个产品分 {waves} 批改变策略。首批 {first} 个每年节省 {saving}，全部完成后每年节省 {whole}；所有变更一次性花费 {once}。",
    ),
    "waves.one": (
        "{switches} products switch in one wave, which saves {whole} a year; the changes cost {once} once.",
        "{switches} 个产品一批改变策略，每年节省 {whole}；变更一次性花费 {once}。",
    ),
    "evidence.readers.found": (
        "The same plan, in the figures that each reader looks for.",
        "同一方案，以各类读者关注的指标表示。",
    ),
}
