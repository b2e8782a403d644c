"""The commands. Results go to stdout, progress and remarks to stderr; ``--json`` keeps stdout pure."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

import payoff
from payoff.cli.places import keep_apart, keep_charts_apart
from payoff.cli.reporting import Form, target, told_again, write_charts, write_form
from payoff.cli.telling import (
    assumed,
    erase,
    progress,
    say,
    say_checks,
    say_explained,
    tell,
    tell_plan,
    width,
)
from payoff.rendering.literal import one_line

app = typer.Typer(
    name="payoff",
    help="Is acting on a model worth more than what is done otherwise, by enough to matter, and how sure are we?\n\n"
    "Start with `payoff demo`, then `payoff init DATA` for your own data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Spec = Annotated[Path, typer.Argument(help="the specification: YAML, TOML or JSON", show_default=False)]
Data = Annotated[
    # Text, not a path: a path would lose one slash of postgresql://.
    str | None,
    typer.Option("--data", "-d", help="the rows, in place of data.path of the spec: a file, or an address"),
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="folder for result.json and report.html")]
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON on stdout, nothing else")]
Assume = Annotated[
    list[str] | None, typer.Option("--assume", "-a", help="NAME=VALUE: try another likely value; recorded")
]
Model = Annotated[
    str | None, typer.Option("--model", "-m", help="judge this challenger in place of the model; recorded")
]


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="print the version and leave")] = False,
) -> None:
    """Judge models by what their decisions are worth."""
    if version:
        print(payoff.__version__)
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="folder for the files")] = Path("payoff-demo"),
) -> None:
    """Run the whole thing on real data that ships with payoff, in under a minute.

    13,752 calls of a Portuguese bank (UCI Bank Marketing); the money is illustrative and says so.
    """
    folder = payoff.demo_folder()
    result = payoff.evaluate(None, folder / "bank.yaml", progress=progress())
    tell(result, out, as_json=False)


@app.command()
def init(
    data: Annotated[
        str, typer.Argument(help="a Parquet, CSV or JSON lines file, or an address", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="the spec to write; never overwritten")] = Path(
        "payoff.yaml"
    ),
) -> None:
    """Look at DATA and write a commented spec to complete: what one row is, what actions are worth, the hurdle."""
    payoff.write_new(out, payoff.init(data))
    say(f"wrote {out}: complete it, then run: payoff check {out}")


@app.command()
def check(
    spec: Spec,
    data: Data = None,
    as_json: Json = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="walk through what a row is worth, in words, on one row per outcome"),
    ] = False,
) -> None:
    """Lint SPEC, and check the rows where there are any, without evaluating. Exit 2 if there is an error."""
    found = payoff.check(spec, data)
    if explain:
        say_explained(found, payoff.explain(spec, data), as_json=as_json)
    else:
        say_checks(found, as_json=as_json)
    if any(one.severity == "error" for one in found):
        raise typer.Exit(2)


@app.command()
def evaluate(
    spec: Spec,
    data: Data = None,
    out: Out = None,
    as_json: Json = False,
    assume: Assume = None,
    model: Model = None,
    tables: Annotated[
        list[Path] | None,
        typer.Option("--tables", "-t", help="saved tables in place of rows; several are added up"),
    ] = None,
) -> None:
    """Evaluate SPEC: value, gain over every baseline, every metric with its interval, the verdict.

    Exits 0 with a sound result, whatever the verdict, and 2 when the rows have errors (see `payoff gate`).
    """
    result = payoff.evaluate(
        data, spec, assume=assumed(assume), model=model, progress=progress(), tables=tables or ()
    )
    tell(result, out, as_json=as_json)
    if result.record.partial:
        raise typer.Exit(2)


@app.command()
def tabulate(
    spec: Spec,
    data: Data = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="the file of tables")] = Path("tables.payoff"),
    choices: Annotated[
        Path | None, typer.Option(help="tables whose thresholds and other choices stand here too")
    ] = None,
) -> None:
    """Count everything that SPEC asks of the rows and save the tables, to be added and judged later.

    Tables of yesterday and of today add up where they rest on the same choices: count today's with --choices and
    yesterday's file, then: payoff evaluate SPEC --tables YESTERDAY --tables TODAY.
    """
    rows = None if data is None else Path(data)
    keep_apart({"SPEC": spec, "--data": rows, "--choices": choices}, {"--out": out})
    found = payoff.tabulate(data, spec, out, choices=choices, progress=progress())
    say_checks(found, as_json=False)
    say(f"wrote {out}", file=sys.stderr)


@app.command()
def slices(
    spec: Spec,
    columns: Annotated[
        str, typer.Option("--columns", "-c", help="columns to slice by, such as region,age,job")
    ],
    data: Data = None,
    depth: Annotated[int, typer.Option(help="how many columns a slice may name: 1 or 2")] = 2,
    bins: Annotated[int, typer.Option(help="bins of about equal size that numbers are cut into")] = 5,
    as_json: Json = False,
) -> None:
    """Search the slices of columns, and of pairs of them, for those that lose the most money over today.

    The intervals hold for all slices judged at once. Exits 0 whatever is found.
    """
    named = [one.strip() for one in columns.split(",") if one.strip()]
    found = payoff.slices(data, spec, named, depth=depth, bins=bins, progress=progress())
    erase()
    sys.stdout.write(found.to_json() if as_json else found.to_text())


@app.command()
def gate(
    subject: Annotated[Path, typer.Argument(help="a spec, or a result.json", show_default=False)],
    data: Data = None,
    require: Annotated[
        str | None, typer.Option(help="this hurdle and those before it must be cleared")
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="the stored result of the release")] = None,
    first: Annotated[bool, typer.Option("--first", help="there is no reference yet; recorded")] = False,
    junit: Annotated[Path | None, typer.Option(help="write JUnit XML here")] = None,
    markdown: Annotated[Path | None, typer.Option(help="write a Markdown summary here")] = None,
    looks: Annotated[
        str | None,
        typer.Option(
            help="how often these rows are judged in all; any-time, or any-time:ROWS planned, if unknown"
        ),
    ] = None,
    out: Out = None,
) -> None:
    """Judge SPEC or RESULT: exit 0 ship, 1 reject, 3 hold, 2 could not judge. Annotations on stdout."""
    keep_apart({"SUBJECT": subject, "--reference": reference}, {"--junit": junit, "--markdown": markdown})
    keep_apart({"--reference": reference}, {"--out": None if out is None else out / "result.json"})
    held = payoff.reference(reference, first=first)
    result = (
        payoff.read_result(subject)
        if payoff.is_result(subject)
        else payoff.evaluate(data, subject, progress=progress(), looks=looks)
    )
    if out is not None:
        (result if held is None else result.since(held)).save(out)
    judged = payoff.gate(result, require=require, reference=held, first=first, looks=looks)
    erase()
    if junit is not None:
        payoff.write_text(junit, payoff.junit(judged))
    if markdown is not None:
        told = payoff.Result(judged.result, None if held is None else held.record)
        payoff.write_text(markdown, told.to_markdown())
    sys.stdout.write(payoff.annotations(judged))
    say(f"{judged.overall}: {one_line(judged.result.verdict.sentence)}")
    raise typer.Exit(judged.exit_code)


@app.command()
def metrics(spec: Spec, data: Data = None, as_json: Json = False) -> None:
    """Say which metrics suit the decision of SPEC, which mislead, what a point is worth, what choosing by each costs.

    Without rows it says what the spec alone can tell.
    """
    found = payoff.metrics(spec, data, progress=progress())
    erase()
    sys.stdout.write(found.to_json() if as_json else found.to_text(width()))


@app.command()
def plan(
    spec: Spec,
    data: Data = None,
    result: Annotated[
        Path | None, typer.Option(help="a result.json: how far it is from the next hurdle")
    ] = None,
    prevalence: Annotated[float | None, typer.Option(help="share of positive outcomes, such as 0.05")] = None,
    volume: Annotated[str | None, typer.Option(help='decisions, such as "45000 per year"')] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            "--assume",
            "-a",
            help="NAME=VALUE: another likely value; without rows also a column's typical one",
        ),
    ] = None,
    point_costs: Annotated[
        str | None, typer.Option(help='what one more point of AUC costs, such as "20000 per year"')
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="folder for plan.json and plan.html")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a model must reach to clear the hurdles of SPEC, before there is a model, a policy or a prediction.

    Exits 0 when a plan was made, whatever it says, and 2 when a number is lacking.
    """
    found = payoff.plan(
        spec,
        data,
        result=result,
        prevalence=prevalence,
        volume=volume,
        assume=assumed(assume),
        point_costs=point_costs,
        progress=progress(),
    )
    tell_plan(found, out, as_json=as_json)


@app.command()
def report(
    result: Annotated[Path, typer.Argument(help="a result.json, or a plan.json", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="the file; by default report.html, plan.html and so on"),
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--as",
            help="the page (default), a summary in Markdown or plain text; of a result a model card, the estimates",
        ),
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="the stored result of the release: what changed since is told")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(help="print the page into this file, by a browser of this machine")
    ] = None,
    charts: Annotated[Path | None, typer.Option(help="write every chart into this folder, as SVG")] = None,
    png: Annotated[bool, typer.Option("--png", help="with --charts, as PNG too")] = False,
    language: Annotated[
        str, typer.Option(help="en, or de for German; estimates.csv is the same in all")
    ] = "en",
) -> None:
    """Render RESULT again, or a plan, as its report or in another form or language; no data are needed.

    With --pdf or --charts the page or another form is written only where --as or --out ask for it.
    """
    page = form is not None or out is not None or (pdf is None and charts is None)
    told = told_again(result, form, reference)
    written_to = {"--out": target(told, form, out) if page else None, "--pdf": pdf}
    keep_apart({"RESULT": result, "--reference": reference}, written_to)
    keep_charts_apart(charts, {"RESULT": result, "--reference": reference, **written_to})
    written = []
    if pdf is not None:
        payoff.write_bytes(pdf, told.to_pdf(language=language))
        written.append(pdf)
    written += write_charts(told, charts, language, png=png)
    if page:
        written.append(write_form(told, form or Form.html, out, language))
    for path in written:
        say(f"wrote {path}")


@app.command()
def decide(
    spec: Spec,
    data: Data = None,
    result: Annotated[Path | None, typer.Option(help="the result that chose the threshold")] = None,
) -> None:
    """Write id, score and action of every row by the deployed policy of SPEC, as CSV on stdout."""
    chosen = None if result is None else payoff.read_result(result)
    decided = list(
        payoff.decide(spec, data, chosen)
    )  # all or nothing: no row is printed before every row is decided
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["id", "score", "action"])
    for who, score, action in decided:
        writer.writerow([payoff.cell(who), "" if score is None else repr(score), payoff.cell(action)])
