"""A plan with ways to tell it, fresh or from its file."""

from dataclasses import dataclass
from pathlib import Path

from payoff.api.plotting import Gallery
from payoff.record.digits import ten_digits
from payoff.record.plans import plan_to_json
from payoff.rendering.languages import language as spoken
from payoff.rendering.plan_markdown import plan_to_markdown
from payoff.rendering.plan_report import plan_to_html
from payoff.rendering.plan_text import plan_to_text
from payoff.rendering.printing import to_pdf
from payoff.storage import write_texts
from payoff.verdicts.plans import Plan as PlanRecord


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A plan with ways to tell it; ``record`` holds the data alone."""

    record: PlanRecord

    def to_text(self, width: int = 80, *, language: str = "en") -> str:
        """Return it as plain text, in a language: ``en`` or ``de``."""
        return plan_to_text(self._told, width, spoken(language))

    def to_markdown(self, *, language: str = "en") -> str:
        """Return it in Markdown, in a language: the answer first, at most 60 kB."""
        return plan_to_markdown(self._told, spoken(language))

    def to_json(self) -> str:
        """Return it as JSON: sorted keys, ten significant digits."""
        return plan_to_json(self.record)

    def to_html(self, *, language: str = "en") -> str:
        """Return its report, in a language: one file, no request leaves it.

        Raises
        ------
        UnknownLanguage
            When payoff does not speak it.
        """
        return plan_to_html(self._told, spoken(language))

    def to_pdf(self, *, language: str = "en") -> bytes:
        """Return its report as PDF, in a language, printed by a Chromium, Chrome or Edge of this machine.

        Raises
        ------
        NoBrowser, NotPrinted
            When there is none, or it did not print.
        """
        return to_pdf(self.to_html(language=language))

    @property
    def plot(self) -> Gallery:
        """Return its charts, each under its own name: ``plan.plot.frontier("roc")``, ``plan.plot.accuracy()``."""
        return Gallery(self._told, of="plan")

    def save(self, folder: str | Path) -> tuple[Path, Path]:
        """Write ``plan.json`` and ``plan.html`` into ``folder`` and return their paths."""
        paths = Path(folder) / "plan.json", Path(folder) / "plan.html"
        write_texts({paths[0]: self.to_json(), paths[1]: self.to_html()})
        return paths

    @property
    def _told(self) -> PlanRecord:
        """Return the record as its file holds it, so that what is told now is told from the file too."""
        return ten_digits(self.record)

    def __str__(self) -> str:
        return self.to_text()
