"""The words of faults of catalogues, which a batch run decides; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "run_no_products": ("the run decided none of these: {names}", "该批次运行未决策这些产品：{names}"),
    "flips_other": ("{folder}: holds thresholds of other data than the run's; run codp batch thresholds again", "{folder}：其中的翻转点所用数据与该批次运行不同；请重新运行 codp batch thresholds"),
    "products_missing": ("the table products is missing (products.parquet or .csv)", "缺少表 products（products.parquet 或 .csv）"),
    "needs_table": ("needs the table {table}", "需要表 {table}"),
    "ties_together": ("ties {whom} together, which a batch run cannot prove; leave it out, or use 'codp solve'", "将{whom}相互关联，批量运行无法证明；请删除，或使用“codp solve”"),
    "products_of_family": ("the products of each family", "每个产品族的产品"),
    "products_of_catalogue": ("all products of a catalogue", "目录中的所有产品"),
    "stands_times": ("stands here {times} times ({files}); keep one", "在此出现 {times} 次（{files}）；请只保留一个"),
    "folder_no_parquet": ("is a folder without Parquet files; a table in several files is a folder of them", "文件夹中没有 Parquet 文件；分为多个文件的表应为 Parquet 文件夹"),
    "orders_not_read": ("a batch run does not read this; fill demand from order lines first ('codp batch fit'), and leave the file out here", "批量运行不读取该文件；请先用订单行填写需求（“codp batch fit”），并在此移除该文件"),
    "history_not_read": ("a run does not read this table; fill demand_per_week and demand_cv from it and order lines (codp batch fit), or leave the file out", "运行时不读取该表；请用 codp batch fit 由该表和订单行填写 demand_per_week 与 demand_cv，或移除该文件"),
    "owner_unknown": ("'{name}' is no {column} of products; add it there or mend the spelling", "products 的 {column} 中没有“{name}”；请在该表中添加，或更正拼写"),
    "sizes_form": ("is written by 'codp batch fit' as Parquet with the columns {columns}; leave the file out, or fill the catalogue again", "由“codp batch fit”写成含列 {columns} 的 Parquet 文件；请移除该文件，或重新填写目录"),
    "files_disagree": ("is not in every file of {table}; files must agree", "并非在 {table} 的每个文件中都有；各文件的列必须一致"),
    "plant_in_keys": (
        "is not read here; a catalogue has the plant in its keys, as in '{key}': write them so, and leave this column out",
        "此处不读取；目录的编码中已含工厂，如“{key}”：请这样书写并删除此列",
    ),
    "store_numbers": ("is {kind} in this file; store numbers", "在此文件中为 {kind}；请存为数字"),
    "store_text": ("is {kind} in this file; store text", "在此文件中为 {kind}；请存为文本"),
    "cell_not_possible": ("'{cell}' is not possible; expected {expected}", "“{cell}”不可用；应为{expected}"),
    "used_faulty": ("'{used}' ({column}: {why})", "“{used}”（{column}：{why}）"),
}
