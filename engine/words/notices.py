"""The words of notices: what was found, what was done, what would be right; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
from __future__ import annotations

Value = str | int | float
Words = tuple[tuple[str, str, str], tuple[str, str, str]]

WORDS: dict[str, Words] = {
    # The order book.
    "date_far": (
        ("{date} lies {days:,} days from all other order dates ({first} to {last})", "the line is left out", "mend the date; order_book.first_day and last_day in scenario.yaml say which days count"),
        ("{date} 与其他所有订单日期（{first} 至 {last}）相隔 {days:,} 天", "该行未采用", "请更正日期；scenario.yaml 中的 order_book.first_day 和 last_day 可指定有效期间"),
    ),
    "date_number": (
        ("'{cell}' is no date", "read as a spreadsheet's number of a day, {date}", "format the column as dates"),
        ("“{cell}”不是日期", "按电子表格的日期序号读作 {date}", "请将该列设为日期格式"),
    ),
    "date_midnight": (
        ("all times are those of midnight in another time zone", "read as the day that begins then: '{cell}' as {date}", "export days as they are where you are"),
        ("所有时刻均为另一时区的零点", "按该时刻开始的日期读取：“{cell}”读作 {date}", "请按当地日期导出"),
    ),
    "dates_taken": (
        ("{lines:,} cells are dates with a day of at most 12, all others are text with a day above: a spreadsheet took day for month", "read with day and month exchanged: {date} as {read}", "import the column as text, or with its own order of day and month"),
        ("{lines:,} 个单元格是日期且日数不超过 12，其余均为日数大于 12 的文本：电子表格混淆了日与月", "按日月互换读取：{date} 读作 {read}", "请将该列按文本导入，或指定其日月顺序"),
    ),
    "dates_out_of_order": (
        ("{lines:,} lines stand out of the order of the dates around them, and within it with day and month exchanged", "read so: {date} as {read}", "mend the dates; a program took day for month"),
        ("{lines:,} 行的日期与前后行的顺序不符，日月互换后则相符", "按互换读取：{date} 读作 {read}", "请更正日期；某程序混淆了日与月"),
    ),
    "date_outside": (
        ("{date} lies outside order_book.first_day to last_day ({first} to {last})", "the line is left out", "mend the date or the setting"),
        ("{date} 不在 order_book.first_day 至 last_day（{first} 至 {last}）之内", "该行未采用", "请更正日期或设置"),
    ),
    "requested_far": (
        ("{date} was asked for, {days:,} days away from the day of the order", "the requested date is read as blank", "leave it blank where no date was asked for"),
        ("要求日期 {date} 与下单日相差 {days:,} 天", "按空白处理", "未要求日期时请留空"),
    ),
    "cancelled": (
        ("'{product}': cancellations and returns that belong to an order: {lines:,} lines, {units:g} units", "both are left out, or the order is made smaller", "order_number says which order a line belongs to"),
        ("“{product}”：{lines:,} 行取消或退货（{units:g} 件）对应某笔订单", "两者均剔除，或相应减少订单数量", "order_number 可说明所属订单"),
    ),
    "netted": (
        ("'{product}': returns that match no order: {lines:,} lines, {units:g} units", "they are netted in the week they are dated; weeks below zero count as zero ({clipped:,} do)", "order_number says which order a line belongs to"),
        ("“{product}”：{lines:,} 行退货（{units:g} 件）找不到对应的订单", "在其日期所在周冲减；{clipped:,} 个低于零的周按零计", "order_number 可说明所属订单"),
    ),
    "order_number_long": (
        ("'{number}' stands at {lines:,} lines over {days:,} days", "a number of no single order, read as blank: orders are told by customer and day", "give each order a number of its own, or leave it blank"),
        ("“{number}”出现在跨 {days:,} 天的 {lines:,} 行", "不视为单笔订单的编号，按空白处理：以客户和日期区分订单", "请为每笔订单编号，或留空"),
    ),
    "order_number_shared": (
        ("'{number}' stands at {lines:,} lines of {customers:,} customers", "a number of no single order, read as blank: orders are told by customer and day", "give each order a number of its own, or leave it blank"),
        ("“{number}”出现在 {customers:,} 个客户的 {lines:,} 行", "不视为单笔订单的编号，按空白处理：以客户和日期区分订单", "请为每笔订单编号，或留空"),
    ),
    "return_large": (
        ("'{product}': a return of {units:g} units is more than its week sold, and no order of it is known", "taken from the order of {quantity:g} on {date} (row {row}), which holds it", "order_number says which order a line belongs to"),
        ("“{product}”：退货 {units:g} 件多于当周销量，且无法确认所属订单", "从 {date} 的 {quantity:g} 件订单（第 {row} 行）中扣除", "order_number 可说明所属订单"),
    ),
    "line_double": (
        ("'{product}': lines that repeat an order number and are equal in every cell: {lines:,}", "each is counted once", "number the lines of an order (order_line) where they are no doubles"),
        ("“{product}”：{lines:,} 行的订单号及所有单元格与其他行相同", "各计一次", "若并非重复，请用 order_line 为订单行编号"),
    ),
    "equal_lines": (
        ("'{product}': lines equal to another one in every cell: {lines:,}", "each counts as an order of its own", "give order_number where they are doubles"),
        ("“{product}”：{lines:,} 行与其他行的所有单元格相同", "各自作为独立订单", "若为重复，请提供 order_number"),
    ),
    "book_overlap": (
        ("all order lines from {first} to {last} stand twice, as where two exports overlap", "each counts once: {lines:,} lines are left out", "if they are orders of their own, give order numbers, or order_line"),
        ("{first} 至 {last} 的所有订单行均出现两次，如同两次导出相互重叠", "每行只计一次：已略去 {lines:,} 行", "若确为各自独立的订单，请提供 order_number 或 order_line"),
    ),
    "book_copied": (
        ("all lines stand {times:,} times, their order numbers aside", "each is counted once: {lines:,} lines are left out", "export the order lines once"),
        ("所有订单行（不计订单号）各出现 {times:,} 次", "各计一次：{lines:,} 行未采用", "请只导出一次订单行"),
    ),
    "order_line_again": (
        ("'{product}': {lines:,} lines stand again under the same order number and line, with another quantity or day", "all count: {units:g} units; the last of each alone would be {last:g}", "where the later line replaces the earlier one, keep the last; parts of one line may stay"),
        ("“{product}”：{lines:,} 行的订单号与行号重复，但数量或日期不同", "全部计入：{units:g} 件；若各只计最后一行则为 {last:g} 件", "若后一行替代前一行，请只保留最后一行；若为分批，可保留"),
    ),
    "dates_exchanged": (
        ("{lines:,} of {dated:,} dated lines were asked for before they were ordered", "read as they stand; waits below zero count as 0 days", "order_date is the day the order arrived: are order_date and requested_date exchanged?"),
        ("{dated:,} 行有要求日期，其中 {lines:,} 行早于下单日", "按原样读取；负的等待天数按 0 计", "order_date 应为收到订单之日：order_date 与 requested_date 是否互换？"),
    ),
    "returns_alone": (
        ("'{product}': all of its {lines:,} order lines are below zero: returns, and nothing that they came from", "read as no demand", "where these are sales, booked as stock that leaves, turn the sign"),
        ("“{product}”：其 {lines:,} 行订单全部为负：只有退货，没有对应的销售", "视为无需求", "若为按出库记账的销售，请改变符号"),
    ),
    "customer_unit": (
        ("'{product}': the smallest of {lines:,} orders of '{customer}' is {times:,.0f} times the largest of all others", "read as they stand", "where they count in another unit, give unit and units_per"),
        ("“{product}”：“{customer}”的 {lines:,} 笔订单中最小者是其他客户最大订单的 {times:,.0f} 倍", "按原样读取", "若其计量单位不同，请提供 unit 与 units_per"),
    ),
    "customer_project": (
        ("'{product}': '{customer}' bought {units:g} units from {first} to {last} and nothing before or after: {share:.0%} of all", "they are kept", "take the lines out where it was a project that will not come again"),
        ("“{product}”：“{customer}”在 {first} 至 {last} 购买 {units:g} 件，此前此后均无：占全部的 {share:.0%}", "予以保留", "若为不再重复的项目，请删除这些行"),
    ),
    "monthly_totals": (
        ("'{product}': all orders stand on one day of the month, so these are {months:,} monthly totals", "fitted at months; the week's CV {cv:.3g} follows from the month's {month_cv:.3g}, weeks taken as independent", "give the single order lines where there are any"),
        ("“{product}”：订单都在每月同一天，视为 {months:,} 个月的合计", "按月拟合；周变异系数 {cv:.3g} 由月变异系数 {month_cv:.3g} 推得（各周视为独立）", "如有单笔订单行，请提供"),
    ),
    "period_totals": (
        ("'{product}': all orders keep to a period of {length:.3g} weeks, so these are its totals ({periods:,} periods)", "fitted at that period; the week's CV {cv:.3g} follows from the period's {period_cv:.3g}, weeks taken as independent", "give the single order lines where there are any"),
        ("“{product}”：订单都按 {length:.3g} 周的周期出现，视为该周期的合计（{periods:,} 期）", "按该周期拟合；周变异系数 {cv:.3g} 由周期变异系数 {period_cv:.3g} 推得（各周视为独立）", "如有单笔订单行，请提供"),
    ),
    "period_batches": (
        ("'{product}': all orders keep to a period of {length:.3g} weeks ({periods:,} periods)", "read as batches: fitted at that period, the week's CV {cv:.3g} follows from the period's {period_cv:.3g}", ""),
        ("“{product}”：订单都按 {length:.3g} 周的周期出现（{periods:,} 期）", "视为周期性批量：按该周期拟合，周变异系数 {cv:.3g} 由周期变异系数 {period_cv:.3g} 推得", ""),
    ),
    "weekly_totals": (
        ("'{product}': one line a week, always on the same weekday and without customer, so these are weekly totals", "the size of an order is not known from them and counts as {size:g}", "give the single order lines, or order_size"),
        ("“{product}”：每周一行、总在同一星期几且无客户，视为周合计", "无法得知单笔订单大小，按 {size:g} 计", "请提供单笔订单行或 order_size"),
    ),
    "segments_instead": (
        ("'{product}' stands here with {given:g}, and its segments have a mean of {mean:g}", "its segments count", "leave it blank, or give the mean"),
        ("“{product}”此处为 {given:g}，而其客户群的均值为 {mean:g}", "以客户群为准", "请留空，或填写均值"),
    ),
    "stock_out": (
        ("'{product}': {weeks:,} weeks touch a stock-out of the table stock_outs", "they are left out of mean and CV", ""),
        ("“{product}”：{weeks:,} 周涉及 stock_outs 表中的缺货", "不计入均值与变异系数", ""),
    ),
    "peaks": (
        ("'{product}': {periods:,} periods of {length:.3g} weeks sold {times:.3g} times as much as the others, which its demand hardly explains ({days})", "they are kept: {mean_with:.4g} a week with CV {cv_with:.3g}; without them {mean:.4g} a week with CV {cv:.3g}", "promotions are planned for, not stocked for: take what they sold more out of the order lines, or give demand_per_week and demand_cv"),
        ("“{product}”：{periods:,} 个期间（每期 {length:.3g} 周）的销量为其余期间的 {times:.3g} 倍，其需求难以解释（{days}）", "予以保留：每周 {mean_with:.4g}、变异系数 {cv_with:.3g}；剔除后每周 {mean:.4g}、变异系数 {cv:.3g}", "促销应单独计划而非靠库存应对：请从订单行中剔除促销增量，或直接给出 demand_per_week 与 demand_cv"),
    ),
    "total_unfinished": (
        ("'{product}': the last total, {units:g} units, is of a period that had not ended: the least of the others is {least:g}", "it is left out", "end the order lines with a whole period; order_book.last_day in scenario.yaml says which"),
        ("“{product}”：最后一个合计 {units:g} 件所属期间尚未结束：其余合计最少为 {least:g}", "未采用", "请让订单行止于完整的期间；可在 scenario.yaml 中用 order_book.last_day 指定"),
    ),
    "totals_zero": (
        ("'{product}': {periods:,} periods of {length:.3g} weeks between the first and the last total have no line", "they count as periods without sales", "list them in the table stock_outs where totals are missing or there was nothing to sell"),
        ("“{product}”：首末合计之间有 {periods:,} 个期间（每期 {length:.3g} 周）没有订单行", "按无销售计", "若是合计缺失或缺货，请在 stock_outs 表中列出"),
    ),
    "stock_out_suspected": (
        ("'{product}': nothing was sold from {first} to {last} ({weeks:,} weeks), which its demand hardly explains (chance {chance:.1g})", "taken for a stock-out: left out of mean and CV; with these weeks the mean is {mean_with:.4g} a week, without {mean:.4g}", "list stock-outs in the table stock_outs; where there was no demand, give demand_per_week and demand_cv"),
        ("“{product}”：{first} 至 {last}（{weeks:,} 周）无销售，其需求难以解释（概率 {chance:.1g}）", "视为缺货，不计入均值与变异系数；含这些周均值为每周 {mean_with:.4g}，不含为 {mean:.4g}", "请在 stock_outs 表中列出缺货；若确无需求，请直接给出 demand_per_week 与 demand_cv"),
    ),
    "book_pause": (
        ("no order line of any product from {first} to {last} ({weeks:,} weeks), which the pace of the book hardly explains", "these weeks are left out of mean and CV", "export them where they are missing; where there was no demand, give demand_per_week and demand_cv"),
        ("{first} 至 {last}（{weeks:,} 周）所有产品都没有订单行，以账册的节奏难以解释", "这些周不计入均值与变异系数", "若漏导出请补上；若确无需求，请直接给出 demand_per_week 与 demand_cv"),
    ),
    "booked_late": (
        ("'{product}': nothing was ordered from {first} to {last} ({weeks:,} weeks), and the week after makes up for it", "its orders are spread over these weeks: {mean:.4g} a week", "give each order the day it arrived"),
        ("“{product}”：{first} 至 {last}（{weeks:,} 周）无订单，而其后一周将其补足", "该周订单平均分摊到这些周：每周 {mean:.4g}", "请填写每笔订单的实际到达日"),
    ),
    "size_step": (
        ("'{product}': since {first} an order line is of {after:.3g} units, before of {before:.3g}: {times:.3g} times apart", "read as they stand", "where the unit of measure changed, give unit and units_per"),
        ("“{product}”：自 {first} 起每行订单约 {after:.3g} 件，此前约 {before:.3g} 件，相差 {times:.3g} 倍", "按原样读取", "若计量单位有变，请提供 unit 与 units_per"),
    ),
    "exceptional_order": (
        ("'{product}': an order of {quantity:g} on {date} is {times:.3g} times the largest of the others", "it is kept: {mean_with:.4g} a week with CV {cv_with:.3g}; without it {mean:.4g} a week with CV {cv:.3g}", "take the line out where it was a project that will not come again"),
        ("“{product}”：{date} 的订单 {quantity:g} 是其余最大订单的 {times:.3g} 倍", "予以保留：每周 {mean_with:.4g}、变异系数 {cv_with:.3g}；剔除后每周 {mean:.4g}、变异系数 {cv:.3g}", "若为不再重复的项目订单，请删除该行"),
    ),
    "unit_sizes": (
        ("'{product}': the unit '{unit}' holds {sizes} units of products, line by line", "each line counts as it says", "mend units_per where a unit holds always as many"),
        ("“{product}”：单位“{unit}”在不同行折合 {sizes} 件产品", "按各行所述折算", "若每单位折合件数不变，请更正 units_per"),
    ),
    "units_mixed": (
        ("'{product}': orders in {units}", "converted with units_per to the unit of products", ""),
        ("“{product}”：订单单位有 {units}", "按 units_per 换算为产品单位", ""),
    ),
    # Files, keys and cells.
    "file_left_out": (
        ("is none of the tables ({tables})", "it is left out", "give it the name of a table where it is one"),
        ("不是任何表（{tables}）", "未采用", "若为其中一个表，请使用表名"),
    ),
    "table_other_form": (
        ("bears the name of the table {table} and is no CSV file", "it is left out", "save it as {table}.csv"),
        ("以表 {table} 命名，但不是 CSV 文件", "未采用", "请另存为 {table}.csv"),
    ),
    "rows_above": (
        ("rows of text above the names of the columns: {rows:,}", "they are left out", ""),
        ("列名上方有 {rows:,} 行文字", "未采用", ""),
    ),
    "total_row": (
        ("'{name}' is a row of sums", "it is left out", ""),
        ("“{name}”是合计行", "未采用", ""),
    ),
    "total_called": (
        ("'{name}' is called like a row of sums, and its numbers are none", "it is read like the others", "take the row out, or give it another name"),
        ("“{name}”的名称像合计行，但其数字并非合计", "与其他行同样读取", "请删除该行，或改用其他名称"),
    ),
    "key_cleaned": (
        ("'{key}' holds characters that cannot be seen, or another form of them", "read as '{read}'", "type it anew"),
        ("“{key}”含有不可见字符或不同的 Unicode 形式", "读作“{read}”", "请重新输入"),
    ),
    "key_read_as": (
        ("'{key}' differs from '{read}' only by case, blanks, zeros in front or look-alike signs", "read as '{read}'", "spell it the same everywhere"),
        ("“{key}”与“{read}”仅大小写、空格、前导零或相似字符不同", "读作“{read}”", "请统一拼写"),
    ),
    "keys_alike": (
        ("{keys} look alike", "kept as different keys", "keep one where they are the same"),
        ("{keys} 看起来相同", "作为不同的键保留", "若为同一项，请只保留一个"),
    ),
    "table_unused": (
        ("no line of {table} uses any of them", "they are left out", "add the table {table} where it was forgotten"),
        ("{table} 中没有任何一行用到它们", "未采用", "若遗漏了表 {table}，请补上"),
    ),
    "lot_left": (
        ("'{part}' comes in lots of {lot:g}, and an order of '{made}', which may be made to order, takes {order:g}", "MTO is costed without the rest of the lot, which lies on the shelf: up to {cost:,.0f} {currency} a year; ATO pays for it", "leave MTO out of allowed, or spread that over make_premium"),
        ("“{part}”按 {lot:g} 件的批量采购，而可按单生产（MTO）的“{made}”每单只用 {order:g} 件", "MTO 的成本不含留在库中的批量余量：每年至多 {cost:,.0f} {currency}；ATO 则已计入", "请从 allowed 中去掉 MTO，或将其摊入 make_premium"),
    ),
    "families_missing": (
        ("no product has a family", "each product is decided by itself", "give products a family, or take the rule out"),
        ("没有产品填写产品族", "各产品分别决策", "请为产品填写 family，或删除该规则"),
    ),
    "digits_lost": (
        ("'{key}' is a number of more than {digits} digits", "read as it stands; a spreadsheet keeps {digits} digits and fills the rest with zeros", "format the column as text and enter the keys anew"),
        ("“{key}”为超过 {digits} 位的数字", "按原样读取；电子表格只保留 {digits} 位，其余补零", "请将该列设为文本格式并重新输入"),
    ),
    "grouping_doubt": (
        ("'{cell}' may be {value:g} or {other}", "read as {value:g}, since '{sign}' is the declared decimal sign", "declare format.thousands in scenario.yaml where {other} is meant"),
        ("“{cell}”可能是 {value:g} 或 {other}", "因声明的小数点为“{sign}”，读作 {value:g}", "若指 {other}，请在 scenario.yaml 中声明 format.thousands"),
    ),
    "rate_above_one": (
        ("{value:g} is {value:,.0%}", "taken as it stands", "write {right:g} or {value:g}% where {value:g}% is meant"),
        ("{value:g} 即 {value:,.0%}", "按原样采用", "若指 {value:g}%，请写 {right:g} 或 {value:g}%"),
    ),
    "lock_expired": (
        ("'{product}': the lock to {strategy} ended on {date}", "it still binds", "clear locked to let the engine choose, or give a later lock_until"),
        ("“{product}”：锁定为 {strategy} 已于 {date} 到期", "仍然有效", "若由系统选择请清空 locked，或给出更晚的 lock_until"),
    ),
    "lock_expired_of": (
        ("'{product}': the lock to {strategy} ended on {date}", "it still binds", "ask {owner}: clear locked to let the engine choose, or give a later lock_until"),
        ("“{product}”：锁定为 {strategy} 已于 {date} 到期", "仍然有效", "请询问 {owner}：若由系统选择请清空 locked，或给出更晚的 lock_until"),
    ),
    # What a fit says of demand.
    "trend": (
        ("'{product}': a trend of {share:+.0%} a year", "taken out: demand_per_week is the level at the end of the book, {level:.4g} (mean {mean:.4g})", "give demand_per_week where the trend goes on"),
        ("“{product}”：每年 {share:+.0%} 的趋势", "已剔除：demand_per_week 取账期末水平 {level:.4g}（均值 {mean:.4g}）", "若趋势将继续，请直接给出 demand_per_week"),
    ),
    "level": (
        ("'{product}': the level of demand moves", "demand_per_week is the level at the end of the book, {level:.4g} (mean {mean:.4g}), demand_cv what is left around a moving level", "give demand_per_week where the level will be another"),
        ("“{product}”：需求水平在变动", "demand_per_week 取账期末水平 {level:.4g}（均值 {mean:.4g}），demand_cv 为围绕移动水平的剩余波动", "若未来水平不同，请直接给出 demand_per_week"),
    ),
    "step": (
        ("'{product}': a step of the level: since {first} it sells {recent:.4g} a week, until half a year before the end of the book {before:.4g} ({share:+.0%})", "too late to tell whether it stays: demand_per_week is {level:.4g}", "give demand_per_week where it stays, or a table forecasts"),
        ("“{product}”：需求水平发生阶跃：自 {first} 起每周 {recent:.4g}，账期结束半年之前为 {before:.4g}（{share:+.0%}）", "时间太短，尚不能判断是否持续：demand_per_week 取 {level:.4g}", "若将持续，请直接给出 demand_per_week 或 forecasts 表"),
    ),
    # What a plan promises.
    "promise_short": (
        ("'{product}': a unit late costs so much more than a unit in stock that it is late in only {late} of {samples:,} samples", "worse has not been seen: what the plan promises of it is likely to be {short:,.0f} {currency} a year too little ({share:.0%})", "decide on {enough:,} samples"),
        ("“{product}”：延迟成本远高于库存成本，{samples:,} 个样本中仅 {late} 个延迟", "更坏的情形未曾出现：方案对它的成本估计可能每年偏低 {short:,.0f} {currency}（{share:.0%}）", "请采用 {enough:,} 个样本"),
    ),
    "promise_short_part": (
        ("'{product}': a unit late costs so much more than its parts in stock, '{part}' above all, that it is late in only {late} of {samples:,} samples", "worse has not been seen: what the plan promises of it is likely to be {short:,.0f} {currency} a year too little ({share:.0%})", "decide on {enough:,} samples"),
        ("“{product}”：延迟成本远高于零部件（尤其是“{part}”）的库存成本，{samples:,} 个样本中仅 {late} 个延迟", "更坏的情形未曾出现：方案对它的成本估计可能每年偏低 {short:,.0f} {currency}（{share:.0%}）", "请采用 {enough:,} 个样本"),
    ),
    "risk_thin": (
        ("cvar_level {level:.5g} leaves {tail:,} of {samples:,} samples to the tail that risk weighs", "stocks are the best for just these; on others the cost at risk is likely to be more, by about a tenth with ten in the tail and a fifth with four", "decide on {enough:,} samples"),
        ("cvar_level {level:.5g} 下，风险所计的尾部在 {samples:,} 个样本中只占 {tail:,} 个", "库存仅对这些样本最优；在其他样本上风险成本可能更高：尾部 10 个样本时约高一成，4 个时约高两成", "请采用 {enough:,} 个样本"),
    ),
    "target_thin": (
        ("'{product}': an on-time target of {target:.5g} says of {samples:,} samples hardly more than that none is late", "the stock keeps it on these samples; on others about {likely:.5g} is likely", "decide on {enough:,} samples"),
        ("“{product}”：准时目标 {target:.5g} 对 {samples:,} 个样本而言几乎等于不允许任何样本延迟", "库存在这些样本上达到目标；在其他样本上准时率约为 {likely:.5g}", "请采用 {enough:,} 个样本"),
    ),
    "season_steep": (
        ("'{product}': its season falls faster than its stock is used up: at mean demand alone {units:.3g} units, {weeks:.2g} weeks of demand, lie there on average that no level asks for", "the plan takes levels to fall with the season, so that it promises too little cost", "'codp simulate' follows the calendar and tells the cost; lower the last levels of the season by hand"),
        ("“{product}”：季节性下降快于库存消耗：仅按平均需求，平均就有 {units:.3g} 件（{weeks:.2g} 周需求）超出应有水平", "方案假定库存水平随季节下降，因此成本估计偏低", "“codp simulate”按日历模拟并给出成本；请手工降低季末的库存水平"),
    ),
    "season": (
        ("'{product}': a season, months from {low:.0%} to {high:.0%} of the mean", "taken out: demand_cv is what the season leaves open, {cv:.3g} in place of {cv_with:.3g}", "stocks follow it week by week; give demand_cv where they cannot"),
        ("“{product}”：存在季节性，各月为均值的 {low:.0%} 至 {high:.0%}", "已剔除：demand_cv 为季节性之外的剩余波动 {cv:.3g}（原为 {cv_with:.3g}）", "库存逐周随之调整；若无法做到，请直接给出 demand_cv"),
    ),
    "season_family": (
        ("'{product}': the season of its family, months from {low:.0%} to {high:.0%} of the mean", "taken out: demand_cv is what the season leaves open, {cv:.3g} in place of {cv_with:.3g}", "stocks follow it week by week; give demand_cv where they cannot"),
        ("“{product}”：采用其产品族的季节性，各月为均值的 {low:.0%} 至 {high:.0%}", "已剔除：demand_cv 为季节性之外的剩余波动 {cv:.3g}（原为 {cv_with:.3g}）", "库存逐周随之调整；若无法做到，请直接给出 demand_cv"),
    ),
    "trend_left": (
        ("'{product}': a trend of {share:+.0%} a year", "left in the variability: the mean of all weeks, {mean:.4g}, would have predicted as well", "give demand_per_week where the trend goes on"),
        ("“{product}”：每年 {share:+.0%} 的趋势", "保留在波动中：全部周的均值 {mean:.4g} 预测效果相当", "若趋势将继续，请直接给出 demand_per_week"),
    ),
    "season_left": (
        ("'{product}': a season may be there (rank autocorrelation {autocorrelation:.2f} at 52 weeks)", "left in the variability: it does not predict weeks held out better", ""),
        ("“{product}”：可能存在季节性（52 周秩自相关 {autocorrelation:.2f}）", "保留在波动中：它不能更好地预测留出的周", ""),
    ),
    "season_years": (
        ("'{product}': a season may be there (rank autocorrelation {autocorrelation:.2f} at 52 weeks), and the book has no whole years", "left in the variability: it does not predict weeks held out better; demand_per_week is the mean of whole years, {level:.4g} (of all weeks {mean:.4g})", ""),
        ("“{product}”：可能存在季节性（52 周秩自相关 {autocorrelation:.2f}），而订单历史不是整年", "保留在波动中：它不能更好地预测留出的周；demand_per_week 取整年均值 {level:.4g}（全部周均值 {mean:.4g}）", ""),
    ),
    "season_once": (
        ("'{product}': sales pause for more than half a year, in a book of less than two years", "taken for a season that will come again, not for a stock-out, and left in the variability; demand_per_week is the mean of a whole year, {level:.4g} (of all weeks {mean:.4g})", "say in a table stock_outs where there was nothing to sell; give the table seasons where it is one"),
        ("“{product}”：销售中断超过半年，而订单历史不足两年", "视为会再次出现的季节性而非缺货，保留在波动中；demand_per_week 取全年均值 {level:.4g}（全部周均值 {mean:.4g}）", "若当时无货可售，请在 stock_outs 表中说明；若确为季节性，请提供 seasons 表"),
    ),
    "forecast_error": (
        ("'{product}': {periods:,} past forecasts beside what was sold: sales were {bias:+.0%} of them, and {cv:.3g} (CV of a week) around that", "demand_per_week is what is forecast, {level:.4g}; demand_cv what such forecasts leave open over the exposure, {cv_over:.3g}", ""),
        ("“{product}”：以 {periods:,} 期历史预测对照实际销售：销售较预测 {bias:+.0%}，其余误差 {cv:.3g}（周变异系数）", "demand_per_week 取预测值 {level:.4g}；demand_cv 取此类预测在暴露期内的误差 {cv_over:.3g}", ""),
    ),
    "forecast_level": (
        ("'{product}': a forecast of the coming {weeks:,} weeks, and {periods:,} past ones beside sales", "demand_per_week is its mean, {level:.4g} (the book's is {mean:.4g}); demand_cv is that of the book", "give {least:,} past periods with their forecasts, so that their error counts"),
        ("“{product}”：有未来 {weeks:,} 周的预测，可与销售对照的历史预测 {periods:,} 期", "demand_per_week 取其均值 {level:.4g}（订单均值为 {mean:.4g}）；demand_cv 取自订单", "请给出至少 {least:,} 期历史预测，以便计入预测误差"),
    ),
    "forecast_new": (
        ("'{product}': too little was sold, and there is a forecast of the coming {weeks:,} weeks", "demand_per_week is its mean, {level:.4g}", ""),
        ("“{product}”：销售历史不足，但有未来 {weeks:,} 周的预测", "demand_per_week 取其均值 {level:.4g}", ""),
    ),
    "forecast_periods": (
        ("'{product}': the periods of its forecast are neither weeks nor months", "the forecast is not used", "give the first day of each week, or of each month"),
        ("“{product}”：预测的期间既非周也非月", "未采用该预测", "请填写每周或每月的第一天"),
    ),
    "forecast_late": (
        ("'{product}': {lines:,} forecasts were made when their period had begun", "they are left out", "give forecasts that were made before"),
        ("“{product}”：{lines:,} 条预测在其期间开始后才作出", "未采用", "请给出期间开始前作出的预测"),
    ),
    # What an import asked for and assumed meanwhile.
    "assumed": (
        ("{what} is not in the exports", "{value} is assumed", "answer it (codp import --answers); where it is mended here, take its row out of the assumptions (file or sheet)"),
        ("导出文件中没有 {what}", "采用假设值 {value}", "请予回答（codp import --answers）；若直接在此更正，请删去 assumptions（文件或工作表）中的对应行"),
    ),
    "assumed_share": (
        ("{what} is not in the exports", "{value} of unit_cost is assumed", "answer it (codp import --answers); where it is mended here, take its row out of the assumptions (file or sheet)"),
        ("导出文件中没有 {what}", "假设为 unit_cost 的 {value}", "请予回答（codp import --answers）；若直接在此更正，请删去 assumptions（文件或工作表）中的对应行"),
    ),
    "assumed_days": (
        ("{what} is not in the exports", "{value} days are assumed", "answer it (codp import --answers); where it is mended here, take its row out of the assumptions (file or sheet)"),
        ("导出文件中没有 {what}", "假设为 {value} 天", "请予回答（codp import --answers）；若直接在此更正，请删去 assumptions（文件或工作表）中的对应行"),
    ),
    "left_out": (
        ("{what} is not in the exports", "nothing is taken for it", "export it, or answer it (codp import --answers)"),
        ("导出文件中没有 {what}", "未取任何值", "请导出该字段，或予以回答（codp import --answers）"),
    ),
    "field_near": (
        ("{what} is not in the exports", "nothing is taken for it", "where the heading '{near}' is it, call it {what} and import again"),
        ("导出文件中没有 {what}", "未取任何值", "若列名“{near}”即为该字段，请改名为 {what} 后重新导入"),
    ),
    "sums_more": (
        ("'{product}': weeks resemble the weeks before them: over {weeks:.1f} weeks demand varies {times:.2g} times as much as in independent weeks (variance)", "demand_cv is that of sums over these weeks, {cv:.3g} in place of {cv_with:.3g}", "give demand_cv where the future is another"),
        ("“{product}”：相邻周彼此相似：{weeks:.1f} 周合计的方差为独立周的 {times:.2g} 倍", "demand_cv 取这些周合计对应的值 {cv:.3g}（原为 {cv_with:.3g}）", "若未来情况不同，请直接给出 demand_cv"),
    ),
    "sums_less": (
        ("'{product}': weeks make up for the weeks before them: over {weeks:.1f} weeks demand varies {times:.2g} times as much as in independent weeks (variance)", "demand_cv is that of sums over these weeks, {cv:.3g} in place of {cv_with:.3g}", "give demand_cv where the future is another"),
        ("“{product}”：相邻周相互抵消：{weeks:.1f} 周合计的方差为独立周的 {times:.2g} 倍", "demand_cv 取这些周合计对应的值 {cv:.3g}（原为 {cv_with:.3g}）", "若未来情况不同，请直接给出 demand_cv"),
    ),
    "monthly_batches": (
        ("'{product}': {share:.0%} of the units on three days of the month", "read as monthly batches: fitted at months, the week's CV {cv:.3g} follows from the month's {month_cv:.3g}", ""),
        ("“{product}”：{share:.0%} 的数量集中在每月三天", "视为每月批量：按月拟合，周变异系数 {cv:.3g} 由月变异系数 {month_cv:.3g} 推得", ""),
    ),
    "ended": (
        ("'{product}': nothing sold in the last {weeks:,} weeks", "the demand of its life before is taken", "is this the end of its life? Then give demand_per_week"),
        ("“{product}”：最近 {weeks:,} 周无销售", "采用此前生命期内的需求", "若产品已停售，请直接给出 demand_per_week"),
    ),
    "launched": (
        ("'{product}': launched {weeks:,} weeks after the first order of all", "the weeks before are left out", ""),
        ("“{product}”：首单比账期起点晚 {weeks:,} 周", "此前的周未采用", ""),
    ),
    "one_week": (
        ("'{product}': one week with sales", "the CV says how rare demand is and nothing of its size", "give demand_cv"),
        ("“{product}”：仅一周有销售", "变异系数只反映其稀少程度，不反映数量", "请给出 demand_cv"),
    ),
    "without_history": (
        ("'{product}': {reason}", "blank distribution and order size take their defaults, gamma and 1", ""),
        ("“{product}”：历史不足（{reason}）", "空白的分布与订单大小采用默认值 gamma 与 1", ""),
    ),
}
