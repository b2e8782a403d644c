-- Expressions over the nasty table, one a line: the same on every engine, to the last bit.
n
"select"
"Order"
"te""xt"
cast(day as varchar)
flag is true
flag is false
flag is null
n is not null
"Order" + x
"Order" - x
"Order" * x
-x
"Order" * 0.1e0
x * 3
n % 7
n // 7
n // (-1000)
n % (-1000)
"select" / 2
"select" / nullif("select", 0)
n / 3
x / nullif(x, 0)
cast("select" as double) % 2
x % 0.3e0
cast(n as double) % 0.7e0
1e300 % nullif(x, 0)
abs(x)
abs(n // 2)
floor(x)
floor("Order")
ceil(x)
sign(x)
sqrt(case when x >= 0 then x end)
greatest("Order", x)
least("Order", x)
greatest(n, 5)
coalesce(x, "Order", 0)
coalesce(n, -1)
nullif(x, 2)
case when x > 1 then 1 when x < 0 then -1 else 0 end
case when flag then x end
"Order" > 1
"Order" >= x
"Order" = x
"Order" <> x
isnan("Order")
isnan(x)
"Order" between -1 and 2
n in (0, 1, 7)
not (x > 1)
flag and x > 1
flag or x > 1
not flag
coalesce(abs("Order") <= 1.7976931348623157e308, false)
"te""xt" = 'it''s'
"te""xt" in ('a', 'ü')
"te""xt" like '%a%'
"te""xt" like 'a\b'
"te""xt" like '50\%'
"te""xt" like '_'
"te""xt" > 'Z'
"te""xt" < 'a'
lower("te""xt") = 'z'
upper("te""xt") = 'A'
trim("te""xt")
length("te""xt")
substr("te""xt", 2, 1)
substr("te""xt", 2)
strpos("te""xt", 'a')
"te""xt" || '\x''y'
concat_ws('|', "te""xt", cast(n as varchar), cast(null as varchar))
md5("te""xt")
md5(cast(n as varchar))
concat_ws(chr(31), coalesce("te""xt", chr(30)))
md5(concat_ws(chr(31), "te""xt", cast(day as varchar)))
regexp_matches("te""xt", '^[a-z]+$')
regexp_matches("te""xt", '\d')
regexp_matches(cast(n as varchar), '3')
cast(n as varchar)
cast("select" as bigint)
cast(floor(x) as bigint)
cast(flag as varchar)
cast(x > 1 as integer)
cast(x > 1 as bigint)
cast(x > 1 as double)
cast(flag as integer)
cast('2024-02-29' as date) = day
day > date '1970-01-01'
extract(year from day)
extract(month from day)
extract(day from day)
cast(cast(date_trunc('month', day) as date) as varchar)
cast(cast(date_trunc('week', day) as date) as varchar)
cast(cast(date_trunc('day', stamp) as date) as varchar)
date_diff('day', date '1970-01-01', day)
epoch_us(stamp)
epoch_us(moment)
cast(cast(stamp as date) as varchar)
cast(cast(timezone('Europe/Berlin', moment) as date) as varchar)
epoch_us(timezone('Europe/Berlin', moment))
row_number() over (order by id desc)
dense_rank() over (order by "te""xt")
dense_rank() over (order by "Order")
count(*) over ()
row_number() over (order by "te""xt", id)
row_number() over (order by "Order" desc, id)
sum(id) over ()
cast(cast(floor(x) as hugeint) * 1000000007 as bigint)
n = 9223372036854775807
0.1e0 + 0.2e0
1.5
true
'text'
cast(null as varchar)
cast(1 as hugeint) = 1
cast(cast(1 as decimal(38, 0)) as bigint)
"Order" = cast('Infinity' as double)
((id % 2147483647) * 1103515245 + 748292019) % 2147483647 * 20 // 2147483647
cast(cast('007' as bigint) as varchar)
case when n > 5 then 'b' else 'a' end
max(x) over ()
n >> 5
n & 31
(n & 255) | 1024
cast(1 as bigint) << cast(n & 31 as integer)
((n >> 1) & 1431655765) * 2 >> 1
1 + 2 & 3 * 4
