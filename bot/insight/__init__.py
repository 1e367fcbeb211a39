"""Results: pure functions over rows."""
