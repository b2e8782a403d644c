"""How often a gain is falsely cleared, how often its interval holds, and how often a real gain is seen.

``populations`` says what the rows are, ``tables`` draws tables of them, ``judged`` lets payoff's own functions
judge the draws, ``tallies`` counts and keeps the figures, ``promises`` holds them to their limits and ``page``
tells them. ``python -m studies.coverage --help``.
"""
