"""`prompt-edit batch`: a folder, a pattern or a table of pictures from a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

from .. import console
from ..chosen import chosen_models, device_of, say_models
from ..console import QuietOption, VerboseOption, note, say, warn
from ..errors import InstructionError, ModelError
from ..intent.models.llm import LlmParser, is_unanswered, read_instead, unanswered
from ..intent.providers import GRAMMAR, make_parser
from ..models.store import llm_folders
from ..options import (
    CheckOption,
    DeviceOption,
    GuidanceOption,
    LlmOption,
    LoraOption,
    ModelOption,
    ModelsOption,
    OffloadOption,
    RetriesOption,
    SeedOption,
    StepsOption,
    StrengthOption,
    ThresholdOption,
    weighed_loras,
)
from ..plan import EditPlan
from .jobs import Job, Record, Shard, part_of, plan_jobs
from .parquet import arrow
from .places import Place, place_of
from .records import Known, Records
from .scan import require_apart
from .table import Row, read_rows

if TYPE_CHECKING:  # torch takes seconds to import, and a folder that is not there tells sooner
    from .run import Tell
    from .stage import Settings, Task

EXAMPLES = """Examples:

\b
  prompt-edit batch photos "make the hat red" --out edited
  prompt-edit batch "photos/**/*.jpg" "make the hat {colour}" --colours red,blue,green --out edited
  prompt-edit batch catalogue.csv --out edited --check --parquet
  prompt-edit batch catalogue.csv --out edited --shard 2/8
"""

SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="IN", show_default=False,
        help="A folder, a pattern, or a table (CSV, JSONL, Parquet) with a column picture and, if"
        " you like, instruction, seed, output; further ones go along. Each may have an address,"
        " such as s3://bucket/photos.",
    ),
]  # fmt: skip
AllInstruction = Annotated[
    str | None,
    typer.Argument(metavar="INSTRUCTION", show_default=False,
                   help="What to change in every picture that has no instruction of its own."),
]  # fmt: skip
OutFolder = Annotated[
    str,
    typer.Option("--out", "-o", metavar="DIR", show_default=False,
                 help="The folder for the pictures and results.jsonl, or an address such as"
                 " s3://bucket/edited."),
]  # fmt: skip
ColoursOption = Annotated[
    str | None,
    typer.Option("--colours", "--colors", metavar="RED,BLUE",
                 help="Do every row in each of these colours, in place of {colour} in the"
                 " instruction or of the one that it names."),
]  # fmt: skip
LimitOption = Annotated[
    int | None, typer.Option(min=1, help="Do the first rows only, to see how it goes.")
]
ShardOption = Annotated[
    str | None,
    typer.Option(metavar="I/N", help="Do one part of several: for as many machines, one OUT."),
]
PlansOption = Annotated[
    bool, typer.Option("--dry-run", help="Show the plans and what is to be done; do nothing.")
]
RetryOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try those again that failed in an earlier run.")
]
ParquetOption = Annotated[
    bool, typer.Option("--parquet", help="Also write the table of results as Parquet.")
]
RayOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help='Work on a Ray cluster; "local" starts one here.'),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(min=1, show_default="one a GPU, or one a CPU core", help="Workers on Ray."),
]


def batch(
    source: SourceArgument,
    out: OutFolder,
    instruction: AllInstruction = None,
    colours: ColoursOption = None,
    limit: LimitOption = None,
    shard: ShardOption = None,
    dry_run: PlansOption = False,
    retry_failed: RetryOption = False,
    parquet: ParquetOption = False,
    ray: RayOption = None,
    workers: WorkersOption = None,
    llm: LlmOption = GRAMMAR,
    models_dir: ModelsOption = None,
    detector: ModelOption = None,
    segmenter: ModelOption = None,
    painter: ModelOption = None,
    lora: LoraOption = None,
    device: DeviceOption = None,
    offload: OffloadOption = False,
    threshold: ThresholdOption = None,
    steps: StepsOption = None,
    guidance: GuidanceOption = None,
    strength: StrengthOption = None,
    seed: SeedOption = 0,
    check: CheckOption = False,
    retries: RetriesOption = 0,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Edit many pictures.

    Each output appears whole or not at all. The same command goes on where it was stopped, and
    does again what has changed since. A row that fails is told in the table and left.
    """
    part = Shard.read(shard)
    if parquet:
        arrow("parquet")  # which says before the work that it is missing
    loras = weighed_loras(lora or ())
    rows = read_rows(source, instruction, _named(colours), out, note)
    plans, place = _Plans(llm, models_dir), place_of(out, wholly=ray is not None)
    mine = part_of(_planned(rows, plans, place, seed, source, out), part)
    wanted = mine[:limit]
    if dry_run:
        return _say_plans(wanted, plans)
    _say_losses(wanted)
    models = chosen_models(detector, segmenter, painter, models_dir)
    say_models(models, device_of(device))
    from .stage import Settings

    settings = Settings(models, tuple(loras), device, offload, steps, guidance, strength,
                        threshold, retries, check)  # fmt: skip
    with Records(place, part, {**settings.to_dict(), **plans.reader}) as records:
        settled = _settled(records, wanted, retry_failed)
        left = _claimed(records, [job for job in wanted if job.output not in settled])
        run = _runner(settings, place, part.name, ray, workers)
        _work(records, plans.tasks(left, ray is not None), len(left), len(wanted), run)
        lines, before = records.finish(mine, parquet), records.failed(settled)
    _say_done(lines, len(settled) - before, before, records.file)


def _planned(
    rows: Sequence[Row], plans: _Plans, place: Place, seed: int, source: str, out: str
) -> list[Job]:
    """The rows as jobs, none of whose outputs a later run takes for a picture."""
    cuts = plans.cuts([row.instruction for row in rows])
    jobs = plan_jobs(rows, place.at, seed, cuts)
    require_apart(source, out, (place.at(job.output) for job in jobs))
    return jobs


def _settled(records: Records, jobs: Sequence[Job], again: bool) -> set[str]:
    """The outputs of jobs that need not be done. What was copied or moved is read for that."""
    settled = set[str]()
    with console.bar(len(jobs), "comparison") as advance:
        for number, job in enumerate(jobs, start=1):
            if records.settled(job, again):
                settled.add(job.output)
            advance(number)
    return settled


def _claimed(records: Records, left: list[Job]) -> list[Job]:
    """The jobs that are to be done, which others know from now on."""
    if others := records.made_by_others(left):
        note(f"Done again, for the models or the version of Prompt Edit are not those of before:"
             f" {others} {'row' if others == 1 else 'rows'}.")  # fmt: skip
    records.claim(left)
    return left


def _named(colours: str | None) -> list[str]:
    named = [each.strip() for each in (colours or "").split(",") if each.strip()]
    if colours is not None and not named:
        raise typer.BadParameter("Name colours: --colours red,blue,green.")
    return list(dict.fromkeys(named))


_ASK_AGAIN = "Run it again with --retry-failed when the model answers, or without --llm."
_SILENT = 5  # questions one after the other, and sentences if there are as many
_REFUSED = "the model refused to answer"


class _Plans:
    """Each sentence is read once, when it is needed: a language model's answers cost. It is asked
    again where there was none, a few times."""

    def __init__(self, llm: str, models_dir: Path | None) -> None:
        self._parse = make_parser(llm, llm_folders(models_dir))
        self._read: dict[str, EditPlan | InstructionError] = {}
        self._in_vain = Counter[str]()  # questions, by sentence
        self._silent = Counter[str]()  # those of them since something was answered
        self._different = 1  # sentences

    @property
    def reader(self) -> dict[str, str]:
        """Who reads sentences, as far as the package's version does not tell it already."""
        if not isinstance(self._parse, LlmParser):
            return {}
        model = self._parse.language_model
        return {"parser": f"{model.name}:{model.model}"}

    def of(self, instruction: str) -> EditPlan | InstructionError:
        """The plan, or why there is none."""
        if instruction in self._read:
            return self._read[instruction]
        plan = self._ask(instruction)
        why = unanswered(plan)
        if why:
            self._in_vain[instruction] += 1
        if why and not why.startswith(_REFUSED):
            self._silent[instruction] += 1
        else:
            self._silent.clear()
        if not why or self._in_vain[instruction] == _SILENT:
            self._read[instruction] = plan
        return plan

    def _ask(self, instruction: str) -> EditPlan | InstructionError:
        try:
            plan = self._parse(instruction)
        except InstructionError as error:
            return error
        why = read_instead(plan)
        if why and not is_unanswered(plan):  # which fails the row, where it is told
            with tqdm.external_write_mode():
                warn(f'"{instruction}": {why}')
        return plan

    def cuts(self, instructions: Sequence[str]) -> list[bool]:
        """Whether each one's result may be transparent, as far as the grammar tells: so all
        machines give all rows the same names, and ask no language model about another's.

        Raises:
            InstructionError: not one can be read, and no language model is there to read it: then
                something else is wrong.
        """
        asks = isinstance(self._parse, LlmParser)
        offline = _Plans(GRAMMAR, None) if asks else self
        read = [offline.of(instruction) for instruction in instructions]
        failed = [plan for plan in read if isinstance(plan, InstructionError)]
        if len(failed) == len(read) and not asks:
            raise failed[0]
        return [plan.cuts if isinstance(plan, EditPlan) else asks for plan in read]

    def tasks(self, jobs: Sequence[Job], at_once: bool) -> Iterable[Task]:
        """The jobs with their plans, each read when it is asked for, or all at once.

        Raises `ModelError` where the language model answers none.
        """
        self._different = len({job.instruction for job in jobs})
        if not at_once:
            return map(self._task, jobs)
        tasks: list[Task] = []
        with console.bar(len(jobs), "sentence") as advance:
            for job in jobs:
                tasks.append(self._task(job))
                advance(len(tasks))
        return tasks

    def _task(self, job: Job) -> Task:
        from .stage import Task

        plan = self.of(job.instruction)
        if is_unanswered(plan):  # what the grammar made of it would count as done for good
            asked = self._silent.total()
            if asked >= _SILENT and len(self._silent) >= min(_SILENT, self._different):
                raise ModelError(
                    f"The language model did not answer {asked} times one after the other, the last"
                    f" time with: {unanswered(plan)}. See that it runs, and that its address, key"
                    " and limits are right; then run the same command again with --retry-failed."
                )
            why = read_instead(plan) if isinstance(plan, EditPlan) else plan
            return Task(job, None, f"{why} {_ASK_AGAIN}")
        return Task(job, plan) if isinstance(plan, EditPlan) else Task(job, None, str(plan))


Run = Callable[["Iterable[Task]", "Tell"], None]


def _runner(
    settings: Settings, out: Place, shard: str, ray: str | None, workers: int | None
) -> Run:
    """Does tasks, here or on a cluster."""
    if ray is None:
        from .run import run_here
        from .stage import Stage

        return partial(run_here, Stage(settings, out, shard))
    from .on_ray import run_on_ray

    return partial(run_on_ray, settings, out, shard, address=ray, workers=workers)


def _work(records: Records, tasks: Iterable[Task], left: int, total: int, run: Run) -> None:
    """Do what is left, and keep a record of each."""
    done = count(total - left + 1)
    with console.bar(total, "row", total - left) as advance:

        def tell(job: Job, record: Record) -> None:
            records.add(job, record)
            advance(next(done))
            if record["status"] != "done":
                with tqdm.external_write_mode():
                    warn(f"Row {job.number} ({job.picture}): {record['error']}")

        if left:
            run(tasks, tell)


def _say_losses(jobs: Sequence[Job]) -> None:
    """Before the work: which results cannot be as exact as the edits."""
    count = sum(job.output.lower().endswith((".jpg", ".jpeg")) for job in jobs)
    if count:
        note(f"{count} {'result is a JPEG' if count == 1 else 'results are JPEGs'}, which changes"
             " every pixel a little. For pixels that stay as they were, name outputs that end in"
             " .png in a table's column output, or make PNGs of the pictures.")  # fmt: skip


def _say_plans(jobs: Sequence[Job], plans: _Plans) -> None:
    counts = Counter(job.instruction for job in jobs)
    for instruction, many in counts.items():
        plan = plans.of(instruction)
        say(f'{many} x "{instruction}"')
        if not isinstance(plan, EditPlan):
            say(f"  cannot be read: {plan}")
            continue
        for edit in plan.edits:
            say(f"  {edit.summary()}")
        for warning in plan.warnings:
            say(f"  note: {warning}")
    for job in jobs[:3]:
        say(f"would write: {job.output}")
    if len(jobs) > 3:
        say(f"and {len(jobs) - 3} more")


def _say_done(lines: Sequence[Known], there: int, failed_before: int, table: str) -> None:
    """What came of it; exits with 1 where a row failed."""
    failed = sum(line.status != "done" for line in lines)
    doubtful = sum(line.ok is False for line in lines)
    if there:
        note(f"{there} were there already.")
    if failed_before:
        note(f"{failed_before} failed before; --retry-failed tries them again.")
    summary = f"{len(lines) - failed} done, {failed} failed"
    if failed or not console.is_quiet():
        say(f"{summary}, {doubtful} doubtful: {table}" if doubtful else f"{summary}: {table}")
    if failed:
        raise typer.Exit(1)
