"""Choices in plain words, and how sure they are."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
from __future__ import annotations

CHOICES: dict[str, tuple[str, str]] = {
    "plain.product": ("{product}: {said}", "{product}：{said}"),
    "plain.MTS.late": (
        "Customers accept {accepted} and {doing} takes {make}, so it is kept in stock.",
        "客户可接受 {accepted}，而{doing}需要 {make}，因此备库存。",
    ),
    "plain.MTS.in_time": (
        "Customers accept {accepted} and {doing} takes {make}: it could be made after the order, and is kept in stock all the same.",
        "客户可接受 {accepted}，{doing}需要 {make}：本可接单后生产，但仍备库存。",
    ),
    "plain.ATO.late": (
        "Customers accept {accepted} and {doing} takes {assembly}: its parts are kept in stock, it is assembled after the order, and comes late.",
        "客户可接受 {accepted}，而{doing}需要 {assembly}：零部件备库存，接单后装配，会晚于承诺。",
    ),
    "plain.ATO.in_time": (
        "Customers accept {accepted} and {doing} takes {assembly}, so that it is enough to keep its parts in stock and assemble it after the order.",
        "客户可接受 {accepted}，{doing}需要 {assembly}，因此只需零部件备库存，接单后装配。",
    ),
    "plain.MTO.late": (
        "Customers accept {accepted} and {doing} takes {make}: it is made after the order and comes late.",
        "客户可接受 {accepted}，而{doing}需要 {make}：接单后生产，会晚于承诺。",
    ),
    "plain.MTO.in_time": (
        "Customers accept {accepted} and {doing} takes {make}, so it can be made after the order.",
        "客户可接受 {accepted}，{doing}需要 {make}，因此可以接单后再生产。",
    ),
    "plain.time.make": ("making it", "生产"),
    "plain.time.assembly": ("assembling it", "装配"),
    "plain.time.make.delivered": ("making and delivering it", "生产并配送"),
    "plain.time.assembly.delivered": ("assembling and delivering it", "装配并配送"),
    "plain.doing.MTS": ("Keeping it in stock", "备成品库存"),
    "plain.doing.ATO": ("Assembling it after the order", "接单后装配"),
    "plain.doing.MTO": ("Making it after the order", "接单后生产"),
    "plain.done.MTS": ("kept in stock", "备成品库存"),
    "plain.done.ATO": ("assembled after the order", "接单后装配"),
    "plain.done.MTO": ("made after the order", "接单后生产"),
    "plain.cutoff": ("Orders over {cutoff} units are made after the order.", "超过 {cutoff} 件的订单接单后生产。"),
    "plain.today.saves": (
        "Today it is {today}; the change saves {amount} a year.",
        "目前为{today}；改变后每年节省 {amount}。",
    ),
    "plain.today.same": (
        "Today it is {today}, which would cost about the same.",
        "目前为{today}，两者成本几乎相同。",
    ),
    "plain.today.rules": (
        "Today it is {today}, which would cost {amount} a year less by itself.",
        "目前为{today}，单独看每年会少花 {amount}。",
    ),
    "plain.today.impossible": (
        "Today it is {today}, which is not possible any more.",
        "目前为{today}，现已不可行。",
    ),
    "plain.other.more": ("{other} would cost {amount} more a year.", "{other}每年会多花 {amount}。"),
    "plain.other.at_least": ("{other} would cost at least {amount} more a year.", "{other}每年至少会多花 {amount}。"),
    "plain.other.at_most_less": (
        "{other} would cost at most {amount} less a year by itself.",
        "{other}单独看每年至多会少花 {amount}。",
    ),
    "plain.other.same": ("{other} would cost about the same.", "{other}的成本几乎相同。"),
    "plain.other.less": (
        "{other} would cost {amount} less a year by itself.",
        "{other}单独看每年会少花 {amount}。",
    ),
    "plain.only": ("No other strategy is open to it.", "没有其他可选的做法。"),
    "plain.on_time": ("{share} of the units are there when promised.", "{share} 的数量能按承诺交付。"),
    # How sure the switches are
    "certainty.saving": (
        "The saving by how sure its switches are: {parts}.",
        "节省额按各项改变的把握程度划分：{parts}。",
    ),
    "certainty.switches": (
        "The switches by how sure they are: {parts}.",
        "各项改变按把握程度划分：{parts}。",
    ),
    "certainty.part": ("{badge} {amount} (switches: {count})", "{badge} {amount}（{count} 项）"),
    "certainty.count": ("{badge} {count}", "{badge} {count} 项"),
}
