"""A query says only what every engine can be held to; the rest is refused by name, never approximated."""

import pytest
import sqlglot

from conftest import ENGINES
from payoff.engines import Engine
from payoff.engines.dialects import translate
from payoff.engines.dialects.postgres import GUARDED, POSTGRES
from payoff.engines.dialects.spark import SPARK
from payoff.errors.engine import UntranslatableQuery

REFUSED = {
    "quantile_cont(x, 0.5)": "percentilecont",
    "percentile_cont(0.5) within group (order by x)": "withingroup",
    "median(x)": "median",
    "approx_count_distinct(x)": "approxdistinct",
    "stddev_samp(x)": "stddevsamp",
    "round(x)": "round",
    "random()": "rand",
    "hash(x)": "function hash",
    "now()": "now",
    "current_date": "currentdate",
    "x ilike 'a'": "ilike",
    "x similar to 'a'": "similarto",
    "try_cast(x as bigint)": "trycast",
    "cast(x as time)": "datatype",
    "cast(x as float)": "datatype",
    "x[1]": "bracket",
    "list(x)": "arrayagg",
    "substr(x, 0, 2)": "substring",
    "substr(x, -2)": "substring",
    "extract(dow from x)": "extract",
    "date_trunc('month', x)": "timestamptrunc",
    "cast(date_trunc('quarter', x) as date)": "timestamptrunc",
    "date_diff('month', x, y)": "datediff",
    "read_text('/etc/passwd')": "function read_text",
    "getenv('HOME')": "function getenv",
    "(select max(x) from source) over (rows between 1 preceding and current row)": "",
    "sum(x) over (order by y rows between 1 preceding and current row)": "window",
    "count(distinct x, y)": "",
}
WHOLE = [
    "select distinct x from source",
    "select x from source join other using (x)",
    "select x from source, other",
    "select x from source cross join other",
    "select x from source right join other on source.x = other.y",
    "select x from source full join other on source.x = other.y",
    "select x from source semi join other on source.x = other.y",
    "select x from source having count(*) > 1",
    "select x from source qualify row_number() over () = 1",
    "select x from source group by all",
    "select x from source group by cube (x)",
    "select x from source limit 5 offset 2",
    "select x from source union select x from source",
    "select x from source except select x from source",
    "select x from 'file.csv'",
    "select x from read_csv('file.csv')",
    "select x from main.source",
    "select x from source tablesample 10%",
    "select * exclude (x) from source",
    "with recursive a as (select 1 as x union all select x + 1 from a) select x from a",
    "values (1)",
    "select 1; select 2",
    "insert into source select 1",
    "create table t as select 1",
    "drop table source",
    "set x = 1",
    "copy source to 'file'",
    "select (",
    "",
]
DIALECTS = [POSTGRES, GUARDED, SPARK]


@pytest.mark.parametrize("dialect", DIALECTS, ids=["postgres", "guarded", "spark"])
@pytest.mark.parametrize("text", REFUSED)
def test_a_word_that_is_not_on_the_list_is_refused_by_name(text: str, dialect: object) -> None:
    with pytest.raises(UntranslatableQuery) as caught:
        translate(f"select {text} as v from source", dialect)  # type: ignore[arg-type]
    assert caught.value.code == "PAY411"
    assert REFUSED[text] in caught.value.found


@pytest.mark.parametrize("query", WHOLE)
def test_a_query_of_another_shape_is_refused(query: str) -> None:
    with pytest.raises(UntranslatableQuery):
        translate(query, SPARK)


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_an_engine_refuses_before_it_asks_the_server(engine: Engine) -> None:
    with pytest.raises(UntranslatableQuery):
        engine.columns("select median(x) as m from source")
    with pytest.raises(UntranslatableQuery):
        engine.define("prepared", "select median(x) as m from source")


def test_a_translation_is_kept_and_written_for_the_engine() -> None:
    query = "select x / 2 as half, sum(n) as total from source group by x"
    assert translate(query, SPARK) is translate(query, SPARK)
    text = translate(query, POSTGRES)
    assert sqlglot.parse_one(text, read="postgres").sql("postgres") == text.replace('"x"', '"x"')
    assert "DOUBLE PRECISION" in text


def test_whole_division_of_doubles_is_refused_for_it_has_no_one_meaning() -> None:
    for dialect in (POSTGRES, SPARK):
        with pytest.raises(UntranslatableQuery, match="whole division"):
            translate("select cast(x as double) // 2 as v from source", dialect)


def test_a_name_that_postgresql_would_cut_is_refused() -> None:
    name = "n" * 64
    with pytest.raises(UntranslatableQuery, match="64 bytes"):
        translate(f"select x as {name} from source", POSTGRES)
    assert name in translate(f"select x as {name} from source", SPARK)
