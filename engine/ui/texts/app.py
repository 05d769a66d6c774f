"""What every page shares: the app's name, the menu, strategies."""

# A sentence is a line, so that both languages stand below each other.
TEXTS: dict[str, tuple[str, str]] = {
    "app.title": ("Where each product waits for the customer", "每个产品在哪里等待客户订单"),
    "app.language": ("Language", "语言"),
    "page.decide": ("Decide", "决策"),
    "status.preview": ("preview", "预览"),
    "status.proven": ("proven", "已证明"),
    "status.stale": ("stale", "已过期"),
    "page.product": ("Product", "产品"),
    "list.join": (", ", "、"),
    "view.choose": ("Part of the page", "页面内容"),
    "view.decisions": ("Decisions", "决策"),
    "view.waves": ("Waves", "分批"),
    "view.tradeoffs": ("Trade-offs", "权衡"),
    "view.shared": ("Shared stock and capacity", "共享库存与产能"),
    "chart.take": ("Take the chart away as {form}", "下载图表（{form}）"),
    "view.variants": ("Variants and locks", "变体与锁定"),
    "link.gone": (
        "The link names a scenario that is not on this server. Another one is shown; upload yours on the page Data.",
        "链接中的场景不在此服务器上，现显示其他场景；请在“数据”页面上传。",
    ),
    "link.version": (
        "The link was made by another version of the app. Its scenario is open, its inputs are not taken over.",
        "该链接由其他版本生成。已打开其场景，但未沿用其输入。",
    ),
}
