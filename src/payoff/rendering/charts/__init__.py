"""One definition of each chart, as static SVG: for the report, the notebook, pages and export.

Charts are drawn 440 units wide, so that they are read without zooming on a phone and two stand side by
side on a desk. Colour never carries meaning alone: status has a sign, lines have dashes and labels. Styling
is by class; the attributes are a decent look without any style sheet.
"""
