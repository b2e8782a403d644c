-- Queries over the nasty table, one a line.
select cast(flag as varchar) as flag, count(*) as n, count(x) as c, count(distinct "select") as d, min(x) as lo, max(n) as hi, avg(x) as mean from source group by 1 order by 1
select count(*) filter (where x > 1) as a, count(*) filter (x > 1) as b, sum("select") filter (where flag) as s from source
select coalesce(cast(flag as integer), 9) as f, coalesce("select", 99) as s, m, n, t from (select flag, "select", grouping(flag, "select", "te""xt") as m, count(*) as n, min("te""xt") as t from source group by grouping sets ((flag, "select"), (flag), ("te""xt"), ())) order by m, f, s, n, t
select "te""xt" as word, count(*) as n from source group by 1 order by word
select "te""xt" as word from source order by word desc, id limit 5
select min(cast(id as varchar)) as lo, max(cast(id as varchar)) as hi, min("te""xt") as t from source
select bit_or("select") as bits, bool_and(x > -100) as every, count(*) as n from source
with big as (select * from source where id > 2), few as (select id, x from big where x is not null) select count(*) as n, sum(x) as s from few
select 1 as a, 'b' as b union all select 2, 'c' union all select id, "te""xt" from source where id = 3 order by 1, 2
select * from (select id as i, x * 2 as y from (select id, x from source)) where y > 1 order by i
select count(*) as n from (select 1 from source limit 3)
select id from source where id > 100
select cast(sum("select") as double) as total, sum(x) as s, max(cast(day as varchar)) as last from source where id > 100
select row_number() over (partition by flag order by id) as k, id from source order by id
select count(*) as n, cast(max(row) as bigint) as top from (select row_number() over () as row from source)
select a.id as i, coalesce(b.n, 0) as n from source as a left join (select flag, count(*) as n from source group by flag) as b on a.flag = b.flag order by a.id
select a.id as i, b.id as j from (select id, flag from source where id < 4) as a join (select id, flag from source) as b on a.flag = b.flag and b.id < a.id order by a.id, b.id
