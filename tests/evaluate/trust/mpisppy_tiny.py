"""`scenarios/tiny` as mpi-sppy wants a two-stage program: one Pyomo model per sample, first stage named.

mpi-sppy's "scenario" is a sample here. Samples are numbered through: the batch of number // PER_BATCH, and its sample
number % PER_BATCH. The first batch is the plan's own samples, those after it are the sampling gap's.
"""

from functools import cache
from pathlib import Path

import mpisppy.scenario_tree as tree
import mpisppy.utils.sputils as sputils

from engine.economics.build import build_instance
from engine.evaluate.trust.information import one_sample
from engine.evaluate.trust.sampling_gap import batch_seed
from engine.model.build import build_model
from engine.scenario.read import read_scenario

TINY = Path(__file__).resolve().parents[3] / "scenarios" / "tiny"
PER_BATCH = 25


@cache
def instance_of(batch):
    """Samples of the plan (batch 0), or of the sampling gap's batch number `batch` - 1."""
    scenario = read_scenario(TINY)
    seed = scenario.settings.seed if batch == 0 else batch_seed(scenario.settings.seed, batch - 1)
    return build_instance(scenario, samples=PER_BATCH, seed=seed)


def as_program(instance, probability):
    """The model of an instance of one sample with its first stage told to mpi-sppy."""
    m = build_model(instance)
    m._mpisppy_node_list = [tree.ScenarioNode("ROOT", 1.0, 1, 0.0, [m.x, m.S, m.Sc], m)]
    m._mpisppy_probability = probability
    return m


def scenario_creator(name, num_scens=PER_BATCH):
    batch, sample = divmod(sputils.extract_num(name), PER_BATCH)
    return as_program(one_sample(instance_of(batch), sample), 1.0 / num_scens)


# What mpi-sppy's confidence intervals ask of a module beside `scenario_creator`.


def scenario_names_creator(count, start=0):
    return [f"sample{k}" for k in range(start or 0, (start or 0) + count)]


def inparser_adder(cfg):
    cfg.num_scens_required()


def kw_creator(cfg):
    return {"num_scens": cfg.get("num_scens", PER_BATCH)}


def scenario_denouement(rank, name, scenario):
    """Nothing to tell when a sample is done."""
