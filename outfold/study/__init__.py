"""From what was chosen to what was measured: study, plan, run, results."""
