"""Training of the embedded model: generated worlds, oracle responses, a small decoder."""
