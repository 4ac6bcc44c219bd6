"""What stored out-of-fold predictions and fitted GLMs say: comparison, curves, deviance, price."""
