"""The words of faults within and between tables; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

TABLES: dict[str, tuple[str, str]] = {
    # Between tables.
    "products_none": ("holds no product; at least one is needed", "没有产品；至少需要一个"),
    "products_idle": ("holds no product with demand (of {count}); at least one is needed, by demand_per_week or by order lines above zero", "{count} 个产品都没有需求；至少需要一个有需求的产品（demand_per_week 或正数的订单行）"),
    "family_unknown": ("there is no family '{family}'; {near}", "没有产品族“{family}”；{near}"),
    "family_unnamed": ("no product names one", "没有产品填写产品族"),
    "plant_unknown": ("there is no plant '{plant}'; {near}", "没有工厂“{plant}”；{near}"),
    "plant_several": (
        "'{material}' stands in several plants of {table} ({plants}); say which in the column plant, or write '{key}'",
        "“{material}”在 {table} 中属于多个工厂（{plants}）；请在 plant 列注明是哪一个，或写作“{key}”",
    ),
    "plant_of_key": ("'{material}' is of the plant {own}, not of '{plant}'", "“{material}”属于工厂 {own}，不属于“{plant}”"),
    "plant_not_shared": (
        "'{material}' stands in {plants} in {table}, not in the plant '{plant}'; add it there, or leave its plant blank where all plants draw on one",
        "“{material}”在 {table} 中属于 {plants}，不在工厂“{plant}”；请在该工厂添加，若各工厂共用则将其 plant 留空",
    ),
    "plant_without": ("'{material}' has no plant in products; name '{plant}' there, or none here", "“{material}”在 products 中没有工厂；请在其中填写“{plant}”，或此处留空"),
    "plant_other": ("'{material}' stands in {plants} in products, not in the plant '{plant}'", "“{material}”在 products 中属于 {plants}，不在工厂“{plant}”"),
    "plant_of_family": ("rows of a family hold for all plants; leave the plant blank, or name its products", "按产品族填写的行适用于所有工厂；请将 plant 留空，或逐一填写其产品"),
    "plant_unnamed": ("no product names one", "没有产品填写工厂"),
    # Plants.
    "demand_zero": ("0 is out of range; a product without demand is listed where its table says so, not decided", "0 超出范围；无需求的产品只在其表中列出，不参与决策"),
    "key_twice": ("{keys} stands already in row {row}; keep one", "{keys} 在第 {row} 行已有；请只保留一个"),
    "key_unknown": ("'{key}' is not in {table}; add it there or mend the spelling", "{table} 中没有“{key}”；请在其中添加或更正拼写"),
    "key_resembles": ("is '{near}' meant? It differs by the signs between letters and digits", "是否指“{near}”？仅字母与数字之间的符号不同"),
    "key_digits_lost": ("a spreadsheet may have shortened the number; format the column as text and export it again", "电子表格可能截短了该编号；请将该列设为文本格式后重新导出"),
    "level_component": (
        "'{key}' is a component and has components of its own ({parts}); a bill of materials has one level here: list them under the products that need '{key}' ({above}), quantities multiplied, or leave these lines out where '{key}' is stocked as it is",
        "“{key}”是零部件，又有自己的零部件（{parts}）；此处的物料清单只有一层：请将它们列在需要“{key}”的产品（{above}）之下并乘以数量；若“{key}”直接备库，请删除这些行",
    ),
    "level_between": (
        "'{key}' has components of its own ({parts}) and is in neither components nor products; {flatten}",
        "“{key}”有自己的零部件（{parts}），但既不在 components 也不在 products 中；{flatten}",
    ),
    "level_product": ("'{key}' is a product; {flatten}", "“{key}”是产品；{flatten}"),
    "level_product_parts": ("'{key}' is a product and has components of its own ({parts}); {flatten}", "“{key}”是产品，又有自己的零部件（{parts}）；{flatten}"),
    "level_flatten": (
        "a bill of materials has one level here: list its components, quantities multiplied, or add '{key}' to components where it is stocked as a part",
        "此处的物料清单只有一层：请列出其零部件并乘以数量；若“{key}”作为零部件备库，请将其加入 components",
    ),
    "units_several": ("'{product}' is ordered in {units}; say for all but one how many units of products one holds", "“{product}”的订单单位：{units}；除其中一种外，请说明每一单位折合多少件产品"),
    "units_with_blank": ("(blank), {units}", "（空白）, {units}"),
    "dates_of_age": ("half of the order dates lie around the year {year}; write years with four digits", "半数订单日期在 {year} 年前后；年份请写四位数字"),
    "last_before_first": ("comes before first_day", "早于 first_day"),
    "lock_none": ("no product '{product}'", "没有产品“{product}”"),
    # Segments.
    "segment_shares": ("the shares of {of} add up to {total:.4g} instead of 1; divide each by {total:.6g}", "{of}的份额合计为 {total:.4g} 而非 1；请各除以 {total:.6g}"),
    "segment_season": ("'{product}' has a season, given or found in its order lines; a season and segments are not decided together, leave one of them out or give demand_cv", "“{product}”有季节性（给定或由订单行得出）；季节性与客户群不能同时求解，请去掉其一或填写 demand_cv"),
    "segment_large": ("'{product}' has large_order_target_days; large orders and segments are not decided together, leave one of them out", "“{product}”填写了 large_order_target_days；大额订单与客户群不能同时求解，请去掉其一"),
    "segment_late_cost": ("is blank, and so is that of '{product}'; give one of them", "为空，“{product}”的也为空；请填写其中之一"),
    # Seasons, and of segments what holds of both.
    "season_of_two": ("names a product and a family; name one, and leave the other blank", "同时填写了产品与产品族；请只填写其一，另一个留空"),
    "season_of_none": ("is blank, and so is family; name one of them", "为空，family 也为空；请填写其中之一"),
    "season_of_unknown": ("'{name}' is no {column} of products; {near}", "products 的 {column} 中没有“{name}”；{near}"),
    "season_whole": ("{period:g} is no period; expected a whole number", "{period:g} 不是期间；应为整数"),
    "season_product": ("'{name}'", "“{name}”"),
    "season_family_of": ("the family '{name}'", "产品族“{name}”"),
    "season_gaps": ("{of} has no row for {periods}; a season has one for each quarter 1-4, month 1-12 or week 1-52", "{of}缺少 {periods} 的行；季节性须为每季 1-4、每月 1-12 或每周 1-52 各有一行"),
    "season_mean": ("the factors of {of} average {mean:.4g} instead of 1; {right}", "{of}的系数平均为 {mean:.4g} 而不是 1；{right}"),
    "season_divide": ("divide each by {mean:.6g}", "请将各系数除以 {mean:.6g}"),
    "season_zero": ("give the periods in which it sells their share", "请为有销售的期间填写其份额"),
    # Products.
    "blank_unfitted": ("is blank and there are no order lines of this product to fit it from", "为空，且没有该产品的订单行可供拟合"),
    "blank_requested": ("is blank and its order lines have no requested_date to fit it from", "为空，且其订单行没有 requested_date 可供拟合"),
    "no_order_lines": ("there are no order lines", "没有订单行"),
    "few_weeks": ("{weeks} weeks of history; at least {least} are needed", "只有 {weeks} 周历史；至少需要 {least} 周"),
    "blank_make_days": ("is blank and there is no bill of materials to derive it from", "为空，且没有物料清单可供推导"),
    "blank_late_cost": ("is blank; give a late cost or an on_time_target", "为空；请填写延迟成本或 on_time_target"),
    "blank_price": ("is blank; lost sales (lost_share_if_late) cost margin, so a price is needed", "为空；失销（lost_share_if_late）会损失毛利，因此需要价格"),
    "blank_cv": ("is blank; a number 0 or more is required", "为空；须填写不小于 0 的数"),
    "allowed_none": ("names no strategy; leave it out to allow all three", "没有填写策略；若允许全部三种，请留空"),
    "locked_not_allowed": ("{locked} is not in allowed ({allowed})", "{locked} 不在 allowed（{allowed}）之中"),
    "ato_needs_bom": ("ATO needs components; add this product to bom", "ATO 需要零部件；请将该产品加入 bom"),
    "make_below_assembly": ("{make:g} is shorter than assembly_days {assembly:g}", "{make:g} 短于 assembly_days {assembly:g}"),
    "delivery_beyond_target": ("'{product}': delivery alone takes {delivery:g} days, the target is {target:g}; no strategy can be on time", "“{product}”：仅交货就需 {delivery:g} 天，而目标为 {target:g} 天；任何策略都无法准时"),
    "empirical_needs_orders": ("empirical needs order lines of this product", "empirical 需要该产品的订单行"),
    "cv_below_common": ("{cv:g} is below demand.common_factor_cv {common:g}; it must be at least that", "{cv:g} 低于 demand.common_factor_cv {common:g}；不得低于该值"),
    "cv_poisson": ("{cv:g} cannot be: Poisson demand of {mean:g} a week has CV {right:.4g}; leave it blank", "{cv:g} 不可能：每周 {mean:g} 的泊松需求的变异系数为 {right:.4g}；请留空"),
    "cv_normal": (
        "{cv:g} is too high: normal demand would be below zero in {share:.1%} of the weeks; it needs a CV of at most {most} ({most_share:.1%}), or gamma",
        "{cv:g} 过高：正态需求会在 {share:.1%} 的周中低于零；变异系数须不大于 {most}（{most_share:.1%}），或改用 gamma",
    ),
    "cv_negative_binomial": ("{cv:g} is too low: negative binomial demand of {mean:g} a week needs a CV above {least}", "{cv:g} 过低：每周 {mean:g} 的负二项需求的变异系数须大于 {least}"),
    "cv_compound_poisson": (
        "{cv:g} is too low: compound Poisson demand of {mean:g} a week in orders of {size:g} needs a CV of at least {least}",
        "{cv:g} 过低：每周 {mean:g}、每单 {size:g} 的复合泊松需求的变异系数须不小于 {least}",
    ),
    "poisson_single": ("Poisson demand comes in single units, which do not vary; leave it blank, or give compound_poisson", "泊松需求逐件到来，订单大小不变；请留空，或改用 compound_poisson"),
    "sizes_unknown": ("is given and the sizes of orders are not known; add order lines of this product, or order_size_cv", "已填写，但订单大小未知；请补充该产品的订单行或 order_size_cv"),
    "nothing_on_time": (
        "'{product}': none of {strategies} can deliver {target:.4g} on time within {days:g} days; allow MTS, lengthen the target or lower on_time_target",
        "“{product}”：{strategies} 均无法在 {days:g} 天内达到准时率 {target:.4g}；请允许 MTS、延长目标或降低 on_time_target",
    ),
}
