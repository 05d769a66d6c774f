"""What the reader's changes did: figures against the scenario as given, who switched and why, what each rule costs."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from engine.decision.plan import Plan, told_at_least
from engine.economics.build import build_instance
from engine.economics.instance import Instance
from engine.evaluate.reasons.limits import why_not
from engine.evaluate.reasons.switched import Side, SwitchCause, Switched, strategies_that_differ, switched
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.layout import in_place
from engine.ui.state.deltas import delta_words, lever_words, lock_words, target_words
from engine.ui.state.instances import instance_of
from engine.ui.state.levers import LeverState
from engine.ui.state.memo import digest_of, kept, remember
from engine.ui.state.positions import before_now
from engine.ui.state.rules_in_force import RuleInForce, plan_without, rules_in_force
from engine.ui.state.selection import open_product
from engine.ui.state.session import STRATEGIES_TOLD, Answer, AnswerState, AsGiven, samples_of
from engine.ui.state.situation import Situation
from engine.ui.views.differences import COST, MEASURES, ON_TIME, signed, signed_words, within_proof
from engine.ui.words import money, strategy_name
from engine.words.language import within

_NAMED, _REMEMBERED = 6, 20


@in_place
def moves_view(inputs: Situation, answer: Answer) -> None:
    """Draw the strip; nothing where nothing was changed, or the plan belongs to other inputs."""
    _remember(inputs.what_if, answer)
    given = answer.given
    if not inputs.what_if.changes or answer.label is AnswerState.STALE or given is None:
        return
    with st.container(border=True, key="moves"):
        told = {
            one.name: t("headline.as_given_within") if within_proof(answer, one)
            else signed(answer, one, one.of(given.plan, given.scenario)) or t("moves.unchanged")
            for one in MEASURES
        }
        proven = given.proven and answer.label is AnswerState.PROVEN
        pairs = strategies_that_differ(given.plan, answer.plan)
        lines = [
            f"**{t('moves.header')}**", t("moves.figures", **told),
            t("moves.inputs", changes=delta_words(inputs.what_if, inputs.base)),
            *([] if proven else [t("moves.preview" if given.proven else "moves.given_preview")]),
            t("moves.some", count=len(pairs)) if pairs else t("moves.none"),
        ]  # fmt: skip
        # A line each: two spaces before the break.
        st.markdown("  \n".join(lines))
        causes = {one.product: one for one in _causes(inputs.what_if, answer, given)} if proven and pairs else {}
        _switches(answer, pairs, causes)
        _prices(inputs, answer)


def _switches(answer: Answer, pairs: list[tuple[str, str, str]], causes: dict[str, Switched]) -> None:
    """Products with another strategy than as given, what moved each, those of the last move marked."""
    first = [pair for pair in pairs if pair[0] in causes] or pairs
    just_now, spoken = _by_last_move(answer), language()
    for product, before, after in first[:_NAMED]:
        parts = [t("moves.one", before=strategy_name(before, spoken), after=strategy_name(after, spoken))]
        if product in causes:
            parts += _why(answer, causes[product])
        if product in just_now:
            parts.append(t("moves.just_now"))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(product, key=f"moved_{product}", type="tertiary", on_click=open_product, args=(product,))
            st.markdown(t("list.join").join(parts))
    if len(pairs) > _NAMED:
        st.markdown(t("moves.more", count=len(pairs) - _NAMED))


def _why(answer: Answer, one: Switched) -> list[str]:
    """What moved a product, and what staying would cost."""
    currency = str(answer.plan.summary["currency"])
    if one.cause is SwitchCause.BARRED:
        instance = instance_of(answer)
        i, k = instance.products.index(one.product), STRATEGIES.index(one.before)
        said = why_not(answer.scenario, instance, strategy_numbers(answer.plan.decisions["strategy"]), i, k).words(
            language()
        )
    else:
        said = t(
            f"moves.cause.{one.cause.value}", term=within(t(f"term.{one.term}")) if one.term else "",
            amount=money(one.amount, currency), rules=t("list.join").join(target_words(name) for name in one.rules),
        )  # fmt: skip
    rows = answer.decisions.set_index("product")
    staying = float((rows[f"cost_if_{one.before}"] - rows["expected_cost_per_year"])[one.product])
    bounded = bool(told_at_least(answer.decisions).set_index(rows.index).at[one.product, f"cost_if_{one.before}"])
    key = "moves.staying.at_least" if bounded else "moves.staying"
    return [said, t(key, amount=money(staying, currency))] if staying > 0.0 else [said]


def _prices(inputs: Situation, answer: Answer) -> None:
    """What each rule that was moved costs a year, and in points of on-time."""
    rules = rules_in_force(inputs.what_if)
    if not rules or answer.label is not AnswerState.PROVEN:
        return
    lines = ["- " + t("moves.priced", rule=_rule_words(rule, inputs.what_if, inputs.base),
                      price=price_words(rule, inputs, answer)) for rule in rules]  # fmt: skip
    st.markdown("\n".join([t("moves.rules"), "", *lines]))


def price_words(rule: RuleInForce, inputs: Situation, answer: Answer) -> str:
    """What a rule costs, against the same world without it."""
    other = plan_without(rule, answer, inputs.what_if)
    if other is None:
        return t("moves.price.waits")
    currency = str(answer.plan.summary["currency"])
    more = _price(answer, other)
    if not signed_words(COST, more, currency):
        return t("moves.price.free")
    on_time = signed(answer, ON_TIME, ON_TIME.of(other, answer.scenario)) or t("moves.unchanged")
    return t("moves.price", cost=signed_words(COST, more, currency), on_time=on_time)


def lock_prices(what_if: LeverState, answer: Answer) -> dict[str, float]:
    """What each of the reader's locks costs a year as shown, where that is proven."""
    plans = [(rule.lock, plan_without(rule, answer, what_if)) for rule in rules_in_force(what_if)]
    return {lock.product: _price(answer, other) for lock, other in plans if lock is not None and other is not None}


def _price(answer: Answer, other: Plan) -> float:
    """The difference of the two costs shown; a rule saves nothing: what it seems to save another proof left open."""
    return max(COST.difference(answer.plan.objective_per_year, other.objective_per_year), 0.0)


def _rule_words(rule: RuleInForce, what_if: LeverState, base: Scenario) -> str:
    if rule.lock is not None:
        return lock_words(rule.lock)
    if rule.lever:
        return lever_words(rule.lever, dict(what_if.moved)[rule.lever], what_if, base)
    return t(f"moves.rule.{rule.kind}")


def _causes(what_if: LeverState, answer: Answer, given: AsGiven) -> list[Switched]:
    """Worked out once for the same two plans."""
    memo: dict[Hashable, list[Switched]] = st.session_state.setdefault("_switched", {})
    key = (what_if, answer.plan.objective_per_year, given.plan.objective_per_year)

    def made() -> list[Switched]:
        before = Side(scenario=given.scenario, instance=_given_instance(what_if, given), plan=given.plan)
        after = Side(scenario=answer.scenario, instance=instance_of(answer), plan=answer.plan)
        return switched(before, after, most=_NAMED)

    return kept(memo, key, made, most=_REMEMBERED)


def _given_instance(what_if: LeverState, given: AsGiven) -> Instance:
    """The samples of the plan as given; of the last one only, for they are large."""
    memo: dict[Hashable, Instance] = st.session_state.setdefault("_given_instance", {})
    samples = int(given.plan.summary["samples"])
    return kept(
        memo, (digest_of(given.scenario), samples),
        lambda: build_instance(given.scenario, samples=samples, cache=samples_of(what_if.scenario)), most=1,
    )  # fmt: skip


def _remember(what_if: LeverState, answer: Answer) -> None:
    """Keep who had which strategy under these inputs, for who switches by the next move."""
    if answer.label is AnswerState.STALE:
        return
    memo: dict[LeverState, dict[str, str]] = st.session_state.setdefault(STRATEGIES_TOLD, {})
    decisions = answer.plan.decisions
    strategies = dict(zip(decisions["product"].astype(str), decisions["strategy"].astype(str), strict=True))
    remember(memo, what_if, strategies, most=_REMEMBERED)


def _by_last_move(answer: Answer) -> set[str]:
    """Products whose strategy differs from that before the last move."""
    before, memo = before_now(), st.session_state.get(STRATEGIES_TOLD, {})
    there: dict[str, str] = memo.get(before, {})
    now = zip(answer.plan.decisions["product"], answer.plan.decisions["strategy"], strict=True)
    return {str(name) for name, k in now if str(name) in there and there[str(name)] != k}
