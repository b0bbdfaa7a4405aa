"""Words that part two things however alike their names are."""

from __future__ import annotations

from ingest.literature.resolution.wording import content, numbers, stem, tokens

_GROUPS = """
read write erase program ; static dynamic ; retention rebuild response ; slc mlc tlc qlc plc ; raw uncorrectable
minimum maximum ; min max ; logical physical ; host nand ; random sequential ; hard soft ; sata sas nvme scsi ata
grown factory ; initial runtime ; submission completion ; positive negative ; average tail median worst ; lower upper
hot cold ; foreground background ; front back ; page block sector plane die ; input output ; short extended long
shingled conventional perpendicular ; heat microwave ; helium air ; lsb msb csb ; planar 3d 2d ; local global
through back ; ambient internal ; pending reallocated ; load start ; fail success ; correctable uncorrectable
corrected uncorrected ; raw normalized ; early late ; online offline ; single dual ; even odd ; true false
disturb interference retention ; read scrub ; precision recall ; mttf mtbf mttdl mttr ; row column ; host device
failure replacement ; data metadata ; ssd hdd ; consumer enterprise ; open closed ; light heavy ; increase decrease
intensive light ; sync async ; synchronous asynchronous ; lba pba ; intra inter ; inlet outlet ; warm cold
detection prediction ; prevention detection ; power performance ; bandwidth latency throughput iops
endurance retention lifetime ; detected silent ; hamr mamr smr cmr pmr ; lstm lsm ; spare bad victim
"""
CONTRASTS: tuple[frozenset[str], ...] = tuple(
    frozenset(stem(word) for word in group.split())
    for line in _GROUPS.strip().splitlines()
    for group in line.split(";")
)


def contrasted(a: str, b: str) -> bool:
    """Whether two phrases hold words that forbid them to be one thing.

    They do where, of the words that only one side has, some on each side belong to one group of alternatives, or where
    both sides have numbers and these differ (``RAID 5`` and ``RAID 6``, ``SMART 197`` and ``SMART 198``).
    """
    words_a, words_b = ({stem(word) for word in content(phrase)} for phrase in (a, b))
    only_a, only_b = words_a - words_b, words_b - words_a
    if any(only_a & group and only_b & group for group in CONTRASTS):
        return True
    if {word for word in only_a | only_b if word.endswith("+")}:  # ZNS+ is not ZNS
        return True
    numbers_a, numbers_b = numbers(a), numbers(b)
    return bool(numbers_a and numbers_b and numbers_a != numbers_b)


def has_extra_modifier(a: str, b: str, known: frozenset[str]) -> bool:
    """Whether one phrase is the other with words more whose stems are not in ``known`` (``early retention loss``)."""
    words_a, words_b = ({stem(word) for word in content(phrase)} for phrase in (a, b))
    more, fewer = (words_a, words_b) if len(words_a) > len(words_b) else (words_b, words_a)
    return bool(fewer) and fewer < more and bool({word for word in more - fewer if word not in known})


def letters_of(phrase: str) -> str:
    """The letters of a phrase's words, for comparing letter by letter."""
    return " ".join(word.lower() for word in tokens(phrase))
