"""Statistics of whole-number counts: decisions, groups of people, paired decisions, classes."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from promoter.measure.statistics import confusion, fairness, intervals, multiclass
from promoter.measure.statistics.association import cramers_v
from promoter.measure.statistics.entropy import generalized_entropy, theil
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.fairness import Disparity
from promoter.measure.statistics.mcnemar import mcnemar
from promoter.measure.statistics.multiclass import ClassConfusion
from promoter.measure.statistics.scores import pass_rate
from promoter.measure.statistics.sufficient import Confusion, Discordance, GroupCounts
from tests.measure.statistics.coverage.simulation import Generator, Simulation, known

Counts = npt.NDArray[np.int64]
MANY = 10**9
CELLS = np.array([0.25, 0.1, 0.12, 0.53])
GROUPS = (np.array([0.25, 0.1, 0.12, 0.53]), np.array([0.15, 0.2, 0.15, 0.5]))
CLASSES = np.array([[0.2, 0.05, 0.05], [0.04, 0.25, 0.06], [0.05, 0.05, 0.25]])
TABLE = np.array([[0.2, 0.1, 0.1], [0.05, 0.25, 0.3]])


def cells(counts: Counts) -> Confusion:
    """Return a confusion of (tp, fp, fn, tn)."""
    tp, fp, fn, tn = counts.tolist()
    return Confusion(tp=tp, fp=fp, fn=fn, tn=tn)


def many(shares: npt.NDArray[np.float64]) -> Counts:
    """Return counts so large that their statistic is the truth."""
    return np.round(shares * MANY).astype(np.int64)


def of_cells(measure: Callable[[Confusion], Estimate]) -> Simulation:
    """Simulate a rate of 500 decisions."""
    return Simulation(
        lambda g: measure(cells(g.multinomial(500, CELLS))).interval, lambda: measure(cells(many(CELLS))).value
    )


def groups(draw: Callable[[int, npt.NDArray[np.float64]], Counts]) -> list[GroupCounts]:
    """Return two groups of 600 and 400 people."""
    counted = (draw(n, shares).tolist() for n, shares in zip((600, 400), GROUPS, strict=True))
    return [
        GroupCounts(group=(name,), tp=tp, fp=fp, fn=fn, tn=tn)
        for name, (tp, fp, fn, tn) in zip("ab", counted, strict=True)
    ]


def of_groups(measure: Callable[[list[GroupCounts]], Disparity]) -> Simulation:
    """Simulate a disparity between two groups."""
    return Simulation(
        lambda g: measure(groups(g.multinomial)).estimate.interval,
        lambda: measure(groups(lambda _, shares: many(shares))).estimate.value,
    )


def of_classes(measure: Callable[[ClassConfusion], Estimate]) -> Simulation:
    """Simulate a rate of 500 predicted classes."""

    def matrix(counts: Counts) -> ClassConfusion:
        return ClassConfusion(("a", "b", "c"), counts.reshape(3, 3))

    return Simulation(
        lambda g: measure(matrix(g.multinomial(500, CLASSES.ravel()))).interval,
        lambda: measure(matrix(many(CLASSES.ravel()))).value,
    )


P, Q, N, M = 0.3, 0.42, 300, 220


def proportions(generator: Generator) -> tuple[int, int, int, int]:
    """Return successes and rows of two proportions."""
    return int(generator.binomial(N, P)), N, int(generator.binomial(M, Q)), M


def discordance(generator: Generator) -> Discordance:
    """Return 250 paired decisions, 12 % and 7 % of which one model alone gets right."""
    candidate, champion, _ = generator.multinomial(250, [0.12, 0.07, 0.81]).tolist()
    return Discordance(n=250, champion_only=champion, candidate_only=candidate)


SIMULATIONS = {
    **{
        f"confusion.{f.__name__}": of_cells(f)
        for f in (
            confusion.accuracy,
            confusion.precision,
            confusion.recall,
            confusion.specificity,
            confusion.fpr,
            confusion.fnr,
            confusion.selection_rate,
            confusion.balanced_accuracy,
            confusion.f1,
            confusion.mcc,
        )
    },
    "entropy.generalized_entropy": of_cells(generalized_entropy),
    "entropy.theil": of_cells(theil),
    **{
        f"fairness.{f.__name__}": of_groups(f)
        for f in (
            fairness.selection_rate_ratio,
            fairness.selection_rate_difference,
            fairness.tpr_difference,
            fairness.fpr_difference,
            fairness.predictive_parity_difference,
            fairness.equalized_odds_difference,
        )
    },
    **{
        f"multiclass.{f.__name__}": of_classes(f)
        for f in (
            multiclass.accuracy,
            multiclass.macro_precision,
            multiclass.weighted_precision,
            multiclass.macro_recall,
            multiclass.weighted_recall,
            multiclass.balanced_accuracy,
            multiclass.macro_f1,
            multiclass.weighted_f1,
            multiclass.matthews_correlation,
            multiclass.cohen_kappa,
        )
    },
    "intervals.wilson": Simulation(lambda g: intervals.wilson(*proportions(g)[:2]), known(P)),
    "intervals.clopper_pearson": Simulation(lambda g: intervals.clopper_pearson(*proportions(g)[:2]), known(P)),
    "intervals.newcombe_difference": Simulation(lambda g: intervals.newcombe_difference(*proportions(g)), known(P - Q)),
    "intervals.mean_of_proportions": Simulation(
        lambda g: intervals.mean_of_proportions(*proportions(g)), known((P + Q) / 2.0)
    ),
    "intervals.katz_ratio": Simulation(lambda g: intervals.katz_ratio(*proportions(g)), known(P / Q)),
    "scores.pass_rate": Simulation(lambda g: pass_rate(g.random(400) < P).interval, known(P)),
    "mcnemar.mcnemar": Simulation(lambda g: mcnemar(discordance(g)).difference.interval, known(0.05)),
    "association.cramers_v": Simulation(
        lambda g: cramers_v(g.multinomial(600, TABLE.ravel()).reshape(2, 3)).interval,
        lambda: cramers_v(many(TABLE) // 1000).value,
    ),
}
