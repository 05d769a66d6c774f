"""Reports and explanations tell a stock with a cut-off, and say nothing of one where there is none."""

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.economics.build import build_instance
from engine.economics.instance import MTS
from engine.evaluate.reasons.limits import what_binds
from engine.report.content import make_report
from engine.report.sentences.product_reasons import product_reasons
from engine.report.sentences.prose import Prose
from engine.report.tables import decisions, finished
from engine.report.texts.text import LANGUAGES
from tests.economics.test_cutoff import mixed

SAID = {"en": "Make to stock, orders over 5 to order", "zh": "按库存生产，超过 5 件的订单按订单生产"}
SHARES = {"en": "5% of the orders, 51% of the units", "zh": "占订单 5%、数量 51%"}


def report(**columns):
    scenario = complete(mixed(**columns))
    return make_report(solve(scenario, certified=False).plan, scenario)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_of_a_product_names_its_cutoff(language):
    cut, whole = report(), report(large_order_target_days="")
    assert product_reasons(Prose(cut, language))[0].startswith(SAID[language])
    assert SAID[language] not in product_reasons(Prose(whole, language))[0]


def test_tables_have_the_columns_where_there_is_a_cutoff():
    for found, there in ((report(), True), (report(large_order_target_days=""), False)):
        assert ("order_size_cutoff" in decisions(found)) == ("volume_above_cutoff" in finished(found)) == there


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_limits_a_stock_names_its_cutoff(language):
    instance = build_instance(complete(mixed()))
    assert instance.large.cutoff[0] == 5.0
    plan = type("Plan", (), {"strategy": np.array([MTS]), "level": np.array([np.nan]), "budget_price": 0.0})()
    assert SHARES[language] in what_binds(instance, plan, 0, MTS)[0].words(language)
