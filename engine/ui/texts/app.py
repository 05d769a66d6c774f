"""What every page shares: the app's name, the menu, strategies."""

# A sentence is a line, so that both languages stand below each other.
TEXTS: dict[str, tuple[str, str]] = {
    "app.title": ("Where each product waits for the customer", "每个产品在哪里等待客户订单"),
    "app.language": ("Language", "语言"),
    "page.decide": ("Decide", "决策"),
    "strategy.MTS": ("Make to stock", "按库存生产"),
    "strategy.ATO": ("Assemble to order", "按订单装配"),
    "strategy.MTO": ("Make to order", "按订单生产"),
    "status.preview": ("preview", "预览"),
    "status.proven": ("proven", "已证明"),
    "status.stale": ("stale", "已过期"),
}
