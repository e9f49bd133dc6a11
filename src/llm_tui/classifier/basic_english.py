"""torchtext's `basic_english`, and where each of its words stands in the text. Light: it imports nothing."""

from __future__ import annotations

# The same rules as torchtext's regular expressions, in one pass each: every one of them replaces one character, but for
# `<br />`, which is replaced only after the quotes inside it are gone. `str.replace` is over three times faster than
# `re.sub` or `str.translate` here.
_SPACED = [(character, f" {character} ") for character in "'.,()!?"] + [(";", " "), (":", " ")]
_BREAK = "<br />"


def basic_english(text: str) -> list[str]:
    """torchtext's `basic_english`: lower case, punctuation apart, quotes dropped. Equal to it, and faster."""
    text = text.lower().replace('"', "").replace(_BREAK, " ")
    for character, spaced in _SPACED:
        text = text.replace(character, spaced)
    return text.split()


def located(text: str) -> list[tuple[str, int, int]]:
    """Each word of `basic_english`, in order, with the start and the end of the characters that it was made of."""
    whole = text.lower()
    # A letter may become two: each of them stands where it stood. What becomes of a sigma depends on the letters
    # beside it, and so the whole text is lowered at once.
    places = [i for i, letter in enumerate(text) for _ in letter.lower()]
    kept = [(letter, i) for letter, i in zip(whole, places, strict=True) if letter != '"']
    spaced = "".join(letter for letter, _ in kept).replace(_BREAK, " " * len(_BREAK))
    for character, between in _SPACED:
        if len(between) == 1:
            spaced = spaced.replace(character, between)
    words: list[tuple[str, int, int]] = []
    open_word = False
    for letter, (_, i) in zip(spaced, kept, strict=True):
        alone = letter in "'.,()!?"
        if letter.isspace():
            open_word = False
        elif alone or not open_word:
            words.append((letter, i, i + 1))
            open_word = not alone
        else:
            word, start, _ = words[-1]
            words[-1] = (word + letter, start, i + 1)
    return words
