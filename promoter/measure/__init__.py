"""Evidence to numbers: requests, measurements and the statistics behind them; no threshold in sight."""
