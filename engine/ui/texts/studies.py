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
