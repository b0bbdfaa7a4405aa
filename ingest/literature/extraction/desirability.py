"""Is more of it better? Desirability of what a phrase names, and whether it is a property or a fault.

Lifetime, throughput and accuracy are properties that should rise, latency and write amplification properties that
should fall; errors, failures, wear and traffic are faults or burdens. The vocabulary decides where it names the phrase;
else the phrase's head noun does, with the words before it ("retention time" is good, "rebuild time" is not).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from graph.ontology.concepts import FieldConcept
from ingest.literature.extraction.assertion import (
    CAUSES,
    DECREASE,
    DEGRADES,
    IMPROVES,
    INCREASE,
    MITIGATES,
)
from ingest.literature.extraction.lexicon import PREPOSITIONS, concept_of, lookup, singular, words
from ingest.literature.extraction.verbs import CAUSE, DOWN, GOOD, PREVENT, UP
from ingest.literature.extraction.wordlists import word_set


class Kind(NamedTuple):
    """What a phrase names.

    Args:
        better: ``up`` or ``down``.
        burden: A fault or a burden, which is caused and mitigated; else a property, which improves and degrades.
        sure: The vocabulary names it, or its head does without doubt.
    """

    better: str
    burden: bool
    sure: bool = True


_BURDENS = frozenset(
    f"metric:{name}"
    for name in word_set(
        "read-errors write-errors corrected-errors uncorrectable-errors reallocated-blocks pending-sectors bad-blocks "
        "end-to-end-errors error-log-entries program-failures erase-failures unsafe-shutdowns command-timeouts "
        "interface-errors shock-events seek-errors spin-retries high-fly-writes annualised-failure-rate failure-rate "
        "error-rate replacement-rate data-loss-probability drive-failure-count write-traffic repair-traffic throttling "
        "network-traffic gc-overhead downtime silent-corruption-rate uncorrectable-bit-error-rate block-erases "
        "flash-writes voltage-shift wear-imbalance raw-bit-error-rate vulnerability-window life-used false-alarm-rate "
        "recovery-overhead miss-ratio time-too-hot"
    )
)
_CONDITION_BURDENS = word_set(
    "condition:vibration condition:humidity condition:acoustic-noise condition:high-temperature condition:dust"
)
_MECHANISMS_NOT_FAULTS = frozenset({"mechanism:technology-scaling"})
_UP_HEADS = word_set(
    "throughput bandwidth performance lifetime lifespan life endurance reliability durability availability "
    "capacity accuracy precision recall efficiency speed retention robustness scalability parallelism integrity "
    "quality iops qps margin coverage predictability resilience resiliency concurrency isolation fairness yield "
    "protection saving security responsiveness longevity score auc sensitivity specificity utility productivity "
    "goodput mtbf mttf mttdl consistency safety stability effectiveness tolerance uptime headroom locality "
    "freshness profit lead-time speedup bandwidths horizon space survivability survival recoverability "
    "correctness balance observability health success freshness ingest hit longevity"
)
_DOWN_PROPERTIES = word_set(
    "time latency delay duration overhead cost penalty amplification consumption power energy footprint "
    "complexity jitter variance variation imbalance slowdown temperature percentile wait stall spike degradation "
    "dispersion skew makespan loss price bill usage gap expense load tail turnaround pause hiccup backlog "
    "queueing heat effort work outlier wakeup instruction spending emission startup seek inefficiency bloat churn "
    "unfairness"
)
_DOWN_BURDENS = word_set(
    "traffic write erasure erase wear stress vibration noise contention interference error failure fault "
    "corruption crash timeout conflict miss retry defect outage downtime fragmentation burden problem risk "
    "leakage disturbance drift copy migration bottleneck blocking retirement replacement reallocation disturb "
    "collision congestion loss damage ageing aging wear-out wearout fatigue violation contamination corrosion "
    "interruption freeze hang rber uber ber afr flip deadlock starvation exhaustion mortality incident anomaly "
    "breakdown shutdown abort invalidation rewrite compaction thrashing throttling inconsistency vulnerability "
    "threat exposure bug malfunction erosion wastage waste mismatch reset overflow return attrition depletion "
    "scratch crack leak glitch hazard danger susceptibility proneness swap complaint hotspot starvation shift "
    "hole contact clash relocation backpressure mistake stiction thrash hammering "
    "disturbance relocation unavailability lockup tear tearing"
)
_DOWN_WORDS = word_set(
    "error failure loss miss corruption retry alarm death replacement mortality fault drop false wear erase "
    "erasure defect degradation leakage timeout wasted ageing aging reallocation outage disturb bad crash"
)
COUNTS = word_set(
    "number rate count amount volume frequency probability likelihood chance incidence level degree share "
    "fraction proportion percentage total sum magnitude severity prevalence extent intensity ratio value average "
    "mean median effect impact accumulation growth onset formation standard deviation quantity accumulation "
    "generation majority occurrence burst wave event incident episode odds possibility prospect danger hazard"
)
_ADVERSE = word_set("negative adverse side harmful detrimental damaging bad")
_UP_RATIOS = word_set("hit compression deduplication dedup success saving detection reduction")
_BARE = word_set(
    "write reset copy move problem problems issue issues violation risk hazard danger event incident case shift "
    "return gap load effort work tail mismatch threat exposure"
)
_FAULTY = word_set(
    "uncorrectable unrecoverable failed corrupt corrupted lost erroneous faulty spurious unreadable dropped torn "
    "misdirected silent damaged stale"
)
_WORK = word_set("operation request access transaction copy move message hop seek io i/o command flush sync step")
_NEVER = word_set("workload drive disk ssd device data system user application model node server request")


def _of_concept(concept: FieldConcept) -> Kind | None:
    if concept.label == "Metric":
        if concept.better_direction not in ("up", "down"):
            return None
        return Kind(concept.better_direction, concept.key in _BURDENS)
    if concept.label == "Mechanism":
        return None if concept.key in _MECHANISMS_NOT_FAULTS else Kind("down", burden=True)
    if concept.label == "Concept" and concept.key in ("concept:performance", "concept:reliability"):
        return Kind("up", burden=False)
    if concept.key == "condition:ambient-temperature":
        return Kind("down", burden=False)
    return Kind("down", burden=True) if concept.key in _CONDITION_BURDENS else None


@lru_cache(maxsize=20_000)
def kind_of(phrase: str) -> Kind | None:
    """Desirability of what a phrase names, None where it names no property, fault or burden."""
    tokens = words(phrase)
    if not tokens:
        return None
    lowered = [token.lower() for token in tokens]
    end = next((i for i, token in enumerate(lowered) if i and token in PREPOSITIONS), len(lowered))
    head, before = singular(lowered[end - 1]), [singular(word) for word in lowered[: end - 1]]
    if end == 1 and lowered[0] in _BARE:
        return None
    key = lookup(phrase)
    concept = concept_of(key) if key else None
    if concept is not None and (found := _of_concept(concept)) is not None:
        return found
    if head in ("effect", "impact", "consequence", "influence") and set(before) & _ADVERSE:
        return Kind("down", burden=True, sure=False)
    if head in COUNTS:
        return _of_count(phrase, tokens, end, head, before)
    if head == "distribution" and any("voltage" in word for word in before):
        return Kind("down", burden=False, sure=False)  # it widens as cells wear
    if concept is not None and concept.label == "Condition" and before and head in ("write", "erase", "copy", "flush"):
        return Kind("down", burden=True, sure=False)
    if concept is not None and concept.label != "Metric":
        return None
    if _FAULTY & set(before) and head in (
        "read",
        "write",
        "page",
        "block",
        "sector",
        "command",
        "request",
        "codeword",
        "frame",
        "record",
        "object",
        "stripe",
    ):
        return Kind("down", burden=True)
    if head in _NEVER:
        return None
    if head in _UP_HEADS:
        return Kind("up", burden=False)
    if head == "loss" and end < len(lowered):
        return Kind("down", burden=True, sure=False)
    if head in _DOWN_PROPERTIES:
        return Kind("down", burden=False)
    return Kind("down", burden=True) if head in _DOWN_BURDENS else None


def _of_count(phrase: str, tokens: list[str], end: int, head: str, before: list[str]) -> Kind | None:
    """Of a phrase whose head only counts: what is counted decides."""
    if end < len(tokens) and tokens[end].lower() in ("of", "in", "for"):
        inner = kind_of(" ".join(tokens[end + 1 :]))
        moved = head in ("amount", "volume", "quantity") and tokens[end + 1 : end + 2] in (["data"], ["traffic"])
        if moved and inner is None:
            return Kind("down", burden=True, sure=False)
        counted = head in ("number", "count", "volume", "amount", "frequency", "total") and inner is None
        if counted and any(singular(word.lower()) in _WORK for word in tokens[end + 1 : end + 4]):
            return Kind("down", burden=True, sure=False)
        return inner
    if any(word in _DOWN_WORDS for word in before):
        return Kind("down", burden=True)
    if head in ("count", "number") and before and before[-1] in _WORK:
        return Kind("down", burden=True, sure=False)
    if head in ("rate", "ratio") and before:
        return Kind("up", burden=False, sure=False) if head == "rate" or before[-1] in _UP_RATIOS else None
    return kind_of(" ".join(tokens[: end - 1])) if before and head not in ("rate", "ratio", "value") else None


def outcome(change: str, kind: Kind) -> tuple[str, str]:
    """Relation and direction of the object, from what is done to it and what would be better.

    Args:
        change: UP, DOWN, GOOD, BAD, CAUSE or PREVENT.
        kind: Of the object.
    """
    if change in (UP, CAUSE):
        rises = True
    elif change in (DOWN, PREVENT):
        rises = False
    else:
        rises = (change == GOOD) == (kind.better == "up")
    good = rises == (kind.better == "up")
    better, worse = (MITIGATES, CAUSES) if kind.burden else (IMPROVES, DEGRADES)
    relation = better if good else worse
    return relation, INCREASE if rises else DECREASE
