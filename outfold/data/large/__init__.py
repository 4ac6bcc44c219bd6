"""Tables larger than a share of memory: looked at where they lie, worked with as a sample."""
