"""PredictionBins: predicted quantities against what was seen, by bins of equal mass."""

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Counts, Number, Source
from promoter.measure.families.family import Results, TableFamily, cells_of, measurement, rows_of
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.requests_drawing import PredictionBins
from promoter.measure.statistics.binned_means import BinnedMean, binned_means
from promoter.measure.statistics.estimate import Estimate


def aggregates(request: PredictionBins) -> tuple[Aggregate, ...]:
    """Return the question of the quality of the same rows, so that both are answered by one scan."""
    return (_question(request),)


def derive(request: PredictionBins, results: Results) -> Measured:
    """Return mean prediction and mean label of each bin."""
    label, prediction = rows_of(cells_of(results, _question(request)))
    values: list[Measurement] = []
    for place, found in enumerate(binned_means(label, prediction, bins=request.bins), start=1):
        where = (("bin", str(place)),)
        values.append(measurement("mean_prediction", _prediction, found, n=found.label.n, slice_=where))
        values.append(measurement("mean_label", _label, found, n=found.label.n, slice_=where))
    return Measured(values=tuple(values))


def _question(request: PredictionBins) -> Counts:
    table = request.table
    predicted = table.prediction or table.score
    if table.label is None or predicted is None:
        raise Undecidable("a regression needs a label and a prediction column; name both in the evidence's columns")
    return Counts(Source(table.content, table.format), (Number(table.label), Number(predicted)))


def _prediction(found: BinnedMean) -> Estimate:
    return found.prediction


def _label(found: BinnedMean) -> Estimate:
    return found.label


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
