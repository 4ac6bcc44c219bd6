"""Tuning: parameter values chosen inside each training fold, never by the rows held out."""
