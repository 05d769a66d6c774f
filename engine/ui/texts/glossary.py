"""Terms in a line each, for hovering: said once, wherever they stand."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
    "glossary.line": ("**{term}**: {said}", "**{term}**：{said}"),
    "glossary.name.cv": ("CV", "变异系数（CV）"),
    "glossary.cv": ("how much weekly demand swings: standard deviation over mean. 0.2 is steady, 1 erratic.", "每周需求的波动程度：标准差除以均值。0.2 为平稳，1 为剧烈。"),
    "glossary.name.pd_ratio": ("P:D", "P:D 比"),
    "glossary.pd_ratio": ("days to make and deliver over days that customers accept. Up to 1 it can be made after the order.", "生产并交付所需天数与客户可接受天数之比。不超过 1 时可以接单后再生产。"),
    "glossary.name.otif": ("Orders whole and on time", "订单准时足量率"),
    "glossary.otif": ("share of orders of which nothing is late.", "没有任何数量延迟的订单所占比例。"),
    "glossary.holding": ("a year's capital, storage and insurance of what lies in stock on average.", "平均库存一年的资金、仓储与保险成本。"),
    "glossary.obsolescence": ("stock that is written off in a year.", "一年内报废的库存。"),
    "glossary.disposal": ("getting rid of what is written off.", "处置报废库存的费用。"),
    "glossary.late": ("what units that come after their promise cost, for each day.", "晚于承诺交付的数量按天计的成本。"),
    "glossary.lost_margin": ("the margin of orders that are lost because they would be late.", "因延迟而失去的订单的毛利。"),
    "glossary.batch_setup": ("setting up for each batch that is made to stock.", "按库存生产时每批的换产成本。"),
    "glossary.stocking": ("what it costs in a year to keep an item in stock at all.", "一种物料备库存本身的年固定成本。"),
    "glossary.order_handling": ("the work on each order that is assembled or made after it came in.", "接单后装配或生产时每张订单的处理工作。"),
    "glossary.premium": ("what a unit costs more if it is assembled or made after the order and not in a batch.", "接单后装配或生产（而非批量生产）时每件多花的成本。"),
    "glossary.overtime": ("hours beyond the regular ones that this product's orders cause.", "该产品订单引起的超出正常工时的加班。"),
    "glossary.outsourcing": ("hours given to others.", "外包的工时。"),
    "glossary.change": ("a year's part of what leaving today's strategy costs once.", "放弃现行策略的一次性花费在一年中的分摊。"),
    "glossary.risk": ("what the costliest outcomes weigh beyond the average.", "最坏情形超出平均值的权重。"),
}
