"""How a result is told: terminal, Markdown, one HTML file, notebook, charts.

Pure functions from a `Result` to text. Each teller is a module, imported when it is used:
`terminal` brings Rich, `report` brings Jinja2, the others bring nothing.
"""
