"""Metrics: one family a file, each file listing its own in ``METRICS``; found by walking."""
