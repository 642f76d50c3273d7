"""Rules over time: what a run of matches means, and what their absence does. Pure."""
