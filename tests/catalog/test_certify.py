"""The Pyomo model has the last word on a keyed share of the groups, whatever the partitions."""

from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.catalog.deciding import groups as groups_module
from engine.catalog.deciding.certify import Programs, key_of
from engine.catalog.options import BatchOptions
from engine.catalog.results.report import batch_report, read_summary, report_text
from engine.cli import app
from engine.errors import EngineError
from tests.catalog.catalogues import SMALL, digest, run, tables, write

QUICK = replace(SMALL, samples=20)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """Seven groups, lone products, and two of them without a closed form."""
    given = tables(products=20, groups=(2, 3, 2, 2, 2, 2, 2))
    for row in given["products"]:
        if row["product"] in ("P17", "P19"):
            row |= {"distribution": "compound_poisson", "demand_cv": 1.5, "order_size": 1.0}
        else:
            row["order_size"] = 1.0
    return write(tmp_path_factory.mktemp("certify") / "catalogue", given)


@pytest.fixture
def asked(monkeypatch):
    """The groups about which the Pyomo model was asked, as it is."""
    names, before = [], groups_module.certify

    def certify(instance, strategy, value):
        names.append(tuple(sorted(instance.products)))
        return before(instance, strategy, value)

    monkeypatch.setattr(groups_module, "certify", certify)
    return names


def test_which_groups_are_asked_about_does_not_depend_on_partitions_or_bundles(catalogue, tmp_path, asked):
    found = []
    for k, more in enumerate(({}, {"partitions": 1}, {"partitions": 100, "bundle_products": 1})):
        asked.clear()
        result = run(catalogue, tmp_path / f"out{k}", options=replace(QUICK, certify_share=0.5, **more))
        assert result.summary["certified_groups"] == len(asked) == len(set(asked))
        assert result.summary["sampled_groups"] == 9
        found.append(sorted(asked))
    assert found[0] == found[1] == found[2]
    assert 0 < len(found[0]) < 9
    # Another seed draws others.
    asked.clear()
    run(catalogue, tmp_path / "seed", options=replace(QUICK, certify_share=0.5, seed=9))
    assert sorted(asked) != found[0]


def test_all_at_least_one_or_none(catalogue, tmp_path, asked):
    every = run(catalogue, tmp_path / "all", options=replace(QUICK, certify_share=1.0))
    assert every.summary["certified_groups"] == every.summary["sampled_groups"] == len(asked) == 9
    first = {names[0]: key_of(1, names[0]) for names in map(sorted, asked)}
    least = min(first, key=first.get)
    assert first[least] > 1e-9
    asked.clear()
    # A share that draws none: the group with the least key.
    one = run(catalogue, tmp_path / "one", options=replace(QUICK, certify_share=1e-9))
    assert one.summary["certified_groups"] == 1
    assert [names[0] for names in asked] == [least]
    assert "9 groups decided on samples, 1 of them certified" in report_text(batch_report(tmp_path / "one"))
    asked.clear()
    none = run(catalogue, tmp_path / "none", options=replace(QUICK, certify_share=0.0))
    assert none.summary["certified_groups"] == 0
    assert not asked
    assert digest(tmp_path / "none") == digest(tmp_path / "one") == digest(tmp_path / "all")


def test_no_plan_leaves_that_the_pyomo_model_values_otherwise(catalogue, tmp_path, monkeypatch):
    before = groups_module.certify
    monkeypatch.setattr(groups_module, "certify", lambda part, strategy, value: before(part, strategy, 1.01 * value))
    result = run(catalogue, tmp_path / "all", options=replace(QUICK, certify_share=1.0))
    assert result.failed
    assert all("the Pyomo model" in reason for reason in result.failed.values())
    assert not result.summary
    with pytest.raises(EngineError, match="no plan is returned"):
        run(catalogue, tmp_path / "one", options=replace(QUICK, certify_share=1e-9))
    assert not (tmp_path / "one" / "summary.json").exists()


def test_keys_are_uniform():
    keys = np.sort([key_of(1, f"P{k}") for k in range(2000)])
    # Kolmogorov and Smirnov: 1.95 / sqrt(n) is exceeded once in a thousand.
    assert np.abs(keys - (np.arange(2000) + 0.5) / 2000).max() < 1.95 / 2000**0.5
    assert key_of(1, "P1") == key_of(1, "P1") != key_of(2, "P1")


def test_counts_add_up_and_travel():
    one, other = Programs(count=3, certified=1, least=(0.4, "B")), Programs(count=2, least=(0.3, "C"))
    one.add(other)
    one.add(Programs())
    assert (one.count, one.certified, one.least) == (5, 1, (0.3, "C"))
    assert Programs.from_dict(one.as_dict()) == one


def test_a_share_is_a_share():
    with pytest.raises(EngineError, match="certify_share is a share"):
        BatchOptions(certify_share=1.5)


def test_the_command_switches_it_off(catalogue, tmp_path):
    command = ["batch", "run", str(catalogue), "--workers", "0", "--samples", "20", "--quiet", "--out"]
    shown = CliRunner().invoke(app, [*command, str(tmp_path / "none"), "--no-certify"])
    assert shown.exit_code == 0, shown.output
    assert read_summary(tmp_path / "none")["certified_groups"] == 0
    assert CliRunner().invoke(app, [*command, str(tmp_path / "all"), "--certify-share", "1"]).exit_code == 0
    assert read_summary(tmp_path / "all")["certified_groups"] == 9
