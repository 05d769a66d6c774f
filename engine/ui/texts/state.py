"""What the numbers are worth, and trouble in words."""

# A sentence is a line, so that both languages stand below each other.
# ruff: noqa: E501
TEXTS: dict[str, tuple[str, str]] = {
    "state.proving": (
        "**Preview** for the inputs shown, {samples}. The proven answer is being worked out and follows by itself: {seconds} s so far.",
        "当前输入的**预览**结果：{samples}。系统正在求证，完成后会自动更新：已用 {seconds} 秒。",
    ),
    "state.queued": (
        "**Preview** for the inputs shown, {samples}. The proven answer waits for its turn and follows by itself.",
        "当前输入的**预览**结果：{samples}。求证正在排队，完成后会自动更新。",
    ),
    "state.samples": ("on {samples} samples of demand", "基于 {samples} 个需求样本"),
    "state.samples_fewer": (
        "looked for on {samples} samples of demand, costs on {total}",
        "在 {samples} 个需求样本上求解，成本按 {total} 个样本计算",
    ),
    "state.proven": (
        "**Proven**: no plan can cost more than {gap} less than this one, on {samples} samples of demand.",
        "**已证明**：基于 {samples} 个需求样本，任何方案的成本最多只能再低 {gap}。",
    ),
    "state.optimal": (
        "**Proven**: no plan costs less than this one, on {samples} samples of demand.",
        "**已证明**：基于 {samples} 个需求样本，没有成本更低的方案。",
    ),
    "state.judging": (
        "How sure each choice is, is being judged by redrawing the inputs: {share} done.",
        "正在通过重抽输入评估各项选择的把握程度：已完成 {share}。",
    ),
    "state.stale_proving": (
        "**Stale**: the numbers below belong to the inputs before. These inputs have no quick preview; the proven answer is being worked out and follows by itself: {seconds} s so far.",
        "**已过期**：下面是先前输入的结果。当前输入无法快速预览；系统正在求证，完成后会自动更新：已用 {seconds} 秒。",
    ),
    "state.stale_queued": (
        "**Stale**: the numbers below belong to the inputs before. The proven answer waits for its turn.",
        "**已过期**：下面是先前输入的结果。求证正在排队。",
    ),
    "state.first_proving": (
        "These inputs have no quick preview. Their proven answer is being worked out and appears here by itself: {seconds} s so far.",
        "当前输入无法快速预览。系统正在求证，结果会自动显示在这里：已用 {seconds} 秒。",
    ),
    "state.first_queued": (
        "These inputs have no quick preview. Their proven answer waits for its turn and appears here by itself.",
        "当前输入无法快速预览。求证正在排队，结果会自动显示在这里。",
    ),
    "state.stale": (
        "**Stale**: the numbers below belong to other inputs: those before, or else the scenario as given.",
        "**已过期**：下面是其他输入的结果：先前的输入，或原始场景。",
    ),
    "state.unproven": (
        "**Preview** for the inputs shown, {samples}; it could not be proven.",
        "当前输入的**预览**结果：{samples}；未能完成求证。",
    ),
    "state.none": ("There is no result for these inputs.", "当前输入没有结果。"),
    "trouble.inputs": (
        "These inputs cannot be decided. Move the control that was changed last back a little, or reset the inputs.",
        "这些输入无法求解。请把最后调整的滑块往回移一点，或重置输入。",
    ),
    "trouble.details": ("What the engine found", "引擎给出的说明"),
    "trouble.read": (
        "The scenario “{scenario}” cannot be read. Choose another one, or mend its files.",
        "无法读取场景“{scenario}”。请选择其他场景，或修正其文件。",
    ),
    "trouble.no_scenarios": (
        "There are no scenarios here: put a folder with scenario.yaml into “scenarios”.",
        "这里没有场景：请把包含 scenario.yaml 的文件夹放入“scenarios”。",
    ),
    "trouble.infeasible": (
        "No plan keeps all the rules with these inputs. What is in conflict, and what would be enough:",
        "在这些输入下，没有方案能同时满足全部规则。冲突的规则以及解决所需的条件：",
    ),
    "ways.lever": ("{lever}: {position}", "{lever}：{position}"),
    "ways.unlock": ("Unlock {product}", "解锁 {product}"),
    "ways.all": ("All of these together", "以上全部"),
    "trouble.infeasible_checking": (
        "No plan seems to keep all the rules with these inputs. The reasons are being worked out.",
        "在这些输入下，似乎没有方案能同时满足全部规则。正在查明原因。",
    ),
    "trouble.proof": (
        "The proof did not finish. Change an input or reload the page to try again.",
        "求证未能完成。请调整输入或刷新页面后重试。",
    ),
    "trouble.timed_out": (
        "The proof ran out of time before it found a plan. Change an input to try again.",
        "求证在找到方案之前超时。请调整输入后重试。",
    ),
}
