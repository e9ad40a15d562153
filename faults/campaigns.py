"""All campaigns in parts that can run side by side; what each found is kept at once, so that a stop loses little."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from common.errors import AcousticImagesError
from common.progress import Progress
from common.sealed_json import read_sealed_json, write_sealed_json
from common.worker_pool import run_tasks
from faults import bit_flips, build_kills, fuzz, guided_fuzz, starvation, training_kills, training_starvation
from faults.outcome import Outcome
from faults.readers import READERS

FUZZ, GUIDED_FUZZ = "fuzz", "guided_fuzz"
# Campaigns of a part for each reader.
_READERS_OF = {FUZZ: tuple(READERS), GUIDED_FUZZ: guided_fuzz.GUIDED_READERS}
_OTHERS = {
    "bit_flips": bit_flips.run,
    "build_kills": build_kills.run,
    "training_kills": training_kills.run,
    "starvation": starvation.run,
    "training_starvation": training_starvation.run,
}
CAMPAIGNS = (*_READERS_OF, *_OTHERS)


@dataclass(frozen=True)
class Settings:
    """How much is tried.

    Attributes
    ----------
    scale : float
        Part of the full number of tries, above 0.
    seed : int
        Of everything that is drawn.
    fuzz_seconds : float
        Most time for each reader.
    """

    scale: float
    seed: int
    fuzz_seconds: float


@dataclass(frozen=True)
class Part:
    """What is run in one go: a campaign, of fuzzing a single reader."""

    campaign: str
    reader: str = ""

    def run(self, settings: Settings) -> list[Outcome]:
        """Run it; return a row of the table for each thing that it tried."""
        if self.reader:
            run = fuzz.run if self.campaign == FUZZ else guided_fuzz.run
            return run(settings.scale, settings.seed, settings.fuzz_seconds, [self.reader])
        return _OTHERS[self.campaign](settings.scale, settings.seed)


def plan_parts(campaigns: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts of campaigns.

    Raises
    ------
    AcousticImagesError
        An unknown campaign.
    """
    for name in campaigns:
        if name not in CAMPAIGNS:
            raise AcousticImagesError(f"campaigns: found {name!r}, wanted some of {', '.join(CAMPAIGNS)}")
    return tuple(Part(name, reader) for name in campaigns for reader in _READERS_OF.get(name, ("",)))


def run_parts(parts: Sequence[Part], settings: Settings, record: Path, workers: int) -> list[Outcome]:
    """Run what the record does not hold yet, and return what all parts found that it holds then.

    Parameters
    ----------
    parts : sequence of Part
        What to run.
    settings : Settings
        How much; a record of others is begun anew.
    record : Path
        JSON file of finished parts, written after each.
    workers : int
        Parts at a time.

    Raises
    ------
    AcousticImagesError
        The record is damaged, or what a part raised.
    """
    found = _read(record, settings)
    waiting = [part for part in parts if part not in found]
    with Progress("faults", len(parts), "part", initial=len(parts) - len(waiting)) as progress:
        for part, outcomes in run_tasks(partial(_run, settings), waiting, workers, start_method="spawn"):
            found[part] = outcomes
            _write(record, settings, found)
            progress.advance(note=f"{part.campaign} {part.reader}".rstrip())
    return [outcome for part in plan_parts(CAMPAIGNS) if part in found for outcome in found[part]]


def _run(settings: Settings, part: Part) -> tuple[Part, list[Outcome]]:
    return part, part.run(settings)


def _read(path: Path, settings: Settings) -> dict[Part, list[Outcome]]:
    if not path.is_file():
        return {}
    stored = read_sealed_json(path, "remove it to begin anew")
    if stored.get("settings") != dataclasses.asdict(settings):
        return {}
    return {Part(**one["part"]): [_outcome(fields) for fields in one["outcomes"]] for one in stored["parts"]}


def _outcome(fields: dict[str, Any]) -> Outcome:
    return Outcome(**{**fields, "lost": tuple(fields["lost"])})


def _write(path: Path, settings: Settings, found: dict[Part, list[Outcome]]) -> None:
    parts = [
        {"part": dataclasses.asdict(part), "outcomes": [dataclasses.asdict(outcome) for outcome in outcomes]}
        for part, outcomes in found.items()
    ]
    write_sealed_json(path, {"settings": dataclasses.asdict(settings), "parts": parts})
