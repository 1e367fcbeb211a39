"""The demonstration: a community of simulated residents, a real campaign, days that pass in seconds."""
