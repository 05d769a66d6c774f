"""The words of faults of exports that are imported, and of mapping files; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

IMPORTS: dict[str, tuple[str, str]] = {
    # Exports of SAP and Odoo.
    "export_missing": ("there is no export of {table}; name it {table}.csv, .txt or .xlsx", "没有 {table} 的导出文件；请命名为 {table}.csv、.txt 或 .xlsx"),
    "export_no_csv": ("is not readable as CSV ({error})", "不是可读的 CSV（{error}）"),
    "export_no_text": ("is no text of UTF-8, UTF-16 or Windows-1252; export it anew", "不是 UTF-8、UTF-16 或 Windows-1252 文本；请重新导出"),
    "field_missing": ("no column of {table} is {fields}; {near}", "{table} 中没有 {fields} 列；{near}"),
    "field_near": ("no heading is {field}; where '{near}' is it, call it {field}", "没有列名是 {field}；若“{near}”就是它，请改名为 {field}"),
    "field_none": ("no heading is {field}", "没有列名是 {field}"),
    "fields_unnamed": ("the first row should name the fields", "首行应写明字段名"),
    "export_cells_too_many": ("{cells} cells under {columns} headings; does a text hold the sign between columns?", "{columns} 个列名之下有 {cells} 个单元格；文本中是否含有列分隔符？"),
    "decimal_unknown": ("'{cell}' does not tell whether its sign is a decimal one; say --decimal ',' or '.'", "从“{cell}”看不出其中的符号是否为小数点；请用 --decimal 指明 ',' 或 '.'"),
    "export_currencies": ("'{cell}' is in another currency than amounts before it, {currency}; export all in one", "“{cell}”的货币与此前的金额（{currency}）不同；请以同一种货币导出"),
    "answers_currency": ("the answers say {answered}, and the amounts of the exports are in {found}; answer {found}, or export in {answered}", "答复写的是 {answered}，而导出的金额为 {found}；请答复 {found}，或以 {answered} 导出"),
    "key_shortened": ("a spreadsheet has shortened the number to '{cell}'; export it anew, or keep the column as text", "电子表格已将该编号缩写为“{cell}”；请重新导出，或将该列设为文本"),
    "day_or_month": ("'{cell}' does not tell day from month; export dates as 31.12.2025 or 20251231", "从“{cell}”分不清日与月；请按 31.12.2025 或 20251231 导出日期"),
    "date_unlike": ("'{cell}' is not a date like the others, {like}", "“{cell}”不是与其他日期（{like}）写法相同的日期"),
    "odoo_no_product": ("holds no product: neither order lines nor bills of materials", "没有产品：既无订单行，也无物料清单"),
    "sap_no_product": ("holds no product: neither order lines nor bills nor planning strategies", "没有产品：既无订单行，也无物料清单或计划策略"),
    "sap_plant_none": ("MARC has no plant '{plant}'; {near}", "MARC 中没有工厂“{plant}”；{near}"),
    "or_answer": ("mend it in the export, or answer it in {file} among the answers ({option})", "请在导出文件中更正，或在回答（{option}）的 {file} 中给出"),
    "answers_column": ("this column is missing; it says whose answers they are", "缺少此列；它说明答案属于谁"),
    # Mapping files.
    "map_file_none": ("there is no file '{file}' in {folder}", "{folder} 中没有文件“{file}”"),
    "map_file_unnamed": ("names no file of the folder", "没有指明文件夹中的文件"),
    "map_encoding": ("is not {encoding} text; declare format.encoding in the mapping", "不是 {encoding} 文本；请在映射文件中声明 format.encoding"),
    "sheet_none": ("has no sheet '{sheet}'; {near}", "没有工作表“{sheet}”；{near}"),
    "map_entry": ("there is no entry '{name}'; {near}", "没有条目“{name}”；{near}"),
}
