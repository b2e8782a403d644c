"""One definition of each chart: for the report, the notebook, pages and files.

A chart is data (``marks``): what is drawn where, in numbers, with a title, a message and the numbers behind it.
``gallery`` lists every kind by its word; ``drawing`` turns a chart and a ``style`` into SVG, for a page or alone.
Charts are 400 units wide unless asked otherwise, so that they are read without zooming on a phone and two stand side
by side on a desk. Colour never carries meaning alone: status has a sign, lines have dashes, tones have shapes.
"""
