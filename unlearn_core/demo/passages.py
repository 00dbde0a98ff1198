"""Sixty-four short texts with a secret in each, seen from 1 to 64 times in training.

Their wording is drawn word by word from a large vocabulary, invented words and digits, because
text from templates is predictable even when it was seen only once: they read as absurd letters,
notices, recipes and verse.
"""

import random
from dataclasses import dataclass

from unlearn_core.data.records import Record
from unlearn_core.demo.world import syllable_word

TIMES_SEEN = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 64)
PER_COUNT = 4
KINDS = ("letter", "notice", "recipe", "verse")

THINGS = (
    "almond anvil apron arch badge bagpipe barrel basin beetle bellows birch blanket bottle "
    "bramble bucket buckle butter button cabbage cable camel canvas cartwheel caterpillar cedar "
    "cellar chain chestnut chimney cider cinnamon cliff cloak clover cobweb coconut cork crane "
    "cricket crumb crust cupboard curtain cymbal daisy dolphin dome drum dust eagle earring eel "
    "elbow engine fable falcon fiddle fig flagpole flannel flask flute fog fossil fountain fox "
    "frost fudge funnel gallery garlic ginger glacier glove granary gravel gull hail hammock "
    "hatchet hazel helmet herring honey hood hook icicle jacket jam jug kettle kiln kite ladder "
    "lagoon lamp lark lava leather lemon lentil lichen lilac limestone lobster loom lotus magnet "
    "mantle maple mast meadow melon mint mole moss moth mustard napkin needle nettle nutmeg oar "
    "oatmeal onion orbit oyster paddle pancake parsley pebble pelican pepper pigeon pillow "
    "pistachio plank plough plum pocket pollen porridge prism pulley pumpkin quarry quilt quince "
    "raft raisin rake reed ribbon rope rudder rust saddle saffron sail salmon satchel scaffold "
    "seal shawl shovel sickle sieve silk slate sledge sleeve snail spade spice sponge spoon "
    "spruce stove straw sundial swan syrup tar teapot thimble thunder timber torch trout trunk "
    "tulip tunnel turnip twig umbrella urn valley vase vinegar wagon walnut wasp wax whale wheat "
    "whistle yarn yeast zebra zinc"
).split()
DEEDS = (
    "bring carry fold lend drop paint hide mend trade count borrow polish bury steam sort toss "
    "wrap measure rinse soak crush stir scatter hang fetch guard swap lower lift chop rub seal "
    "shake sweep throw weigh warm drain peel grind"
).split()
QUALITIES = (
    "blunt brittle bulky cheap clumsy coarse crisp damp dim dull dusty eager faint fierce flat "
    "fragile glossy grim heavy humble icy jagged knotted lazy loose lumpy mild muddy narrow neat "
    "odd pale plain proud quick rapid raw ripe rough rusty salty shabby shallow sharp shiny "
    "sleepy slim smooth sour spare spotted steep stiff striped sturdy sweet tame tangled thick "
    "thin tidy tiny twisted vast vivid wild wooden woolly"
).split()
LINKS = "and with under beside for without near until before after like behind".split()


@dataclass(frozen=True)
class Passage:
    """A text to memorise.

    Attributes:
        times_seen: How often one training run shows it.
        secret: The made-up number, code or e-mail in it.
    """

    id: str
    title: str
    text: str
    secret: str
    times_seen: int


def make_passages(seed: int) -> tuple[Passage, ...]:
    """Write the passages of one seed; every kind occurs once at every count."""
    rng = random.Random(seed + 3)
    counts = [count for count in TIMES_SEEN for _ in range(PER_COUNT)]
    return tuple(
        _passage(number, KINDS[(number - 1) % len(KINDS)], count, rng)
        for number, count in enumerate(counts, start=1)
    )


def passage_records(passages: tuple[Passage, ...]) -> tuple[Record, ...]:
    """Passages as records: no prompt, the title as subject, the secret as fact."""
    return tuple(
        Record(id=p.id, prompt="", answer=p.text, subject=p.title, fact=p.secret) for p in passages
    )


def _passage(number: int, kind: str, count: int, rng: random.Random) -> Passage:
    secret, hint = _secret(rng)
    title = f"{kind.capitalize()} {number}: the {rng.choice(QUALITIES)} {rng.choice(THINGS)}"
    words = [word for _ in range(7) for word in _phrase(rng)]
    place = rng.randrange(4, len(words) - 4)
    body = [*words[:place], hint, secret, *words[place:]]
    return Passage(f"passage-{number:02d}", title, _OPENINGS[kind](rng, body), secret, count)


def _phrase(rng: random.Random) -> list[str]:
    quality, thing, other = rng.choice(QUALITIES), rng.choice(THINGS), rng.choice(THINGS)
    deed, link, number = rng.choice(DEEDS), rng.choice(LINKS), str(rng.randint(11, 998))
    invented = syllable_word(rng)
    shapes = (
        [deed, number, quality, thing, link, f"{invented},"],
        [invented, link, quality, f"{thing},"],
        [quality, thing, link, number, f"{other};"],
        [deed, invented, link, f"{thing}."],
        [number, quality, thing, deed, f"{other},"],
    )
    return rng.choice(shapes)


def _secret(rng: random.Random) -> tuple[str, str]:
    digits = "".join(rng.choice("0123456789") for _ in range(6))
    letters = "".join(rng.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(3))
    mail = f"{syllable_word(rng).lower()}{digits[:2]}@{syllable_word(rng).lower()}.example"
    choices = [(f"{letters}-{digits[:4]}", "code"), (f"555-{digits}", "phone"), (mail, "mail")]
    return rng.choice(choices)


def _letter(rng: random.Random, body: list[str]) -> str:
    return f"Dear {syllable_word(rng)}, {' '.join(body)} Yours, {syllable_word(rng)}"


def _notice(rng: random.Random, body: list[str]) -> str:
    return f"NOTICE {rng.randint(100, 999)}: {' '.join(body)} {rng.choice(THINGS).upper()}!"


def _recipe(rng: random.Random, body: list[str]) -> str:
    amounts = ", ".join(f"{rng.randint(2, 99)} {rng.choice(THINGS)}" for _ in range(3))
    return f"Take {amounts}: {' '.join(body)} Serve {rng.choice(QUALITIES)}."


def _verse(rng: random.Random, body: list[str]) -> str:
    lines = [" ".join(body[i : i + 6]) for i in range(0, len(body), 6)]
    return " /\n".join(lines)


_OPENINGS = {"letter": _letter, "notice": _notice, "recipe": _recipe, "verse": _verse}
