"""Updates, on both databases: what is told, to whom, once, and what is withheld."""
