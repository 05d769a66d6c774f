"""What the operating system and libraries say, word for word, with Chinese beside it; English, then Simplified Chinese.

A saying that is not here is quoted as it is.
"""

from __future__ import annotations

SAYINGS: dict[str, tuple[str, str]] = {
    "said": ("{text}", "原文：{text}"),
    "said.permission": ("Permission denied", "没有权限"),
    "said.no_file": ("No such file or directory", "没有该文件或文件夹"),
    "said.folder": ("Is a directory", "是文件夹"),
    "said.no_folder": ("Not a directory", "不是文件夹"),
    "said.full": ("No space left on device", "磁盘空间不足"),
    "said.read_only": ("Read-only file system", "文件系统为只读"),
    "said.long_name": ("File name too long", "文件名过长"),
    "said.no_zip": ("File is not a zip file", "文件不是 zip 格式"),
    "said.csv_ends": ("unexpected end of data", "文件意外结束"),
    "said.yaml_colon": ("mapping values are not allowed here", "此处不能有冒号；含冒号的文本请写在引号中"),
    "said.yaml_no_colon": ("could not find expected ':'", "缺少冒号"),
    "said.yaml_ends": ("found unexpected end of stream", "文本意外结束"),
    "said.yaml_document": ("but found another document", "其后还有另一个 YAML 文档"),
}
