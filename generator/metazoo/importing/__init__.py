"""What others publish about models, brought into an index: registries, tables of results and of benchmarks."""
