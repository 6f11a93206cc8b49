"""The doorways to what computes over tables: DuckDB."""
