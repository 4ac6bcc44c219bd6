"""How columns relate: association, relevance, redundancy."""
