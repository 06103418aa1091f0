"""Exact binomial bounds, and from which size on a count is shown."""

from __future__ import annotations

SMALLEST_CELL = 5  # a smaller one could single somebody out


def suppress_small(count: int) -> str:
    """A count as shown: one of a cell below `SMALLEST_CELL` is hidden."""
    return f"<{SMALLEST_CELL}" if 0 < count < SMALLEST_CELL else str(count)


def clopper_pearson_upper(errors: int, n: int, *, delta: float) -> float:
    """Upper bound of a binomial share, one-sided, wrong with probability at most `delta`.

    `errors` of `n` independent trials. Clopper and Pearson, Biometrika 26 (1934); exact, so it
    holds at every n. `n = 0` bounds nothing and gives 1.0.
    """
    _check(errors, n, delta)
    if errors >= n:
        return 1.0
    from scipy.stats import beta

    return float(beta.ppf(1 - delta, errors + 1, n - errors))


def clopper_pearson_lower(successes: int, n: int, *, delta: float) -> float:
    """Lower bound of a binomial share, one-sided, wrong with probability at most `delta`."""
    _check(successes, n, delta)
    if successes == 0:
        return 0.0
    from scipy.stats import beta

    return float(beta.ppf(delta, successes, n - successes + 1))


def interval(successes: int, n: int, *, delta: float) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval with total error `delta`; (0, 1) for no trials."""
    return (
        clopper_pearson_lower(successes, n, delta=delta / 2),
        clopper_pearson_upper(successes, n, delta=delta / 2),
    )


def sidak_error(family_error: float, families: int) -> float:
    """The error each of so many independent bounds may have for all to hold but `family_error`.

    Sidak, Journal of the American Statistical Association 62 (1967): 1 - (1 - e)^(1/m).
    """
    if families < 1:
        msg = "an error is split over at least one bound"
        raise ValueError(msg)
    _check(0, 0, family_error)
    return float(1 - (1 - family_error) ** (1 / families))


def binomial_tail_p(errors: int, n: int, *, alpha: float) -> float:
    """P(X <= errors) for X ~ Binomial(n, alpha): the p-value of the null "error rate > alpha"."""
    _check(errors, n, alpha)
    from scipy.stats import binom

    return float(binom.cdf(errors, n, alpha)) if n else 1.0


def _check(count: int, n: int, share: float) -> None:
    if not 0 <= count <= n:
        msg = f"{count} of {n} is no share: need 0 <= count <= n"
        raise ValueError(msg)
    if not 0 < share < 1:
        msg = "a probability strictly between 0 and 1 is needed"
        raise ValueError(msg)
