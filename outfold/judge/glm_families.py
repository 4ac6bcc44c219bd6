"""The families and links of generalised linear models, with R's likelihoods."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from outfold.errors import NotApplicableError, UnknownNameError
from outfold.metrics.metric import Floats

LINKS: dict[str, tuple[str, str]] = {
    "identity": ("μ", "Identity"),
    "log": ("log μ", "Log"),
    "logit": ("log(μ / (1 - μ))", "Logit"),
    "probit": ("normal quantile of μ", "Probit"),
    "cloglog": ("log(-log(1 - μ))", "CLogLog"),
    "loglog": ("-log(-log μ)", "LogLog"),
    "cauchit": ("Cauchy quantile of μ", "Cauchy"),
    "inverse": ("1 / μ", "InversePower"),
    "inverse_squared": ("1 / μ²", "InverseSquared"),
    "sqrt": ("√μ", "Sqrt"),
}
"""For each link its formula and its class in statsmodels."""

_BINARY = ("logit", "probit", "cloglog", "loglog", "cauchit", "log", "identity")
_COUNT = ("log", "sqrt", "identity")


@dataclass(frozen=True, slots=True)
class Family:
    """One distribution of the response around its mean.

    Attributes:
        key: Its name on the command line.
        label: Its name for people.
        summary: One sentence: what it is for.
        links: The links that make sense; the first is taken unless another is named.
        variance: The variance as a function of the mean, in words.
        low: Least response value.
        low_open: Whether the response has to be above ``low``.
        high: Greatest response value, or None.
        estimated: Whether the dispersion is estimated (then tests are t and F) or fixed at one.
        counted: Parameters beside the coefficients that AIC and BIC count.
        likelihood: From (y, mu, weights, deviance, theta) to the log-likelihood; None for quasi-
            families and Tweedie, which have no likelihood that R would report.
    """

    key: str
    label: str
    summary: str
    links: tuple[str, ...]
    variance: str
    low: float | None
    low_open: bool
    high: float | None
    estimated: bool
    counted: int
    likelihood: Callable[[Floats, Floats, Floats, float, float], float] | None

    @property
    def is_binomial(self) -> bool:
        """Whether the response is a share of trials."""
        return self.key in ("binomial", "quasi_binomial")

    @property
    def is_count(self) -> bool:
        """Whether the response is a count."""
        return self.key in ("poisson", "quasi_poisson", "negative_binomial")

    @property
    def is_quasi(self) -> bool:
        """Whether only mean and variance are specified."""
        return self.key.startswith("quasi")

    def check(self, y: Floats, name: str, power: float | None = None) -> None:
        """Refuse a response that this family cannot have.

        Raises:
            NotApplicableError: Values outside the family's range, or all the same.
        """
        low, open_ = self.low, self.low_open
        if self.key == "tweedie" and power is not None:
            low, open_ = (None, False) if power == 0 else (0.0, power >= 2)
        wrong = np.zeros(len(y), dtype=bool)
        if low is not None:
            wrong |= (y <= low) if open_ else (y < low)
        if self.high is not None:
            wrong |= y > self.high
        if wrong.any():
            count = int(wrong.sum())
            raise NotApplicableError(
                f"{name} is {y[wrong][0]:g} in one of {count:,} rows outside the "
                f"{self.label} family's range.",
                f"It takes {_range(low, open_, self.high)}; choose another family "
                "or leave these rows out.",
            )
        if len(np.unique(y[:10_000])) < 2 and len(np.unique(y)) < 2:
            raise NotApplicableError(
                f"{name} is the same in every row.", "Choose a response that varies."
            )


def _range(low: float | None, open_: bool, high: float | None) -> str:
    if high is not None:
        return f"shares from {low:g} to {high:g}"
    if low is None:
        return "any number"
    return f"numbers above {low:g}" if open_ else f"numbers of at least {low:g}"


def _gaussian(y: Floats, mu: Floats, w: Floats, deviance: float, theta: float) -> float:
    n = len(y)
    with np.errstate(divide="ignore"):
        return float(-0.5 * n * (np.log(2 * np.pi * deviance / n) + 1) + 0.5 * np.log(w).sum())


def _binomial(y: Floats, mu: Floats, w: Floats, deviance: float, theta: float) -> float:
    from scipy.special import gammaln, xlog1py, xlogy

    yes, no = w * y, w * (1 - y)
    choose = gammaln(w + 1) - gammaln(yes + 1) - gammaln(no + 1)
    return float((choose + xlogy(yes, mu) + xlog1py(no, -mu)).sum())


def _poisson(y: Floats, mu: Floats, w: Floats, deviance: float, theta: float) -> float:
    from scipy.special import gammaln, xlogy

    return float((w * (xlogy(y, mu) - mu - gammaln(y + 1))).sum())


def negative_binomial_likelihood(
    y: Floats, mu: Floats, w: Floats, deviance: float, theta: float
) -> float:
    """The log-likelihood of counts with variance mu + mu²/theta (NB2)."""
    from scipy.special import gammaln, xlogy

    one = (
        gammaln(y + theta) - gammaln(theta) - gammaln(y + 1)
        - theta * np.log1p(mu / theta) + xlogy(y, mu / (mu + theta))
    )  # fmt: skip
    return float((w * one).sum())


def _gamma(y: Floats, mu: Floats, w: Floats, deviance: float, theta: float) -> float:
    from scipy.special import gammaln

    shape = w.sum() / deviance
    scale = mu / shape
    one = (shape - 1) * np.log(y) - y / scale - shape * np.log(scale) - gammaln(shape)
    return float((w * one).sum())


def _inverse_gaussian(y: Floats, mu: Floats, w: Floats, deviance: float, theta: float) -> float:
    dispersion = deviance / w.sum()
    total = w.sum() * (np.log(2 * np.pi * dispersion) + 1) + 3 * (w * np.log(y)).sum()
    return float(-0.5 * total)


FAMILIES: dict[str, Family] = {
    f.key: f
    for f in (
        Family("gaussian", "Gaussian", "Measurements with the same scatter at every mean.",
               ("identity", "log", "inverse"), "constant", None, False, None, True, 1, _gaussian),
        Family("binomial", "Binomial", "Yes or no, or a share of trials (weights are the trials).",
               _BINARY, "μ(1 - μ)", 0.0, False, 1.0, False, 0, _binomial),
        Family("poisson", "Poisson", "Counts whose variance equals their mean.",
               _COUNT, "μ", 0.0, False, None, False, 0, _poisson),
        Family("negative_binomial", "Negative binomial",
               "Counts that scatter more than Poisson; theta by maximum likelihood unless given.",
               _COUNT, "μ + μ²/θ", 0.0, False, None, False, 1, negative_binomial_likelihood),
        Family("gamma", "Gamma", "Positive amounts whose scatter grows with their mean.",
               ("inverse", "log", "identity"), "φμ²", 0.0, True, None, True, 1, _gamma),
        Family("inverse_gaussian", "Inverse Gaussian", "Positive amounts with a long right tail.",
               ("inverse_squared", "log", "inverse", "identity"),
               "φμ³", 0.0, True, None, True, 1, _inverse_gaussian),
        Family("tweedie", "Tweedie", "Amounts with many exact zeros, such as claims per policy.",
               ("log", "sqrt", "inverse", "identity"), "φμ^p", 0.0, False, None, True, 0, None),
        Family("quasi_poisson", "Quasi-Poisson",
               "Counts that scatter more or less than Poisson, by one estimated factor.",
               _COUNT, "φμ", 0.0, False, None, True, 0, None),
        Family("quasi_binomial", "Quasi-binomial",
               "Shares that scatter more or less than binomial, by one estimated factor.",
               _BINARY, "φμ(1 - μ)", 0.0, False, 1.0, True, 0, None),
    )
}  # fmt: skip
"""Every family by key. Default links are the canonical ones, as in R and statsmodels, but log for
the negative binomial and Tweedie."""

_OTHER_SPELLINGS = {
    "normal": "gaussian",
    "quasipoisson": "quasi_poisson",
    "quasibinomial": "quasi_binomial",
    "inversegaussian": "inverse_gaussian",
    "negativebinomial": "negative_binomial",
    "nb2": "negative_binomial",
}


def family_named(key: str) -> Family:
    """The family of that name; capitals, points, hyphens and spaces do not matter.

    Raises:
        UnknownNameError: No such family; the hint gives the nearest one.
    """
    word = key.strip().lower().replace(".", "_").replace("-", "_").replace(" ", "_")
    word = _OTHER_SPELLINGS.get(word.replace("_", ""), word)
    if word in FAMILIES:
        return FAMILIES[word]
    near = difflib.get_close_matches(word, FAMILIES, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(FAMILIES) + "."
    raise UnknownNameError(f"There is no family named {key!r}.", hint)


def link_named(key: str | None, family: Family) -> str:
    """The link of that name, or the family's default.

    Raises:
        UnknownNameError: No such link.
        NotApplicableError: A link that makes no sense for the family.
    """
    if key is None:
        return family.links[0]
    word = key.strip().lower().replace("-", "_")
    word = {"1/mu^2": "inverse_squared", "cauchy": "cauchit"}.get(word, word)
    if word not in LINKS:
        near = difflib.get_close_matches(word, LINKS, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(LINKS) + "."
        raise UnknownNameError(f"There is no link named {key!r}.", hint)
    if word not in family.links:
        raise NotApplicableError(
            f"The {word} link does not serve the {family.label} family.",
            "Take one of " + ", ".join(family.links) + ".",
        )
    return word


def statsmodels_family(family: Family, link: str, power: float | None, theta: float) -> Any:
    """The family object that statsmodels fits with; quasi-families share their parents'."""
    from statsmodels.genmod import families

    made = getattr(families.links, LINKS[link][1])()
    match family.key:
        case "gaussian":
            return families.Gaussian(made, check_link=False)
        case "binomial" | "quasi_binomial":
            return families.Binomial(made, check_link=False)
        case "poisson" | "quasi_poisson":
            return families.Poisson(made, check_link=False)
        case "negative_binomial":
            return families.NegativeBinomial(made, alpha=1 / theta, check_link=False)
        case "gamma":
            return families.Gamma(made, check_link=False)
        case "inverse_gaussian":
            return families.InverseGaussian(made, check_link=False)
        case _:
            return families.Tweedie(made, var_power=power, check_link=False)
