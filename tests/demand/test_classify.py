import numpy as np
import pytest

from engine.demand.fitting.classify import classify


@pytest.mark.parametrize(
    ("weeks", "name"),
    [
        ([4, 5, 6, 5], "smooth"),
        ([1, 9, 1, 20], "erratic"),
        ([4, 0, 5, 0, 5], "intermittent"),
        ([1, 0, 20, 0, 1], "lumpy"),
        ([0, 0, 7, 0], "intermittent"),
    ],
)
def test_the_four_classes(weeks, name):
    assert classify(np.array(weeks, dtype=float)).name == name


def test_interval_and_size():
    found = classify(np.array([0.0, 2.0, 0.0, 6.0, 0.0, 4.0]))
    assert found.interval_weeks == 2.0
    assert found.size_cv2 == pytest.approx(8 / 3 / 16)


def test_the_cuts_belong_to_the_lower_class():
    exact = np.concatenate([np.full(25, 3.0), np.zeros(8)])
    assert classify(exact).interval_weeks == 1.32
    assert classify(exact).name == "smooth"


def test_the_published_classes_of_a_manufacturer_come_out(data_dir):
    import pandas as pd

    items = pd.read_csv(data_dir / "man_spare_parts" / "items.csv", dtype={"sku": str}).set_index("sku")
    weekly = pd.read_csv(data_dir / "man_spare_parts" / "weekly.csv.gz", dtype={"sku": str}).set_index("sku")
    same = total = 0
    for sku, weeks in weekly.iterrows():
        values = np.maximum(weeks.to_numpy(dtype=float), 0.0)
        if values.any() and items.loc[sku, "sbc"] in ("intermittent", "lumpy"):
            same += classify(values).name == items.loc[sku, "sbc"]
            total += 1
    assert total > 1900
    assert same == total
