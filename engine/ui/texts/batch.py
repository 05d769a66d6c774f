"""The page Batch."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
    "page.batch": ("Batch", "批量"),
    "batch.title": ("Decide a whole catalogue", "整体目录批量决策"),
    "batch.about": (
        "For catalogues of any length: groups that share parts or machines are decided together, everything finished is kept, and a stopped run goes on where it stood. The run does not need this page open; the link finds it again.",
        "适用于任意规模的目录：共享零部件或资源的产品分组求解，已完成部分会保存，停止后可继续。运行无需保持页面打开，可凭链接找回。",
    ),
    "batch.none": ("No run yet. Choose a catalogue and start one.", "尚无运行。请选择目录并开始。"),
    "batch.catalogue": ("Catalogue", "目录"),
    "batch.catalogue.help": ("Bundled scenarios and what you uploaded on the page Data.", "内置场景以及在“数据”页面上传的场景。"),
    "batch.start": ("Start a run", "开始运行"),
    "batch.run": ("Run: {name}, {products} products", "运行：{name}，{products} 个产品"),
    "batch.laying_out": ("Laying out the catalogue …", "正在整理目录……"),
    "batch.progress": ("{done} of {products} products decided, {left} left", "已决策 {done}/{products} 个产品，剩余 {left}"),
    "batch.left": ("about {seconds} s", "约 {seconds} 秒"),
    "batch.stop": ("Stop", "停止"),
    "batch.stopped": ("The run is stopped; what is finished is kept.", "运行已停止，已完成部分已保存。"),
    "batch.resume": ("Go on", "继续"),
    "batch.full": (
        "Other readers' runs take all of this server; try again when one of them is done.",
        "其他用户的运行已占满本服务器，请在其中一个结束后重试。",
    ),
    "batch.unreadable": ("The results of this run cannot be read.", "无法读取此次运行的结果。"),
    "batch.cost": ("Cost per year", "年成本"),
    "batch.products": ("Products decided", "已决策产品"),
    "batch.rejected": ("{count} rows rejected", "{count} 行被拒绝"),
    "batch.seconds": ("Seconds", "用时，秒"),
    "batch.samples": ("{samples} samples a product", "每个产品 {samples} 个样本"),
    "batch.mix": ("Strategies by family", "各产品族的策略"),
    "batch.money": ("Money in {currency} a year, inventory in {currency}.", "金额单位为 {currency}/年，库存单位为 {currency}。"),
    "batch.switches": ("The switches that save most", "节省最多的改变"),
    "batch.no_switch": ("No product switches.", "没有产品改变策略。"),
    "batch.regret": ("How much the choices matter", "选择的重要程度"),
    "batch.range": ("{low} to {high}", "{low} 至 {high}"),
    "column.range": ("Next best costs more by, a year", "次优策略每年多花"),
    "column.together_per_year": ("Together", "合计"),
}
