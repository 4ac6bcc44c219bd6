"""Explaining as a step of a plan: what a split's model says of rows that it has not seen."""
