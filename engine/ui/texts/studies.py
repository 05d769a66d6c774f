"""Studies: long commands that a reader starts."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
    "study.running": ("Under way for {seconds} s. You can go on working.", "已运行 {seconds} 秒。您可以继续操作。"),
    "study.queued": ("Waiting for its turn.", "正在排队。"),
    "study.cancel_other": ("Cancel the other study", "取消另一项分析"),
    "study.cancel": ("Cancel", "取消"),
    "study.failed": ("This did not finish. Try again, or with other inputs.", "未能完成。请重试，或更换输入。"),
    "study.other": (
        "Under way: “{other}”. This can start when it has ended or is cancelled.",
        "正在运行：“{other}”。待其结束或取消后即可开始此项。",
    ),
    "study.waves": (
        "In which order to switch from today's strategies to the plan: each wave is the best next one, decided with the rest as they are; the last is the plan.",
        "从现行策略过渡到本方案的先后次序：每批都是其余产品不变时的最优下一批，最后一批即为本方案。",
    ),
    "study.waves.start": ("Put the switches in waves", "安排分批变更"),
    "waves.header": ("In which order to switch", "变更的先后次序"),
    "waves.by": ("A wave is", "每批为"),
    "waves.by.tens": ("ten, ten, the rest", "每批 10 个，两批后为其余"),
    "waves.by.fives": ("five, five, five, the rest", "每批 5 个，三批后为其余"),
    "waves.by.family": ("family by family", "按产品族"),
    "waves.no_current": (
        "The scenario names no current strategies, so that there is nothing to switch from.",
        "场景未提供现行策略，因此没有可变更的起点。",
    ),
    "waves.none": ("The plan keeps today's strategies: there is nothing to switch.", "本方案保持现行策略：没有需要变更的产品。"),
    "waves.alt": (
        "{count} waves with what each costs once, what is saved a year and what it does to stock; the table has the numbers",
        "{count} 批变更的一次性花费、每年节省及对库存的影响；数据见表",
    ),
    "waves.cash": (
        "Cash in {currency}, three months from wave to wave: savings and stock that runs down, less stock that is bought and what changes cost. The saving is that of the ledger, which charges for capital in stock.",
        "现金（{currency}），批次间隔三个月：节省额与消化的库存，减去新购库存和变更花费。节省额取自成本明细，其中含库存资金成本。",
    ),
    "waves.cumulative": ("Cumulative cash, {currency}", "累计现金，{currency}"),
    "waves.cash.alt": ("Lines of cumulative cash by month: the waves, all at once, the largest single savings first", "按月累计现金的折线：分批、一次完成、单项节省最大者优先"),
    "waves.schedule.waves": ("the waves", "分批"),
    "waves.schedule.all_at_once": ("all at once", "一次完成"),
    "waves.schedule.largest_first": ("largest single savings first", "单项节省最大者优先"),
    "waves.switches": ("Who switches in which wave; select a row to see the product:", "各批改变策略的产品，选中一行查看产品："),
    "waves.switches.alt": ("{count} switches by wave", "按批次列出的 {count} 项变更"),
    "study.tornado": (
        "Which input does the cost hang on? Every input is moved a step down and a step up from where it stands, and the plan decided anew.",
        "成本取决于哪些输入？将每个输入从当前位置各下调和上调一步，并重新求解方案。",
    ),
    "study.tornado.start": ("Move every input a step", "逐项测试输入"),
    "tornado.header": ("What the cost hangs on", "成本取决于什么"),
    "tornado.about": (
        "From {base} a year (decided within {gap} on {samples} samples). Scales move by a fifth, holding rate and on-time target by 5 points.",
        "基准为每年 {base}（{samples} 个样本，差距不超过 {gap}）。比例类输入变动五分之一，持有成本率和准时目标变动 5 个百分点。",
    ),
    "tornado.change": ("Change of cost, {currency}/year", "成本变化，{currency}/年"),
    "tornado.side": ("Direction", "方向"),
    "tornado.low": ("a step down", "下调一步"),
    "tornado.high": ("a step up", "上调一步"),
    "tornado.lever": ("Input", "输入"),
    "tornado.position": ("Level", "取值"),
    "tornado.switches": ("Products that switch", "改变策略的产品"),
    "tornado.alt": (
        "Bars: how much the yearly cost changes when each input moves a step down or up. The widest is on top; the table below has the numbers.",
        "条形图：各输入下调或上调一步时年成本的变化，影响最大者在上；数据见下表。",
    ),
}
