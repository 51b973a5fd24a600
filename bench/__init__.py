"""Benchmarks run by `./run bench NAME`: one JSON line a figure, ratios within one run."""
