"""Files in and out, on both databases."""
