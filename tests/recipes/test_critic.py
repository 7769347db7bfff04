"""The critic beside the painter: what it tells apart, and how it pulls."""

from __future__ import annotations

import torch

from recipes import critic
from recipes.examples import Codes

STRIPED, DOTTED, CHECKED, PLAIN = 5, 6, 7, 8
PATTERNS = torch.tensor([STRIPED, DOTTED, CHECKED])


def _striped(count: int) -> Codes:
    """Codes [N,4,32,32] with stripes that begin anywhere, in a hole that is the middle of them."""
    rows = torch.arange(32) + torch.randint(4, (count, 1))
    picture = (rows % 4 < 2).float()[:, None, :, None].expand(-1, 4, -1, 32) * 2 - 1
    mask = torch.zeros(count, 1, 32, 32, dtype=torch.bool)
    mask[..., 8:24, 8:24] = True
    return Codes(picture, picture * ~mask, mask)


def _taught(judge: critic.Critic, steps: int) -> list[float]:
    """Teach it that stripes are true, and the mean of all of them, plain cloth, is made."""
    optimizer = torch.optim.AdamW(judge.parameters(), 1e-3)
    said, wrong = torch.eye(8)[:1].expand(6, -1), torch.eye(8)[1:2].expand(6, -1)
    lessons = []
    for _ in range(steps):
        codes = _striped(6)
        made = torch.where(codes.mask, 0.0, codes.picture)
        learnt = critic.lesson(judge, made, codes, said, wrong)
        optimizer.zero_grad()
        learnt.backward()
        optimizer.step()
        lessons.append(float(learnt.detach()))
    return lessons


def test_it_tells_the_mean_from_what_could_be_and_pulls_away_from_it() -> None:
    torch.manual_seed(0)
    judge = critic.Critic(8, width=16)
    lessons = _taught(judge, 60)
    assert 1.8 < lessons[0] < 2.3, "two, while it cannot tell"
    assert lessons[-1] < 0.8
    codes, said = _striped(6), torch.eye(8)[:1].expand(6, -1)
    mean = torch.where(codes.mask, 0.0, codes.picture)
    pulls = [float(critic.pull(judge, made, codes, said)) for made in (codes.picture, mean)]
    assert pulls[0] < pulls[1] - 1, "stripes are what it wants"


def test_the_pull_is_as_strong_as_the_error_and_leaves_the_critic_as_it_is() -> None:
    torch.manual_seed(0)
    judge, codes, said = critic.Critic(8, width=16), _striped(2), torch.randn(2, 8)
    made = torch.randn(2, 4, 32, 32, requires_grad=True)
    error = (made - codes.picture).square().mean()
    pull = critic.as_strong(critic.pull(judge, made, codes, said), error, made)
    (of_pull,) = torch.autograd.grad(pull, made, retain_graph=True)
    (of_error,) = torch.autograd.grad(error, made)
    assert torch.allclose(of_pull.norm(), of_error.norm(), rtol=1e-3)
    pull.backward()
    assert all(parameter.grad is None for parameter in judge.parameters())


def test_nothing_outside_the_hole_counts() -> None:
    torch.manual_seed(0)
    judge, said = critic.Critic(8, width=16), torch.randn(1, 8)
    codes = _striped(1)
    nowhere = Codes(codes.picture, codes.picture, torch.zeros_like(codes.mask))
    assert float(critic.pull(judge, codes.picture, nowhere, said)) == 0


def test_wrong_words_say_another_pattern_or_none_or_what_another_prompt_says() -> None:
    torch.manual_seed(0)
    ids = torch.tensor([[1, PLAIN, 9, 0], [1, STRIPED, 9, 0], [1, CHECKED, 4, 0], [1, PLAIN, 4, 0]])
    seen: dict[int, set[tuple[int, ...]]] = {1: set(), 2: set()}
    for _ in range(60):
        wrong = critic.other_words(ids, PATTERNS)
        assert wrong[0].tolist() == [1, PLAIN, 4, 0] and wrong[3].tolist() == [1, CHECKED, 4, 0]
        for row, seen_of in seen.items():
            seen_of.add(tuple(wrong[row].tolist()))
    assert seen[1] == {(1, DOTTED, 9, 0), (1, CHECKED, 9, 0), (1, 9, 0, 0)}
    assert seen[2] == {(1, STRIPED, 4, 0), (1, DOTTED, 4, 0), (1, 4, 0, 0)}
