"""What we suspect: indicator rules, chains and routes, and the engine that runs them."""
