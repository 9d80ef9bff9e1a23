# Makes vectors.json, which RankQualityTest, WordsTest and SampleTest are held to:
#   python3 vectors.py > vectors.json
# None of the measures is written here. nDCG, recall and reciprocal rank are scikit-learn's (Debian's
# python3-sklearn), quantiles and bootstrap NumPy's and SciPy's, token F1 from scikit-learn's counts, and ROUGE-L
# is the ratio of python3-levenshtein, which is 2 * LCS / (n + m), over words coded as characters.
import json
import random

import Levenshtein
import numpy
import scipy.stats
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score, recall_score

random.seed(7)


def rankings():
    for _ in range(60):
        found = random.randint(1, 12)
        gains = [random.choice([0, 0, 1, 2, 3]) for _ in range(found)]
        missed = [random.randint(1, 3) for _ in range(random.randint(0, 3))]
        if not any(gains) and not missed:
            missed = [1]
        k = random.randint(1, found)
        # What was missed stands behind all that was found, beyond k.
        true = gains + missed
        scores = list(range(len(true), 0, -1))
        if len(true) == 1:
            true, scores = true + [0], scores + [0]
        wanted = [1 if grade else 0 for grade in true]
        top = [1 if i < k else 0 for i in range(len(true))]
        first = [0] * len(true)
        if any(gains):
            first[next(i for i, gain in enumerate(gains) if gain)] = 1
        yield {
            "gains": gains,
            "missed": missed,
            "k": k,
            "ndcg": float(ndcg_score([true], [scores], k=k)),
            "recall": float(recall_score(wanted, top)),
            "mrr": float(label_ranking_average_precision_score([first], [scores])) if any(gains) else 0.0,
        }


def texts():
    words = "the model lock pins commit sha256 of every file a deploy rolls back exit code 8 gate".split()
    for _ in range(60):
        expected = [random.choice(words) for _ in range(random.randint(1, 20))]
        given = [w for w in expected if random.random() < 0.6]
        given += [random.choice(words) for _ in range(random.randint(0, 12))]
        if random.random() < 0.5:
            random.shuffle(given)
        given = given or ["nothing"]
        counts = CountVectorizer(token_pattern=r"[a-z0-9]+").fit_transform([" ".join(expected), " ".join(given)])
        common = counts.toarray().min(axis=0).sum()
        code = {word: chr(0x4E00 + i) for i, word in enumerate(sorted(set(expected + given)))}
        yield {
            "expected": " ".join(expected).capitalize() + ".",
            "given": ", ".join(given).upper(),
            "overlap": float(2 * common / (len(expected) + len(given))),
            "rouge_l": float(Levenshtein.ratio("".join(map(code.get, expected)), "".join(map(code.get, given)))),
        }


def samples():
    for size in [2, 3, 5, 20, 50]:
        values = numpy.round(numpy.random.default_rng(size).random(size), 4)
        drawn = scipy.stats.bootstrap((values,), numpy.mean, n_resamples=50000, method="percentile", random_state=1)
        yield {
            "values": values.tolist(),
            "mean": float(values.mean()),
            "p50": float(numpy.percentile(values, 50)),
            "p95": float(numpy.percentile(values, 95)),
            "p99": float(numpy.percentile(values, 99)),
            "interval": [float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)],
        }


print(json.dumps({
    "origin": "vectors.py with scikit-learn %s, NumPy %s, SciPy %s, Levenshtein 0.12.2" % (
        sklearn.__version__, numpy.__version__, scipy.__version__),
    "rankings": list(rankings()),
    "texts": list(texts()),
    "samples": list(samples()),
}, indent=0))
