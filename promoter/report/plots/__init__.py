"""Plots of the full report: what was measured for drawing, as Vega-Lite charts, as SVG."""
