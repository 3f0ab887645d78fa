"""A tracker's schema at two times: what changed, which option means what since, what was accepted."""
