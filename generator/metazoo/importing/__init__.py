"""What others know of models, brought into an index: registries, tables of results and of benchmarks."""
