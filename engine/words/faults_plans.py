"""The words of faults of plans, evidence and saved runs; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

PLANS: dict[str, tuple[str, str]] = {
    "plan_none": ("{folder}: holds no plan ({files} missing); make one with 'codp solve --out'", "{folder}：没有方案（缺少 {files}）；请用“codp solve --out”生成"),
    "plan_faulty": ("{folder}: the plan cannot be read, {count}:", "{folder}：无法读取方案，{count}："),
    "run_none": ("{file}: holds no plan; give the results of the page Data, with {files}", "{file}：没有方案；请给出“数据”页面的结果，含 {files}"),
    "summary_no_figures": ("holds no object with the figures of a plan", "没有含方案数据的对象"),
    "rows_wide": ("rows have more cells than there are columns", "有些行的单元格多于列数"),
    # Cells.
    "blank": ("is blank", "为空"),
    "blank_number": ("is blank; a number is needed", "为空；需要数字"),
    "blank_key": ("is blank; every row is named by it", "为空；每一行都须以此命名"),
    "blank_base_stock": ("is blank; what is made to stock needs a base stock", "为空；按库存生产需要基准库存"),
    "number_none": ("'{cell}' is no number", "“{cell}”不是数字"),
    "number_infinite": ("{cell} is no finite number", "{cell} 不是有限的数"),
    "key_again": ("'{key}' stands in row {row} already", "“{key}”在第 {row} 行已有"),
    "row_none": ("'{product}' has no row in decisions.csv", "decisions.csv 中没有“{product}”的行"),
    "share_of_units": ("{share:g} is no share of the units; it is from 0 to 1, 1 being all", "{share:g} 不是数量的比例；比例在 0 与 1 之间，1 为全部"),
    "share_of_orders": ("{share:g} is no share of the orders; it is from 0 to 1, 1 being all", "{share:g} 不是订单的比例；比例在 0 与 1 之间，1 为全部"),
    "sum_unlike": ("{cost:.10g} is not what the lines of '{product}' in ledger.csv add up to, {total:.10g}", "{cost:.10g} 不等于 ledger.csv 中“{product}”各行之和 {total:.10g}"),
    "given_other_products": ("the plan as given has other products than this plan; name one of the same scenario", "原始场景方案的产品与该方案不同；请指定同一场景的方案"),
    "given_other_case": ("the scenario as given is '{of}', the plan is of '{scenario}'; name the scenario that the plan's was changed from", "原始场景为“{of}”，而方案属于“{scenario}”；请指定该方案的场景改动前的场景"),
    "given_other_state": ("the plan as given, of '{of}', was made from another state of '{scenario}' than the scenario as given; solve that again, or name the scenario that it was made for", "原始场景方案（“{of}”）所用的并非“{scenario}”原始场景的这一状态；请重新求解，或指明其所用的场景"),
    "evidence_none": ("{folder}: holds nothing that codp confidence, simulate, thresholds, waves or frontier wrote", "{folder}：没有 codp confidence、simulate、thresholds、waves 或 frontier 写出的内容"),
    # The summary.
    "missing": ("is missing; {what} is needed", "缺失；需要{what}"),
    "value_unlike": ("{value} is not {what}", "{value} 不是{what}"),
    "holds.text": ("a text", "文本"),
    "holds.number": ("a number", "数字"),
    "holds.numbers": ("an object of numbers", "由数字组成的对象"),
    "holds.some": ("a whole number above zero", "大于零的整数"),
    "holds.whole": ("a whole number, zero or more", "不小于零的整数"),
    "holds.rows": ("a list of objects", "对象列表"),
    "holds.notices": ("a list of warnings", "提示列表"),
    "holds.object": ("an object", "对象"),
    "holds.status": ("'solved', 'timed_out' or 'unproven'", "“solved”、“timed_out”或“unproven”"),
    "holds.counts": ("an object with a whole number for each of {names}", "含 {names} 各一个整数的对象"),
    "counts_unlike": ("{counted} products are counted, decisions.csv has {decided}", "计有 {counted} 个产品，而 decisions.csv 中有 {decided} 个"),
    # Evidence about another plan.
    "evidence_foreign": ("{folder}: is no evidence about this plan; run the command again for it:", "{folder}：不是关于该方案的证据；请为其重新运行命令："),
    "evidence_unsaid": ("holds no object, so that nothing tells which plan it is about", "没有对象，无从得知是关于哪个方案"),
    "evidence_data": ("is of other data than the plan's", "所用数据与方案的不同"),
    "evidence_no_number": ("is no number, so that nothing tells which plan it is about; this one has {value:,.10g}", "不是数字，无从得知是关于哪个方案；该方案为 {value:,.10g}"),
    "evidence_other": ("{given:,.10g} is of another plan: this one has {value:,.10g}", "{given:,.10g} 属于另一方案：该方案为 {value:,.10g}"),
    "product_none": ("'{product}' is no product of the plan", "“{product}”不是方案中的产品"),
    "strategy_other": ("'{product}' is {given} here and {chosen} in the plan", "“{product}”在此为 {given}，在方案中为 {chosen}"),
}
