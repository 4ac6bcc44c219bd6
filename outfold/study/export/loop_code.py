"""Code for the candidates as pipelines, and for fitting and judging each on every split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outfold.study.candidate import build, chained
from outfold.study.export.literal import literal
from outfold.study.export.material import Material
from outfold.study.export.native import plain_preparation, plain_steps
from outfold.study.export.render import WIDTH, Expressions
from outfold.study.export.scoring import Scoring
from outfold.study.study import Candidate, Choice
from outfold.task import is_classification

STEP = len('("resample", ),')
"""What stands beside an estimator in a pipeline's step."""

Tuned = Mapping[str, Sequence[Mapping[str, Any]]]
"""For each tuned candidate, the values that tuning took on each split."""


class Parts:
    """The estimators of every choice that the exported candidates are made of.

    Attributes:
        prepare: The preparation.
        selectors: By label the links of each; none for the one that keeps every column.
        resamplers: By label, those that change rows; None for the one that does nothing.
        weighers: By label, resamplers that weigh rows instead.
        models: By label.
        tuned: By the candidate's name, its model as tuning set it on each split.
        encodings: By the model's label, the encodings that come before it.
    """

    def __init__(self, material: Material, tuned: Tuned) -> None:
        study = material.study
        self.prepare = plain_preparation(build("preparation", study.preparation, study), material)
        self.selectors: dict[str, list[Any]] = {}
        self.resamplers: dict[str, Any] = {}
        self.weighers: dict[str, Any] = {}
        self.models: dict[str, Any] = {}
        self.encodings: dict[str, list[str]] = {}
        self.tuned: dict[str, list[Any]] = {}

        def made(choice: Choice, kind: Any) -> Any:
            return None if choice.key == "none" else build(kind, choice, study)

        for candidate in material.candidates:
            links = [made(link, "selector") for link in candidate.selector.links]
            self.selectors[candidate.selector.label()] = [e for e in links if e is not None]
            label = candidate.resampler.label()
            sampler = made(candidate.resampler, "resampler")
            if hasattr(sampler, "sample_weight"):
                self.weighers[label], sampler = sampler, None
            self.resamplers[label] = sampler
            label = candidate.model.label()
            self.encodings[label], self.models[label] = plain_steps(
                build("model", candidate.model, study), material
            )
            for values in tuned.get(candidate.name, ()):
                choice = Choice.of(
                    candidate.model.key, **{**dict(candidate.model.params), **values}
                )
                _, model = plain_steps(build("model", choice, study), material)
                self.tuned.setdefault(candidate.name, []).append(model)

    def estimators(self) -> list[Any]:
        """Every estimator."""
        groups = (self.resamplers, self.weighers, self.models)
        found = [self.prepare, *(e for links in self.selectors.values() for e in links)]
        found += [e for g in groups for e in g.values() if e is not None]
        return [*found, *(e for some in self.tuned.values() for e in some)]

    def used_encodings(self) -> list[str]:
        """The encodings that some model needs."""
        return list(dict.fromkeys(e for some in self.encodings.values() for e in some))

    def steps(self, candidate: Candidate, say: Expressions, pad: int) -> list[str]:
        """The steps of one candidate's pipeline, one line or more each."""
        found = [("prepare", say.of(self.prepare, pad, STEP))]
        sampler = self.resamplers[candidate.resampler.label()]
        for name, estimator in (
            *chained("select", self.selectors[candidate.selector.label()]),
            *([] if sampler is None else [("resample", sampler)]),
        ):
            found.append((name, say.of(estimator, pad, STEP)))
        return [*_listed(found), *self.model_steps(candidate.model.label(), say, pad)]

    def model_steps(self, label: str, say: Expressions, pad: int) -> list[str]:
        """The encodings of a model and the model itself."""
        encodings = [("encode", f"FunctionTransformer({e})") for e in self.encodings[label]]
        return _listed([*encodings, ("model", say.of(self.models[label], pad, STEP))])


def _group(label: str, steps: Sequence[str]) -> str:
    flat = f"    {literal(label)}: [{', '.join(steps)}],\n"
    if len(flat) <= WIDTH and "\n" not in flat[:-1]:
        return flat
    return f"    {literal(label)}: [\n" + "".join(f"        {s},\n" for s in steps) + "    ],\n"


def _step(name: str, text: str) -> str:
    return f'("{name}", {text})'


def _listed(steps: Sequence[tuple[str, str]]) -> list[str]:
    return [_step(name, text) for name, text in steps]


def candidates_code(material: Material, parts: Parts, say: Expressions) -> str:
    """``candidates``: a pipeline by name."""
    if len(material.candidates) == 1:
        return _one(material.candidates[0], parts, say)
    lines = [f"prepare = {say.of(parts.prepare)}\n"]
    rows = {label: [] if e is None else [e] for label, e in parts.resamplers.items()}
    for name, step, group in (
        ("selectors", "select", parts.selectors),
        ("resamplers", "resample", rows),
    ):
        inside = [
            _group(label, [_step(n, say.of(e, 8, STEP)) for n, e in chained(step, some)])
            for label, some in group.items()
        ]
        lines.append(f"{name} = {{\n{''.join(inside)}}}\n")
    made = [_group(label, parts.model_steps(label, say, 8)) for label in parts.models]
    lines.append(f"models = {{\n{''.join(made)}}}\n")
    lines.append(_combinations(material.candidates))
    lines.append(
        "candidates = {\n"
        '    " + ".join((s, r, m)): Pipeline(\n'
        '        [("prepare", prepare), *selectors[s], *resamplers[r], *models[m]]\n'
        "    )\n"
        "    for s, r, m in combinations\n"
        "}\n"
    )
    return "".join(lines)


def _one(candidate: Candidate, parts: Parts, say: Expressions) -> str:
    steps = "".join(f"        {line},\n" for line in parts.steps(candidate, say, 8))
    return (
        f"pipeline = Pipeline(\n    [\n{steps}    ]\n)\n"
        f"candidates = {{{literal(candidate.name)}: pipeline}}\n"
    )


def _combinations(candidates: Sequence[Candidate]) -> str:
    triples = [tuple(c.label() for c in (x.selector, x.resampler, x.model)) for x in candidates]
    return "combinations = [\n" + "".join(f"    {literal(t)},\n" for t in triples) + "]\n"


def tuned_code(parts: Parts, say: Expressions) -> str:
    """``tuned``: the model of each split, by the candidate's name."""
    if not parts.tuned:
        return ""
    inside = "".join(
        f"    {literal(name)}: [\n"
        + "".join(f"        {say.of(m, 8)},\n" for m in models)
        + "    ],\n"
        for name, models in parts.tuned.items()
    )
    return (
        "# The models with the values that tuning took, split by split: each set was found on\n"
        "# inner folds of that split's training rows alone.\n"
        f"tuned = {{\n{inside}}}\n"
    )


def weighing_code(parts: Parts, say: Expressions) -> str:
    """``weighers``: what gives training rows weights, by the resampler's name."""
    if not parts.weighers:
        return ""
    inside = "".join(f"    {literal(k)}: {say.of(e, 4)},\n" for k, e in parts.weighers.items())
    return (
        "# Resamplers that leave the rows as they are and let rare classes count more.\n"
        f"weighers = {{\n{inside}}}\n"
    )


def loop_code(
    material: Material,
    parts: Parts,
    scoring: Scoring,
) -> str:
    """Fit every candidate on every split's training rows and judge it on the rows held out."""
    table = material.table
    target = "y" if _plain_target(material) else "fitted_to"
    lines = ["answers, figures = {}, []", "for name, pipeline in candidates.items():"]
    lines.append("    for number, (train, test) in enumerate(splits):")
    inside: list[str] = []
    weighed = _weights(material, parts)
    if weighed:
        inside += weighed
    inside.append("fitted = clone(pipeline)")
    if parts.tuned:
        inside.append("if name in tuned:")
        inside.append("    fitted.set_params(model=clone(tuned[name][number]))")
    extra = ", **weights" if weighed else ""
    inside.append(f"fitted.fit(X.iloc[train], {target}[train]{extra})")
    inside += _answers(material)
    inside.append("answers.setdefault(name, []).append(answer)")
    given = ["y[test]", "answer"]
    if table.weight is not None:
        given.append("weight[test]")
    if scoring.needs_null:
        inside += _null(material)
        given.append("null")
    inside.append(
        'figures.append({"candidate": name, "split": number + 1, **scores('
        + ", ".join(given) + ")})"
    )  # fmt: skip
    lines += ["        " + line for line in inside]
    return "\n".join(lines) + "\nfigures = pd.DataFrame(figures)\n"


def _plain_target(material: Material) -> bool:
    return material.table.exposure is None and material.study.target_transform == "none"


def _weights(material: Material, parts: Parts) -> list[str]:
    table = material.table
    own = [n for n in ("weight", "exposure") if getattr(table, n) is not None]
    if not own and not parts.weighers:
        return []
    lines = ["weights = {}"]
    if own:
        why = "how much a row counts" if own == ["weight"] else "a rate counts by its exposure"
        product = " * ".join(f"{n}[train]" for n in own)
        lines = [f'weights = {{"model__sample_weight": {product}}}  # {why}']
    if parts.weighers:
        both = ' * weights["model__sample_weight"]' if own else ""
        # The name's second part: selector + resampler + model.
        lines.append("for label, weigher in weighers.items():")
        lines.append('    if f" + {label} + " in name:')
        lines.append(
            f'        weights["model__sample_weight"] = weigher.sample_weight(y[train]){both}'
        )
    return lines


def _answers(material: Material) -> list[str]:
    study, table = material.study, material.table
    if not is_classification(study.task):
        value = "fitted.predict(X.iloc[test])"
        if study.target_transform == "log":
            value = f"np.expm1({value})"
        if table.exposure is not None:
            value = f"{value} * exposure[test]"
        return [f"answer = {value}"]
    if material.every_class_held_out and material.probabilistic:
        return ["answer = fitted.predict_proba(X.iloc[test])"]
    lines = []
    if material.probabilistic:
        lines += [
            "# A class that no training row has gets the probability 0.",
            "answer = np.zeros((len(test), len(CLASSES)))",
            "answer[:, fitted.classes_] = fitted.predict_proba(X.iloc[test])",
        ]
        return lines
    return [
        "if hasattr(fitted, 'predict_proba'):",
        "    answer = np.zeros((len(test), len(CLASSES)))",
        "    answer[:, fitted.classes_] = fitted.predict_proba(X.iloc[test])",
        "else:",
        "    answer = fitted.decision_function(X.iloc[test])",
        "    if answer.ndim == 2:  # as shares that keep their order",
        "        shares = np.exp(answer - answer.max(axis=1, keepdims=True))",
        "        answer = np.zeros((len(test), len(CLASSES)))",
        "        answer[:, fitted.classes_] = shares / shares.sum(axis=1, keepdims=True)",
    ]


def _null(material: Material) -> list[str]:
    """What the training rows alone say of a row."""
    table, study = material.table, material.study
    lines = ["# What one would predict without any feature: the yardstick of skill."]
    weight = ", weights=weight[train]" if table.weight is not None else ""
    if is_classification(study.task):
        counts = f"np.bincount(y[train], minlength=len(CLASSES){weight})"
        return [
            *lines,
            f"counts = {counts}",
            "null = np.tile(counts / counts.sum(), (len(test), 1))",
        ]
    if table.exposure is None:
        return [*lines, f"null = np.full(len(test), np.average(y[train]{weight}))"]
    scale = "weight[train] * " if table.weight is not None else ""
    rate = f"({scale}y[train]).sum() / ({scale}exposure[train]).sum()"
    return [*lines, f"null = {rate} * exposure[test]"]
