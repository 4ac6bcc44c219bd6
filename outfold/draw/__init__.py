"""Charts: one a file, a result in, a plotly Figure out. The only user of plotly."""
