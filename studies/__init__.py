"""Simulations that show how often payoff's intervals keep their promise."""
