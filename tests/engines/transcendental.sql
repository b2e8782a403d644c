-- Expressions that libraries of mathematics compute, each a little differently in the last digits.
ln(case when x > 0 then x end)
exp(case when x < 700 then x end)
power(abs(x), 0.5e0)
power(x, 2)
power(x, 3e0)
sqrt(abs(x))
power(0.0e0, x)
