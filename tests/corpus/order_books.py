"""Faults of order lines, and what is repaired and told: the text of `orders.csv`, demand left blank."""

_HEAD = "order_date,product,quantity"


def _weeks(*more: str, head: str = _HEAD, rest: str = "") -> str:
    """A line a week for 40 weeks of A and B, then others."""
    days = [f"2025-{1 + n // 4:02d}-{1 + 7 * (n % 4):02d}" for n in range(40)]
    lines = [f"{day},{product},{3 + n % 4}{rest}" for n, day in enumerate(days) for product in "AB"]
    return "\n".join([head, *lines, *more]) + "\n"


CASES: dict[str, str] = {
    "a date that is none": _weeks("2025-13-01,A,3"),
    "a date of another style": _weeks("01/02/2025,A,3"),
    "a date blank": _weeks(",A,3"),
    "the thirtieth of February": _weeks("2025-02-30,A,3"),
    "a date in the year 1900": _weeks("1900-01-01,A,3"),
    "a date in the year 9999": _weeks("9999-12-31,A,3"),
    "a product unknown": _weeks("2025-03-03,Z,3"),
    "a product blank": _weeks("2025-03-03,,3"),
    "a product in another case": _weeks("2025-03-03,a,3"),
    "a row of sums": _weeks(",Total,361"),
    "a quantity blank": _weeks("2025-03-03,A,"),
    "a quantity in words": _weeks("2025-03-03,A,three"),
    "a quantity of nothing": _weeks("2025-03-03,A,0"),
    "a quantity without end": _weeks("2025-03-03,A,inf"),
    "a return": _weeks("2025-03-03,A,-2"),
    "a return of more than was ever sold": _weeks("2025-03-03,A,-900"),
    "a return of what only one order holds": _weeks("2025-03-03,A,900", "2025-03-10,A,-400", "2025-03-17,A,-500"),
    "one number at all lines": _weeks(head=f"{_HEAD},order_number", rest=",N/A"),
    "a unit in capital letters": _weeks("2025-03-03,A,3,PC", head=f"{_HEAD},unit", rest=",pc"),
    "days written together": f"{_HEAD}\n20250303,A,3\n20250310,B,4\n",
    "days as numbers of a spreadsheet": _weeks("45719,A,3"),
    "days as weeks of the year": f"{_HEAD}\n2025-W10,A,3\n202511,B,4\n",
    "days of a week of the year": _weeks("2025-W10-1,A,3"),
    "an order line twice with another quantity": _weeks(
        "2025-03-03,A,3,7,1", "2025-03-03,A,4,7,1", head=f"{_HEAD},order_number,order_line", rest=",,"
    ),
    "returns alone of one product": "\n".join(
        line if ",A," not in line else line.replace(",A,", ",A,-") for line in _weeks().splitlines()
    ) + "\n",
    "days with their time": _weeks("2025-03-03 5:30 PM,A,3"),
    "one order larger than all others": _weeks("2025-03-03,A,9000"),
    "a line twice": _weeks(*["2025-03-03,A,3,7,1"] * 2, head=f"{_HEAD},order_number,order_line", rest=",,"),
    "no lines": _HEAD + "\n",
    "few lines": f"{_HEAD}\n2025-03-03,A,3\n2025-03-10,A,3\n2025-03-03,B,1\n",
    "no lines of one product": "\n".join(line for line in _weeks().splitlines() if ",B," not in line) + "\n",
    "returns alone": f"{_HEAD}\n" + "".join(f"2025-{m:02d}-01,{p},-3\n" for m in range(1, 10) for p in "AB"),
    "a column misspelt": _weeks(head="order_date,product,quantiy"),
    "a unit without its size": _weeks("2025-03-03,A,3,box,", head=f"{_HEAD},unit,units_per", rest=",pcs,1"),
    "a size of nothing": _weeks("2025-03-03,A,3,0", head=f"{_HEAD},units_per", rest=",1"),
}
