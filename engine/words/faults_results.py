"""The words of files that cannot be written; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

RESULTS: dict[str, tuple[str, str]] = {
    "unwritten": ("{path}: cannot be written ({error})", "{path}：无法写入（{error}）"),
    "unwritten_for": ("{path}: cannot be written: {error}", "{path}：无法写入：{error}"),
    "unkept": ("{path}: cannot be kept: {error}", "{path}：无法保存：{error}"),
    "unmade": ("{path}: cannot be made ({error})", "{path}：无法创建（{error}）"),
    "results_unwritten": ("{path}: cannot write the results: {error}", "{path}：无法写入结果：{error}"),
    "results_scenario": ("{path}: holds a scenario, whose tables these results would replace; name another folder", "{path}：含有场景，其表会被这些结果覆盖；请另选文件夹"),
    "results_plan": ("{path}: holds a plan, which these results would replace; name another folder, e.g. {other}", "{path}：含有方案，会被这些结果覆盖；请另选文件夹，例如 {other}"),
    "out_is_file": ("--out {out}: {path} is a file; name a folder", "--out {out}：{path} 是文件；请指明文件夹"),
    "out_unwritten": ("--out {out}: cannot write into {path}: {error}", "--out {out}：无法写入 {path}：{error}"),
    "export_plant": ("the plan has no plant '{plant}'; {near}", "方案中没有工厂“{plant}”；{near}"),
    "changes_unreadable": ("{path}: cannot be read as a list of changes ({error})", "{path}：无法作为变更列表读取（{error}）"),
    "changes_none": ("{path}: is no list of changes that 'codp export' wrote ({missing} missing)", "{path}：不是“codp export”写出的变更列表（缺少 {missing}）"),
    "report_ending": ("{path}: a report ends in .xlsx, .html or .pptx", "{path}：报告应以 .xlsx、.html 或 .pptx 结尾"),
    "there_already": ("{path}: is there already; name a new file", "{path}：已存在；请另取文件名"),
    "folder_already": ("{path}: is there already; name a new folder", "{path}：已存在；请另取文件夹名"),
    "example_none": ("there is no example '{name}'; {near}", "没有示例“{name}”；{near}"),
    # Folders of scenarios.
    "table_of_none": ("'{name}' is not a table of a scenario; the tables are {tables}", "“{name}”不是场景的表；表有 {tables}"),
    "folder_is_file": ("{path}: is a file; name a folder for the scenario", "{path}：是文件；请为场景指明文件夹"),
    "folder_strange": ("{path}: is not empty and holds no scenario; name a new or an empty folder", "{path}：不为空且没有场景；请指明新的或空的文件夹"),
    "folder_lost": ("{path}: holds '{name}', which is no part of a scenario and would be lost; name another folder", "{path}：含有不属于场景的“{name}”，会因此丢失；请另选文件夹"),
    "number_unheld": ("{place}: {number} is not a number that a scenario can hold", "{place}：{number} 不是场景可容纳的数字"),
    "value_unheld": ("{place}: {value} is neither text, number nor date", "{place}：{value} 既不是文本、数字也不是日期"),
    # Workbooks.
    "book_ending": ("{path}: a workbook's name ends in .xlsx", "{path}：工作簿的名称应以 .xlsx 结尾"),
    "book_faulty": ("{file}: the scenario is faulty and was not written; {why}", "{file}：场景有错误，未写入；{why}"),
    "book_lost": ("{file}: some text or number cannot stand in a workbook; write a folder instead", "{file}：有些文本或数字无法放入工作簿；请改为写入文件夹"),
    "book_rows": ("{table}: {rows:,} rows; a sheet holds {most:,}, so write a folder", "{table}：{rows:,} 行；一个工作表最多 {most:,} 行，请改为写入文件夹"),
    "book_comment": ("{table}: every column holds a text that starts with #; write a folder instead", "{table}：每一列都有以 # 开头的文本；请改为写入文件夹"),
    "book_variant": ("variants.{name}: reads as a comment or a heading in a workbook; write a folder", "variants.{name}：在工作簿中会被读作注释或标题；请改为写入文件夹"),
    "book_value": ("{value} cannot stand in a cell; write a folder instead", "{value} 无法放入单元格；请改为写入文件夹"),
    "sheet_rows": ("{table}: {rows:,} rows; a sheet holds {most:,}", "{table}：{rows:,} 行；一个工作表最多 {most:,} 行"),
    "cell_text": ("{sheet}, row {row}: a text of {length} characters; a cell holds {most}", "{sheet} 第 {row} 行：文本有 {length} 个字符；一个单元格最多 {most} 个"),
    "cell_number": ("{sheet}, row {row}: {value} is not a number that a cell can hold", "{sheet} 第 {row} 行：{value} 不是单元格可容纳的数字"),
    "cell_value": ("{sheet}, row {row}: {value} is neither text, number nor date", "{sheet} 第 {row} 行：{value} 既不是文本、数字也不是日期"),
    "sheet_full": ("{sheet}: a sheet holds {most:,} rows; write a folder of CSV files", "{sheet}：一个工作表最多 {most:,} 行；请改为写入 CSV 文件夹"),
}
