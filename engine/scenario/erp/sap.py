"""SAP's planning settings: strategy groups, MRP types, lot-size keys, individual and collective requirements.

Groups as SAP delivers them (SAP Library, Demand Management, PP-MP-DEM, "Planning Strategies"; Dickersbach & Keller,
Production Planning and Control with SAP ERP, chapter 5). Of make to order SAP says the group alone does not tell where
the order waits: with 20 it is the indicator for individual and collective requirements (MARC-SBDKZ) of the parts.
"""

from __future__ import annotations

# 10 net, 11 gross requirements, 30 lot-size, 40 with final assembly; 52, 63, 70 and 74 plan without an order of their
# own, 59 a phantom assembly. What is written is the first of each strategy.
_STOCKED = ("10", "11", "30", "40", "63", "70")
_ASSEMBLED = ("50", "52", "54", "55", "56", "59", "60", "65", "74", "81", "82", "83", "84", "85", "86", "89")
_MADE = ("20", "21", "25", "26")
STRATEGY_OF_GROUP: dict[str, str] = {
    **dict.fromkeys(_STOCKED, "MTS"),
    **dict.fromkeys(_ASSEMBLED, "ATO"),
    **dict.fromkeys(_MADE, "MTO"),
}
GROUP_OF_STRATEGY: dict[str, str] = {"MTS": _STOCKED[0], "ATO": _ASSEMBLED[0], "MTO": _MADE[0]}
# Indicator for individual and collective requirements; blank allows both, which follows the order above it.
INDIVIDUAL, COLLECTIVE = "1", "2"
# MRP types that keep a stock by themselves: manual and automatic reorder points, with and without open requirements.
REORDER_TYPES = ("VB", "VM", "V1", "V2", "VV", "R1", "R2")
REORDER_POINT, REQUIREMENTS = REORDER_TYPES[0], "PD"
FIXED_LOT, UP_TO_MAXIMUM, LOT_FOR_LOT = "FX", "HB", "EX"
# Quantities have three decimals (QUAN 13).
DECIMALS = 3
