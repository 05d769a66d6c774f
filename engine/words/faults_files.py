"""The words of faults of whole files; English, then Simplified Chinese."""

# A sentence is a line, so that both languages stand beside each other.
# ruff: noqa: E501
from __future__ import annotations

FILES: dict[str, tuple[str, str]] = {
    "file_unreadable": ("cannot be read: {error}", "无法读取：{error}"),
    "not_encoded": ("is not {encoding} text; save the file as UTF-8 or declare format.encoding in scenario.yaml", "不是 {encoding} 文本；请将文件另存为 UTF-8，或在 scenario.yaml 中声明 format.encoding"),
    "not_csv": ("not readable as CSV ({error}); look for a quotation mark that is not closed or doubled", "不是可读的 CSV（{error}）；请查找未闭合或未成对的引号"),
    "separated_by": ("{separators} separate the columns; write in scenario.yaml '{declare}'", "各列以{separators}分隔；请在 scenario.yaml 中写“{declare}”"),
    "commas": ("commas", "逗号"),
    "semicolons": ("semicolons", "分号"),
    "tabs": ("tabs", "制表符"),
    "bars": ("bars", "竖线"),
    "cells_too_many": ("{cells} cells under {columns} columns; a cell too many, or text to be quoted", "{columns} 列之下有 {cells} 个单元格；多了单元格，或文本应加引号"),
    "table_empty": ("is empty; the first row should name the columns", "为空；首行应写明列名"),
    "table_twice": ("is the table {table}, and so is {other}; keep one", "是表 {table}，{other} 也是；请只保留一个"),
    "table_none": ("there is no table '{table}'; {near}", "没有表“{table}”；{near}"),
    "table_missing": ("the table {table} is missing", "缺少表 {table}"),
    "settings_missing": ("is missing; add the settings file, the template has one", "缺失；请添加设置文件，模板中有一份"),
    # What is uploaded.
    "upload_none": ("no file was given", "没有给出文件"),
    "upload_workbook_alone": ("give one workbook alone, or a zip, or the CSV files with scenario.yaml", "请单独给出一个工作簿，或一个 zip，或 CSV 文件连同 scenario.yaml"),
    "zip_unreadable": ("{file}: is not a readable zip archive", "{file}：不是可读的 zip 压缩包"),
    "zip_large": ("{file}: holds more than {most} files or 200 MB; a scenario is smaller", "{file}：文件超过 {most} 个或 200 MB；场景没有这么大"),
    "zip_part": ("{file}: {part} cannot be unpacked: {error}", "{file}：无法解压 {part}：{error}"),
    "upload_stranger": ("{file}: is no part of a scenario; give CSV tables and scenario.yaml, a zip or a workbook", "{file}：不属于场景；请给出 CSV 表格与 scenario.yaml、一个 zip 或一个工作簿"),
    "upload_twice": ("{file}: stands twice in what was given", "{file}：在所给文件中出现两次"),
    # What is read.
    "book_cells": ("{sheet}: its cells reach to row {rows} and column {columns}, {cells:,} cells; delete stray cells or use a folder of CSV files", "{sheet}：单元格延伸至第 {rows} 行、第 {columns} 列，共 {cells:,} 个；请删除多余单元格，或改用 CSV 文件夹"),
    "book_text": ("{file}: unfolds to more than 4 GB of text; use a folder of CSV files", "{file}：展开后文本超过 4 GB；请改用 CSV 文件夹"),
    "book_large": ("{file}: unfolds to more than 1 GB; split it or use a folder of CSV files", "{file}：展开后超过 1 GB；请拆分，或改用 CSV 文件夹"),
    "path_unreadable": ("{path}: cannot be read: {error}", "{path}：无法读取：{error}"),
    "path_no_scenario": ("{path}: a scenario is a folder of CSV files or an .xlsx workbook", "{path}：场景应为含 CSV 文件的文件夹，或一个 .xlsx 工作簿"),
    "path_none": ("{path}: there is no such scenario", "{path}：没有这个场景"),
    "path_no_settings": ("{path}: there is no scenario.yaml in this folder", "{path}：此文件夹中没有 scenario.yaml"),
    "book_no_settings": (
        "{file}: there is no sheet 'scenario' with the settings; '{empty}' writes one to fill in, '{mapped}' reads workbooks of any other shape",
        "{file}：没有含设置的工作表“scenario”；“{empty}”可生成待填写的工作簿，“{mapped}”可读取其他形式的工作簿",
    ),
    "book_unreadable": ("{file}: not readable as an .xlsx workbook ({error}); open it in a spreadsheet program and save it again as .xlsx", "{file}：不是可读的 .xlsx 工作簿（{error}）；请用电子表格程序打开并重新另存为 .xlsx"),
    "no_frame": ("should be a pandas DataFrame; given: {given}", "应为 pandas DataFrame；给出的是 {given}"),
}
