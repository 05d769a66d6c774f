"""Terms of the ledger."""

# A sentence is a line, so that both languages stand below each other.
TEXTS: dict[str, tuple[str, str]] = {
    "term.holding": ("holding", "持有成本"),
    "term.obsolescence": ("obsolescence", "报废损失"),
    "term.disposal": ("disposal", "处置费用"),
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
