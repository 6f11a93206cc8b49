"""DuckDB as the engine: counts over Parquet and CSV files on this machine."""
