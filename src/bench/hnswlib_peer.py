"""hnswlib beside our own index: python3 hnswlib_peer.py FOLDER DIMENSIONS REACH.

Builds an index of FOLDER/base.f32, finds the least ef whose recall@10 of FOLDER/queries.f32 against FOLDER/truth.i32 reaches REACH,
says `ready EF RECALL SECONDS`, and then answers each line on its input by one pass over the queries: `QUERIES-PER-SECOND`.
"""

import sys
import time

import hnswlib
import numpy

folder, dimensions, reach = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
base = numpy.fromfile(f"{folder}/base.f32", dtype="<f4").reshape(-1, dimensions)
queries = numpy.fromfile(f"{folder}/queries.f32", dtype="<f4").reshape(-1, dimensions)
truth = numpy.fromfile(f"{folder}/truth.i32", dtype="<i4").reshape(-1, 10)

began = time.monotonic()
index = hnswlib.Index(space="ip", dim=dimensions)
index.init_index(max_elements=len(base), M=16, ef_construction=200, random_seed=1)
index.add_items(base)
built = time.monotonic() - began
index.set_num_threads(1)


def recall(ef):
    index.set_ef(ef)
    found, _ = index.knn_query(queries, k=10)
    return sum(len(set(f) & set(t)) for f, t in zip(found.tolist(), truth.tolist())) / truth.size


for ef in list(range(10, 100, 5)) + list(range(100, 2001, 50)):
    reached = recall(ef)
    if reached >= reach:
        break
print("ready", ef, reached, built, flush=True)

for _ in sys.stdin:
    began = time.perf_counter()
    for query in queries:  # one at a time, as questions come
        index.knn_query(query, k=10)
    print(len(queries) / (time.perf_counter() - began), flush=True)
