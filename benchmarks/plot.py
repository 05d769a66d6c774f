"""`python -m benchmarks.plot < TABLE > FILE.svg`: seconds by size, from the table of `python -m benchmarks sizes`."""

from __future__ import annotations

import sys

import altair as alt
import pandas as pd
import vl_convert


def main() -> None:
    """Read the table of sizes from standard input, write the plot to standard output."""
    rows = [[cell.strip().replace(",", "") for cell in line.strip("| \n").split("|")] for line in sys.stdin]
    numbers = [row for row in rows if row[0].isdigit()]
    found = pd.DataFrame(
        {
            "products": [int(row[0]) for row in numbers],
            "samples": [int(row[1]) for row in numbers],
            "seconds": [float(row[3]) for row in numbers],
        }
    )
    base = found[found["samples"] == 200].drop_duplicates()
    chart = alt.Chart(base, width=420, height=240).encode(
        x=alt.X("products", scale=alt.Scale(type="log"), title="products in one connected group (200 samples)"),
        y=alt.Y("seconds", scale=alt.Scale(type="log"), title="seconds to a proven 0.1%"),
    )
    picture = chart.mark_line(color="#0072B2") + chart.mark_point(color="#0072B2", filled=True, size=60)
    sys.stdout.write(vl_convert.vegalite_to_svg(picture.to_dict()))


if __name__ == "__main__":
    main()
