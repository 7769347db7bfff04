"""Drafts of edits, and the edits that they become once it is known what stays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...plan import BACKGROUND, PICTURE, Edit
from . import lexicon as lex
from .noun_phrase import ALL_OF_THEM, BODY_HEADS, WITH_PEOPLE, NounPhrase
from .words import is_person, kind_of, stumble

GROUND_ALONE = "what is before it would have to go; name that, to remove it"


@dataclass
class Draft:
    """An edit before it is known what other clauses keep."""

    operation: str
    target: NounPhrase
    result: str = ""
    exclude: list[NounPhrase] = field(default_factory=list)

    @property
    def cuts(self) -> bool:
        """True for cutting a thing out, and for removing all that is around it."""
        return self.operation == "extract" or (self.operation == "remove" and self.target.whole)


# --- what an alteration shows ---------------------------------------------------------------------


def compose(target: NounPhrase, result: NounPhrase) -> NounPhrase:
    """What is shown: the result, or the target with its attributes of the same kinds replaced."""
    if result.noun:
        return result
    replaced = set(map(kind_of, result.attributes))
    stay = [attribute for attribute in target.attributes if kind_of(attribute) not in replaced]
    attributes = sorted([*result.attributes, *stay], key=_place_in_phrase)
    return NounPhrase(target.noun, tuple(attributes), result.tail)


def _place_in_phrase(attribute: str) -> int:
    kind = kind_of(attribute)
    return lex.KIND_ORDER.index(kind if kind in lex.KIND_ORDER else "other")


def as_look(result: NounPhrase) -> NounPhrase:
    """A noun as a description: "glam" in "make the dress glam"."""
    looks = (result.noun,) if result.noun else ()
    return replace(result, noun="", attributes=(*result.attributes, *looks))


def compare(target: NounPhrase, result: NounPhrase) -> str:
    """The operation: "recolor" where only colors differ, "restyle" where the thing stays one."""
    if target.noun == PICTURE:
        return "restyle"
    if result.noun and result.head != target.head:
        return "replace"
    if " " in result.noun and target.noun != result.noun and target.head not in BODY_HEADS:
        return "replace"  # a bear and a polar bear
    colors = {a for a in result.attributes if kind_of(a) == "color"}
    others = set(result.attributes) - colors
    same_thing = result.noun in ("", target.noun) and not result.tail
    if same_thing and colors and others <= set(target.attributes):
        return "recolor"
    return "restyle"


# --- drafts to edits ------------------------------------------------------------------------------


_CAST = frozenset(["shadow", "shadows", "reflection", "reflections"])


def as_edits(drafts: list[Draft], kept: list[NounPhrase], warnings: list[str]) -> tuple[Edit, ...]:
    """The drafts as edits, with all that is kept taken out of them.

    What has to be assumed is added to `warnings`.

    Raises:
        InstructionError: for what shall both change and stay, and what a plan cannot keep.
        PlanError: for phrases that are too long for a plan.
    """
    cuts = [draft for draft in drafts if draft.cuts]
    edits = [_edit(at, drafts, kept, warnings) for at, draft in enumerate(drafts) if not draft.cuts]
    if cuts:
        edits.insert(drafts.index(cuts[0]), _cut_out(cuts, kept, warnings))
    return _with_one_ground(edits)


def _with_one_ground(edits: list[Edit]) -> tuple[Edit, ...]:
    """The edits, with all that stays before a new background kept by one of them: the second would
    paint over what the first kept."""
    one: dict[tuple[str, str], Edit] = {}
    for edit in edits:
        key = edit.result, edit.prompt
        if edit.operation == "background":
            before = one[key].exclude if key in one else ()
            kept = tuple(dict.fromkeys([*before, *edit.exclude]))
            one[key] = edit.model_copy(update={"exclude": kept})
    ready = [one.pop((each.result, each.prompt), None) if each.operation == "background" else each
             for each in edits]  # fmt: skip
    return tuple(each for each in ready if each)


def _edit(at: int, drafts: list[Draft], kept: list[NounPhrase], warnings: list[str]) -> Edit:
    draft = drafts[at]
    target, relation = draft.target, draft.target.relation
    staying = [each for each in [*draft.exclude, *kept] if _needs_keeping(each, target)]
    exclude = [_name_kept(each, warnings) for each in staying]
    _require_told_apart(staying, target)
    if draft.operation == "background":
        subjects = [_name_kept(each, warnings) for each in _subjects(target)]
        named = [*subjects, *exclude]
        cast = all(each.split()[-1] in _CAST for each in named)  # by somebody, who stays, too
        casting = [each.relation.anchor for each in staying if each.relation and cast]
        also = _also_named(drafts, at)
        assumed = _assumed_subjects(warnings, also, bool(named)) if cast and not casting else []
        exclude = [*assumed, *casting, *named]
        relation = None
    return Edit(
        operation=draft.operation,
        target=target.noun if target.whole else target.text,
        result=draft.result,
        which=target.which,
        relation=relation,
        exclude=tuple(dict.fromkeys(exclude)),
    )


def _require_told_apart(staying: list[NounPhrase], target: NounPhrase) -> None:
    """Raise `InstructionError` where all would stay, as in "remove everybody except me"."""
    for each in staying:
        me = each.text == "person" and is_person(target.noun)
        if not target.whole and (me or each.text == target.text):
            stumble(each.text, "nobody can tell which of them stays; say how that one looks")


def _cut_out(cuts: list[Draft], kept: list[NounPhrase], warnings: list[str]) -> Edit:
    """All that is cut out, and all that is kept where the rest goes, as one extraction.

    One after the other would leave nothing: the second thing is gone when the first is cut.
    """
    subjects: list[NounPhrase] = []
    exclude: list[str] = []
    for draft in cuts:
        if draft.target.whole:
            subjects += [*_subjects(draft.target), *draft.exclude]
        else:
            subjects.append(draft.target)
            exclude += [_name_kept(each, warnings) for each in draft.exclude]
    subjects = list(dict.fromkeys([*subjects, *kept]))
    if not subjects and any(draft.target.noun == PICTURE for draft in cuts):
        stumble("the picture", "nothing would be left; name what to keep")
    if any(each.noun == BACKGROUND for each in subjects):
        stumble("the background", GROUND_ALONE)
    subject = subjects[0] if subjects else NounPhrase(_assumed_subjects(warnings, [])[0])
    if len(subjects) > 1:
        subject = NounPhrase(" and ".join(_name_kept(each, warnings) for each in subjects))
    return Edit(
        operation="extract",
        target=subject.text,
        which=subject.which,
        relation=subject.relation,
        exclude=tuple(dict.fromkeys(exclude)),
    )


def _needs_keeping(kept: NounPhrase, target: NounPhrase) -> bool:
    """False for "everything else": what is not the target stays as it is in any case."""
    if kept.whole and target.whole:
        stumble(kept.noun, "it cannot both change and stay")
    return not kept.whole


def _name_kept(kept: NounPhrase, warnings: list[str]) -> str:
    """The phrase for `Edit.exclude`, which holds no choice and no relation."""
    if kept.relation and kept.relation.kind == "on" and kept.which == ALL_OF_THEM:
        anchor = kept.relation.anchor
        warnings.append(f"Every {kept.text} is kept, not only that of the {anchor}.")
    elif kept.relation or kept.which.by not in ("all", "score"):
        stumble(kept.text, "what stays as it is can only be named plainly, such as “the dog”")
    return kept.text


def _subjects(background: NounPhrase) -> list[NounPhrase]:
    """Whom "her background" or "the background behind the dog" names."""
    if not background.relation:
        return []
    return [NounPhrase(background.relation.anchor, which=background.which)]


def _also_named(drafts: list[Draft], background: int) -> list[str]:
    """The things of the other edits, as they are called when that one changes the background.

    What people wear, and have, is kept with them.
    """
    named: list[str] = []
    for at, draft in enumerate(drafts):
        thing, done = draft.target, at < background
        if draft.operation in ("remove", "extract", "background"):
            continue
        if not thing.whole and thing.head not in WITH_PEOPLE:
            became = draft.result if draft.operation == "replace" else thing.noun
            named.append(became if done else thing.text)
        if done and draft.operation == "add" and draft.result.split()[-1] not in WITH_PEOPLE:
            named.append(draft.result)
    return list(dict.fromkeys(named))


def _assumed_subjects(warnings: list[str], named: list[str], cast: bool = False) -> list[str]:
    """Who stays before a new background: a person, and what else the plan names.

    `cast`: a shadow was said to stay, and not whose it is.
    """
    people = lex.PERSONS.intersection(each.split()[-1] for each in named)
    stay = [*([] if people else ["a person"]), *(f"the {each}" for each in named)]
    who, are = "Nobody" if cast else "Nothing", "is" if len(stay) == 1 else "are"
    warnings.append(
        f"{who} was said to stay, so {' and '.join(stay)} {are}"
        " kept; add “keep the ...” for another thing."
    )
    return [*([] if people else ["person"]), *named]
