"""The whole product on one machine: API server, sandbox AWS and operator, what happens on them, and how fast."""
