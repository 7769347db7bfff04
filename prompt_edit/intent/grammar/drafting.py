"""What an edit is drafted from: what changes, and how it looks then."""

from __future__ import annotations

from dataclasses import replace

from ...plan import BACKGROUND, PICTURE
from . import grounds
from . import lexicon as lex
from .edits import Draft, as_look, compare, compose
from .looks import of_pattern
from .noun_phrase import ALL_OF_THEM, NounPhrase, PhraseReader, read_result
from .ones import Ones
from .tokens import sentences
from .words import Tokens, is_person, kind_of, stumble

GONE = "what it could stand for has been removed"


class Drafting:
    """The drafts of an instruction so far, and what its words stand for."""

    def __init__(self) -> None:
        self.phrases = PhraseReader()
        self.warnings = self.phrases.warnings
        self.drafts: list[Draft] = []
        self.recent: list[Draft] = []  # of the clause before in the same sentence
        self.named: list[NounPhrase | None] = []  # what "them" stands for
        self.kept: list[NounPhrase] = []
        self.made: list[NounPhrase] = []  # as what was named looks by now
        self.stays: list[NounPhrase] = []  # what the last clause of that kind kept
        self.selected: list[NounPhrase] = []  # "select the dog": what stays before a background
        self.ones = Ones()

    def _removed(self, said: Tokens) -> bool:
        """Whether that is an "it" which could only stand for what was just removed."""
        gone = bool(self.drafts) and self.drafts[-1].operation == "remove"
        return gone and not self.phrases.antecedent and bool(said) and lex.PRONOUNS.issuperset(said)

    def _take_back(self) -> None:
        """What was just removed stays, and is "it"."""
        self.phrases.antecedent = self.drafts.pop().target

    def _dress(self, owner: NounPhrase, look: NounPhrase) -> None:
        """Give what someone wears a look; anything else gets it itself."""
        if is_person(owner.noun):
            owner = self._clothes_of(owner)
        self._alter(owner, look)

    def _clothes_of(self, owner: NounPhrase) -> NounPhrase:
        """The clothes of someone; the red ones of "the man in red"."""
        held, clothes = owner.relation, NounPhrase("clothes")
        if held and _in_colored_clothes(owner):
            clothes = read_result(sentences(held.anchor)[0])
            owner = replace(owner, relation=None)
        return self.phrases.relate(clothes, "on", owner)

    def _alter(self, target: NounPhrase, result: NounPhrase) -> None:
        """Replace, recolor or restyle, by what differs between the target and the result."""
        if target.noun == BACKGROUND:
            self._change_background(target, result)
            return
        recolored = result.attributes and {*map(kind_of, result.attributes)} == {"color"}
        hair_color = result.attributes and lex.HAIR_COLORS.issuperset(result.attributes)
        if hair_color and not (result.noun or result.tail) and target.head in lex.PERSONS:
            # "make her blond"
            target = self.phrases.relate(NounPhrase("hair"), "on", target)
        elif recolored and not result.noun and not result.tail and _in_colored_clothes(target):
            target = self._clothes_of(target)  # "make the people in red green"
        if result.noun in lex.PRINTS and not (target.whole or target.aspect):
            result = NounPhrase(tail=f"with {result.text}")  # "the dress to polka dots"
        operation = compare(target, result)
        if target.aspect and target.noun != PICTURE:
            operation = "recolor" if target.aspect in lex.COLORS else "restyle"
            result = as_look(result)  # "the pattern of the dress to polka dots"
            if target.aspect == "pattern":
                result = of_pattern(result)
        shown = compose(target, result)
        self._draft(operation, target, shown.text)
        self.phrases.antecedent = replace(shown, which=target.which, relation=target.relation)
        if operation == "replace" and target.noun in lex.GENDERS:  # who is "he" from here on
            self.phrases.persons[lex.GENDERS[target.noun]] = self.phrases.antecedent
        if not target.whole:
            self.made = [each for each in self.made if each.noun != target.noun] + [shown]

    def _change_background(self, target: NounPhrase, result: NounPhrase) -> None:
        cut = self.drafts[-1] if self.drafts and self.drafts[-1].operation == "extract" else None
        if cut and (not target.relation or target.relation.anchor == cut.target.text):
            # "Cut out the dog and put it on a white background": the dog stays, and nothing is cut.
            self.drafts.remove(cut)
            target = target if target.relation else self.phrases.relate(target, "on", cut.target)
        if result.attributes == ("transparent",):
            self._draft("extract", target)
            return
        looks = [look.rpartition(" ")[2] for look in result.attributes]  # "slightly darker"
        if lex.EFFECTS.intersection([*looks, *result.attributes, result.noun]) and not (
            result.noun and result.attributes
        ):
            stumble(result.text, "it is an effect on what is there, and no new background")
        shown = compose(target, result)
        if shown.head not in lex.BACKGROUNDS:
            shown = replace(shown, noun=f"{shown.noun} {BACKGROUND}")
        grounds.refuse_vague(shown)
        self._draft("background", target, shown.text)

    def _ground_of(self, subject: NounPhrase, ground: NounPhrase) -> None:
        """ "Give the bottle a white background": the bottle stays before it."""
        behind = NounPhrase(BACKGROUND)
        whole = subject.whole or subject.head in lex.PICTURES
        target = behind if whole else self.phrases.relate(behind, "on", subject)
        self._change_background(target, ground)

    def _draft(self, operation: str, target: NounPhrase, result: str = "") -> None:
        if target.noun == PICTURE and target.which != ALL_OF_THEM and operation != "add":
            stumble(target.which.by, "it names a side of the picture but no thing there")
        stays = self.selected if target.noun == BACKGROUND else []
        self.drafts.append(Draft(operation, target, result, list(stays)))
        self.phrases.antecedent = target


def _in_colored_clothes(owner: NounPhrase) -> bool:
    """Whether someone is told by the color of what is worn: "the man in red"."""
    held = owner.relation
    told = held is not None and held.kind == "holding" and held.anchor.endswith(" clothes")
    return told and is_person(owner.noun)
