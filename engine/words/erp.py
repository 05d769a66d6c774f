"""Why a setting is written; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
from __future__ import annotations

from engine.words.language import Catalogue

REASONS: Catalogue = {
    "stocked": ("stocked: ordered when what is there and on order falls below the reorder point", "设有库存：现有量与在途量低于再订货点时下单"),
    "not_stocked": ("not stocked: ordered for each requirement", "不设库存：按需求逐单下单"),
    "reorder_point": ("the plan's base stock: it covers lead time and review", "计划的基准库存：覆盖提前期与检查周期"),
    "cutoff": ("the stock serves orders up to {value:g} units, larger ones are made to order", "库存只供应不超过 {value:g} 件的订单，更大的订单按订单生产"),
    "below_zero": ("the plan's is {value:g}; the system holds none below zero", "计划值为 {value:g}；系统不接受负值"),
    "safety_stock": ("reorder point less mean demand until the next order is there; contained in the reorder point, not on top of it", "再订货点减去下一批到货前的平均需求；已包含在再订货点内，不再另加"),
    "lot": ("lot size of the plan, ordered in multiples", "计划批量，按整数倍下单"),
    "no_lot": ("no lot: as much is ordered as is missing", "无批量：缺多少订多少"),
    "maximum": ("highest stock and orders after an order", "下单后现有量与在途量的上限"),
    "up_to": ("ordered up to the reorder point; the unit of measure rounds up to whole lots", "补足至再订货点；计量单位向上取整为整批"),
    "unit": ("make a unit of measure of {value:g} units, and name it here", "请建立一个等于 {value:g} 件的计量单位并填入此处"),
    "part_stocked": ("kept in stock for products assembled to order: {count}", "为按订单装配的产品备库：{count} 个"),
    "part_not_stocked": ("not stocked, and no product made to stock has it: procured for each order", "不备库，也不用于按库存生产的产品：逐单采购"),
}
