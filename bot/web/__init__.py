"""HTTP: webhooks, the simulator's pages, health and metrics."""
