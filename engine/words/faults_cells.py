"""The words of faults in headings and cells, and of what a cell should hold; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

# Units of columns, as `engine.scenario.columns` has them; time in days, money in the scenario's currency.
UNITS: dict[str, str] = {
    "date": "日期",
    "days": "天",
    "hours/unit": "小时/件",
    "hours/week": "小时/周",
    "kg/unit": "千克/件",
    "money, once": "金额，一次性",
    "money/batch": "金额/批",
    "money/hour": "金额/小时",
    "money/order": "金额/订单",
    "money/unit": "金额/件",
    "money/unit/day": "金额/件/天",
    "money/year": "金额/年",
    "share": "比例",
    "share of unit_cost/year": "unit_cost 的比例/年",
    "units": "件",
    "units/order": "件/订单",
    "units/unit": "件/件",
    "units/week": "件/周",
}

CELLS: dict[str, tuple[str, str]] = {
    **{f"unit {unit}": (unit, chinese) for unit, chinese in UNITS.items()},
    # What a cell should hold.
    "one_of": ("one of {choices}", "{choices} 之一"),
    "list_like": ("a list like {choices}", "形如 {choices} 的列表"),
    "a_date": ("a date", "日期"),
    "a_text": ("a text", "文本"),
    "a_number": ("a number", "数字"),
    "a_number_in": ("a number {bounds}{unit}", "{bounds}的数{unit}"),
    "in_unit": (" ({unit})", "（{unit}）"),
    "above_zero": ("above 0", "大于 0 "),
    "or_more": ("{least:g} or more", "不小于 {least:g} "),
    "and_at_most": ("{low} and at most {most:g}", "{low}且不大于 {most:g} "),
    "and_below": ("{low} and below {below:g}", "{low}且小于 {below:g} "),
    "blank_needed": ("is blank; {expected} is required", "为空；须填写{expected}"),
    # Headings.
    "column_missing": ("this required column is missing", "缺少这一必填列"),
    "orders_fill": ("order lines would fill it", "也可由订单行得出"),
    "column_given": ("the column is missing", "缺少此列"),
    "column_unnamed": ("has no name; the first row should name it", "没有列名；首行应写明列名"),
    "column_none": ("there is no such column; {near}", "没有此列；{near}"),
    "column_twice": ("this column stands twice; keep one", "此列出现两次；请只保留一个"),
    "column_same": ("'{first}' and '{second}' are the same column; keep one", "“{first}”与“{second}”是同一列；请只保留一个"),
    "column_unknown": ("there is no column '{column}'; {near}", "没有列“{column}”；{near}"),
    "column_unknown_in": ("{file} has no column '{column}'; {near}", "{file} 中没有列“{column}”；{near}"),
    # Cells.
    "cell_none_of": ("'{cell}' is none of {choices}", "“{cell}”不是可选值 {choices} 之一"),
    "cell_list": ("'{cell}' is none of {choices}; write a list like {like}", "“{cell}”不是可选值 {choices} 之一；请写成形如 {like} 的列表"),
    "cell_unprinted": ("'{cell}' holds a character that is not printed; type it again without", "“{cell}”含有不可见字符；请重新输入"),
    "row_of_sums": ("reads as a row of sums; take it out, or give the product another name", "像是合计行；请删除，或为该产品改名"),
    "cell_currency": ("'{cell}' is in another currency than {currency}, the scenario's; convert it, or name its currency in scenario.yaml", "“{cell}”与场景的货币 {currency} 不同；请换算，或在 scenario.yaml 中写明其货币"),
    "cell_no_number": ("'{cell}' is not a number; expected {expected}", "“{cell}”不是数字；应为{expected}"),
    "cell_out_of_range": ("{cell} is out of range; expected {expected}", "{cell} 超出范围；应为{expected}"),
    "percent_meant": ("write {share:g} or {percent:g}% for {percent:g}%", "若指 {percent:g}%，请写 {share:g} 或 {percent:g}%"),
    "comma_declared": ("format.decimal and format.thousands in scenario.yaml declare what a comma means", "逗号的含义由 scenario.yaml 中的 format.decimal 与 format.thousands 声明"),
    "point_declared": ("format.decimal declares a comma, format.thousands says what a point means", "format.decimal 声明为逗号，点的含义由 format.thousands 声明"),
    "cell_no_date": ("'{cell}' is not a date written as {pattern}", "“{cell}”不是按 {pattern} 书写的日期"),
    "date_declared": ("declare format.date in scenario.yaml", "请在 scenario.yaml 中声明 format.date"),
    "date_written": ("write in scenario.yaml 'format: {{date: \"{pattern}\"}}'", "请在 scenario.yaml 中写“format: {{date: \"{pattern}\"}}”"),
    "date_period": ("it names a week or a month; a day is needed, such as its first", "此为整周或整月；需写具体日期，例如其第一天"),
}
