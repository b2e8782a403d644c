"""What PostgreSQL refuses to compute, written out: the remainder of doubles, and arithmetic that leaves the doubles.

Each is one expression of its operands :a and :b. A guard tells exactly, by scaling with powers of two, whether a
result would leave the doubles, and gives then what IEEE 754 says: infinity or zero.
"""

_UP, _DOWN = repr(2.0**512), repr(2.0**-512)
_TINY, _EDGE, _SLIVER, _HALF = repr(2.0**-537), repr(2.0**461), repr(2.0**-51), repr(2.0**1023)
# A double as mantissa (m) and exponent (e) of a power of two: the remainder of mantissas is exact.
_BITS = "cast(cast('x' || encode(float8send(abs({0})), 'hex') as bit(64)) as bigint)"
REMAINDER = f"""(SELECT CASE
  WHEN x IS NULL OR y IS NULL OR y = 0 THEN NULL
  WHEN x = 'NaN' OR y = 'NaN' OR abs(x) = 'Infinity' THEN cast('NaN' as double precision)
  WHEN abs(x) < abs(y) THEN x
  ELSE sign(x) * cast((SELECT mod(xm * power(2::numeric, xe - ye), ym) FROM (SELECT
      cast(case when xb >> 52 = 0 then xb else (xb & 4503599627370495) | 4503599627370496 end as numeric) as xm,
      cast(case when yb >> 52 = 0 then yb else (yb & 4503599627370495) | 4503599627370496 end as numeric) as ym,
      cast(greatest(xb >> 52, 1) as integer) as xe, cast(greatest(yb >> 52, 1) as integer) as ye
      FROM (SELECT {_BITS.format("x")} as xb, {_BITS.format("y")} as yb) as bits) as parts) as double precision)
    * power(2::double precision, greatest(({_BITS.format("y")}) >> 52, 1) - 1075) END
  FROM (SELECT cast(:a as double precision) as x, cast(:b as double precision) as y OFFSET 0) as pair)"""
# OFFSET 0 keeps the planner from writing an operand out wherever it is named.
_FINITE = "abs(x) < 'Infinity' AND abs(y) < 'Infinity'"
_INFINITE = "cast('Infinity' as double precision)"
_PAIR = "FROM (SELECT cast(:a as double precision) as x, cast(:b as double precision) as y OFFSET 0) as pair"
_LARGE, _SMALL = "greatest(abs(x), abs(y))", "least(abs(x), abs(y))"
PRODUCT = f"""(SELECT CASE
  WHEN x IS NULL OR y IS NULL THEN NULL
  WHEN {_FINITE} AND {_SMALL} > 1 AND {_LARGE} >= {_UP}
    AND {_LARGE} * {_DOWN} * {_DOWN} * {_SMALL} >= 1 THEN sign(x) * sign(y) * {_INFINITE}
  WHEN {_LARGE} < 1 AND {_SMALL} > 0 AND {_SMALL} < {_TINY}
    AND ({_SMALL} * {_UP} * {_UP}) * ({_LARGE} * {_UP}) <= {_EDGE} THEN 0
  ELSE x * y END {_PAIR})"""
QUOTIENT = f"""(SELECT CASE
  WHEN x IS NULL OR y IS NULL OR y = 0 THEN NULL
  WHEN {_FINITE} AND abs(y) < 1 AND abs(x) >= abs(y) * {_UP} * {_UP} THEN sign(x) * sign(y) * {_INFINITE}
  WHEN {_FINITE} AND x <> 0 AND abs(y) > 1 AND abs(x) < 1 AND abs(x) * {_UP} * {_UP} <= abs(y) * {_SLIVER} THEN 0
  ELSE x / y END {_PAIR})"""
SUM = f"""(SELECT CASE
  WHEN x IS NULL OR y IS NULL THEN NULL
  WHEN {_FINITE} AND {_SMALL} > 1e290 AND abs(x / 2 + y / 2) >= {_HALF} THEN sign(x) * {_INFINITE}
  ELSE x + y END {_PAIR})"""
_BEYOND = """CASE WHEN abs(y) < 1e-5 THEN false WHEN abs(y) <= 1e5 THEN y * ln(abs(x)) {0} {1}
  WHEN y > 0 THEN ln(abs(x)) {0} {1} / y ELSE {1} / y {0} ln(abs(x)) END"""
POWER = f"""(SELECT CASE
  WHEN x = 'NaN' OR y = 'NaN' THEN power(x, y)
  WHEN x < 0 AND abs(x) < 'Infinity' AND y <> floor(y) THEN cast('NaN' as double precision)
  WHEN x = 0 AND y < 0 THEN {_INFINITE}
  WHEN x <> 0 AND {_FINITE} AND {_BEYOND.format(">", "709.782712893384")}
    THEN case when x < 0 and mod(cast(y as numeric), 2) <> 0 then -1 else 1 end * {_INFINITE}
  WHEN x <> 0 AND {_FINITE} AND {_BEYOND.format("<", "(-745.1332191019412)")} THEN 0
  ELSE power(x, y) END {_PAIR})"""
EXPONENTIAL = """(SELECT CASE WHEN x = 'NaN' OR abs(x) = 'Infinity' THEN exp(x)
  WHEN x > 709.782712893384 THEN cast('Infinity' as double precision) WHEN x < -745.1332191019412 THEN 0
  ELSE exp(x) END FROM (SELECT cast(:a as double precision) as x OFFSET 0) as one)"""
