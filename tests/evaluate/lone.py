"""One product whose premium flips it where a plan tells, for tests of thresholds."""

LONE = {
    "product": "P", "demand_per_week": 10.0, "demand_cv": 1.2, "lead_time_target_days": 2.0, "make_days": 14.0,
    "make_premium": 0.1, "late_cost_per_unit_day": 0.05, "allowed": "MTS|MTO",
    "stocking_cost_per_year": 150.0,
}  # fmt: skip
# Demanded in a year.
UNITS = 10.0 / 7.0 * 365.0


def flipped(table):
    """Rows of a table of thresholds that tell a flip."""
    return table[table["strategy_below"] != ""]
