"""Every colour, distance, radius, height and letter size of the till, as frozen values; nothing of Qt."""

from dataclasses import dataclass, fields, replace
from typing import TypeVar

_Sizes = TypeVar("_Sizes", "Spacing", "Radii", "Heights")


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as `#rrggbb` (or `#aarrggbb`); `x_soft` is a tinted ground and `on_x_soft` the words on it."""

    page: str
    surface: str
    surface_pressed: str
    sunken: str
    line: str
    line_strong: str
    """Borders that show where one can type: 3:1 on the surface."""
    text: str
    text_muted: str
    text_disabled: str
    """For what cannot be pressed now; WCAG asks no contrast of it, it still reaches 3:1."""
    bar: str
    bar_text: str
    bar_muted: str
    bar_pill: str
    bar_good: str
    bar_warn: str
    bar_bad: str
    primary: str
    primary_pressed: str
    on_primary: str
    accent: str
    """Where the keyboard is and what is chosen."""
    on_accent: str
    accent_soft: str
    on_accent_soft: str
    good_soft: str
    on_good_soft: str
    warn_soft: str
    on_warn_soft: str
    bad_soft: str
    on_bad_soft: str
    saving: str
    bad: str
    bad_pressed: str
    on_bad: str
    inverse: str
    on_inverse: str
    placeholder: str
    on_placeholder: str
    paper: str
    on_paper: str
    scrim: str


LIGHT_COLOURS = Colours(
    page="#f2f4f6",
    surface="#ffffff",
    surface_pressed="#e6eaee",
    sunken="#f2f4f6",
    line="#dde2e7",
    line_strong="#828d99",
    text="#17212b",
    text_muted="#586474",
    text_disabled="#7c8793",
    bar="#17212b",
    bar_text="#ffffff",
    bar_muted="#a3afbb",
    bar_pill="#2a3642",
    bar_good="#4cc38a",
    bar_warn="#f5b73d",
    bar_bad="#ff8a80",
    primary="#0f6b4f",
    primary_pressed="#0a523c",
    on_primary="#ffffff",
    accent="#1f5bbf",
    on_accent="#ffffff",
    accent_soft="#e5edf9",
    on_accent_soft="#194a9c",
    good_soft="#e2f1eb",
    on_good_soft="#0b5b42",
    warn_soft="#fff1d6",
    on_warn_soft="#754600",
    bad_soft="#fde8e6",
    on_bad_soft="#98201a",
    saving="#0f6b4f",
    bad="#b3261e",
    bad_pressed="#8c1c16",
    on_bad="#ffffff",
    inverse="#17212b",
    on_inverse="#ffffff",
    placeholder="#e3e8ed",
    on_placeholder="#4d5866",
    paper="#fffefa",
    on_paper="#1d1d1b",
    scrim="#99101820",
)

DARK_COLOURS = Colours(
    page="#10161c",
    surface="#1a232c",
    surface_pressed="#2a3642",
    sunken="#131b22",
    line="#303c48",
    line_strong="#73808d",
    text="#e9eef3",
    text_muted="#a6b3c0",
    text_disabled="#7a8794",
    bar="#0a0f14",
    bar_text="#ffffff",
    bar_muted="#a3afbb",
    bar_pill="#222d37",
    bar_good="#4cc38a",
    bar_warn="#f5b73d",
    bar_bad="#ff8a80",
    primary="#147c5a",
    primary_pressed="#0d5f44",
    on_primary="#ffffff",
    accent="#7db0ff",
    on_accent="#0b1a30",
    accent_soft="#1d304c",
    on_accent_soft="#a9caff",
    good_soft="#143a2e",
    on_good_soft="#7fe0b8",
    warn_soft="#42300f",
    on_warn_soft="#ffcf75",
    bad_soft="#4a1f1c",
    on_bad_soft="#ffb3ab",
    saving="#6fdcb0",
    bad="#c6382f",
    bad_pressed="#9c2821",
    on_bad="#ffffff",
    inverse="#e9eef3",
    on_inverse="#17212b",
    placeholder="#2a3642",
    on_placeholder="#b7c3cf",
    paper="#f4f1e8",
    on_paper="#1d1d1b",
    scrim="#b3000000",
)

AA_TEXT = 4.5
AA_GRAPHICS = 3.0

CONTRAST_PAIRS: tuple[tuple[str, str, float], ...] = (
    ("text", "page", AA_TEXT),
    ("text", "surface", AA_TEXT),
    ("text", "surface_pressed", AA_TEXT),
    ("text", "sunken", AA_TEXT),
    ("text", "accent_soft", AA_TEXT),
    ("text", "good_soft", AA_TEXT),
    ("text", "warn_soft", AA_TEXT),
    ("text", "bad_soft", AA_TEXT),
    ("text_muted", "page", AA_TEXT),
    ("text_muted", "surface", AA_TEXT),
    ("text_muted", "surface_pressed", AA_TEXT),
    ("text_muted", "sunken", AA_TEXT),
    ("text_muted", "accent_soft", AA_TEXT),
    ("text_disabled", "page", AA_GRAPHICS),
    ("text_disabled", "surface", AA_GRAPHICS),
    ("text_disabled", "sunken", AA_GRAPHICS),
    ("bar_text", "bar", AA_TEXT),
    ("bar_text", "bar_pill", AA_TEXT),
    ("bar_muted", "bar", AA_TEXT),
    ("bar_muted", "bar_pill", AA_TEXT),
    ("bar_good", "bar_pill", AA_GRAPHICS),
    ("bar_warn", "bar_pill", AA_GRAPHICS),
    ("bar_bad", "bar_pill", AA_GRAPHICS),
    ("on_primary", "primary", AA_TEXT),
    ("on_primary", "primary_pressed", AA_TEXT),
    ("on_bad", "bad", AA_TEXT),
    ("on_bad", "bad_pressed", AA_TEXT),
    ("on_accent", "accent", AA_TEXT),
    ("on_accent_soft", "accent_soft", AA_TEXT),
    ("on_good_soft", "good_soft", AA_TEXT),
    ("on_warn_soft", "warn_soft", AA_TEXT),
    ("on_bad_soft", "bad_soft", AA_TEXT),
    ("on_bad_soft", "surface", AA_TEXT),
    ("on_warn_soft", "surface", AA_TEXT),
    ("on_bad_soft", "accent_soft", AA_TEXT),
    ("on_warn_soft", "accent_soft", AA_TEXT),
    ("saving", "surface", AA_TEXT),
    ("saving", "accent_soft", AA_TEXT),
    ("on_inverse", "inverse", AA_TEXT),
    ("on_placeholder", "placeholder", AA_TEXT),
    ("on_paper", "paper", AA_TEXT),
    ("accent", "page", AA_GRAPHICS),
    ("accent", "surface", AA_GRAPHICS),
    ("line_strong", "surface", AA_GRAPHICS),
    ("line_strong", "page", AA_GRAPHICS),
    ("primary", "page", AA_GRAPHICS),
    ("primary", "surface", AA_GRAPHICS),
    ("bad", "surface", AA_GRAPHICS),
)
"""Every (foreground, ground, least ratio) that is drawn somewhere; a test holds both modes to it."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances in pixels."""

    xs: int = 4
    s: int = 8
    m: int = 12
    l: int = 16  # noqa: E741  sizes are named as clothes are
    xl: int = 24
    xxl: int = 32


@dataclass(frozen=True, slots=True)
class Radii:
    """Corner radii in pixels."""

    s: int = 6
    m: int = 10
    l: int = 12  # noqa: E741


@dataclass(frozen=True, slots=True)
class Heights:
    """Heights in pixels; nothing that is pressed is smaller than `touch`."""

    touch: int = 44
    bar: int = 48
    field: int = 48
    button: int = 64
    pay: int = 76
    pill: int = 28
    icon: int = 20
    tile_width: int = 104
    tile_height: int = 132


@dataclass(frozen=True, slots=True)
class TypeStyle:
    size_px: int
    weight: int
    """As CSS counts it: 400 regular, 500 medium, 600 semi-bold, 700 bold."""


@dataclass(frozen=True, slots=True)
class TypeScale:
    """The letter sizes, smallest first."""

    caption: TypeStyle = TypeStyle(12, 500)
    small: TypeStyle = TypeStyle(13, 400)
    small_strong: TypeStyle = TypeStyle(13, 600)
    body: TypeStyle = TypeStyle(15, 400)
    strong: TypeStyle = TypeStyle(15, 600)
    amount: TypeStyle = TypeStyle(17, 600)
    title: TypeStyle = TypeStyle(19, 600)
    large: TypeStyle = TypeStyle(24, 700)
    key: TypeStyle = TypeStyle(26, 600)
    entry: TypeStyle = TypeStyle(36, 700)
    display: TypeStyle = TypeStyle(46, 700)
    hero: TypeStyle = TypeStyle(72, 700)


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme at one scale: what every widget is drawn from."""

    is_dark: bool
    colours: Colours
    space: Spacing
    radius: Radii
    height: Heights
    type: TypeScale
    scale: float
    hairline: int


LEAST_SCALE = 1.0
GREATEST_SCALE = 1.5


def tokens_for(is_dark: bool, scale: float = 1.0) -> Tokens:
    """The tokens of a mode with every size multiplied; `scale` is held between 100 % and 150 %."""
    factor = min(max(scale, LEAST_SCALE), GREATEST_SCALE)
    return Tokens(
        is_dark=is_dark,
        colours=DARK_COLOURS if is_dark else LIGHT_COLOURS,
        space=_scaled(Spacing(), factor),
        radius=_scaled(Radii(), factor),
        height=_scaled(Heights(), factor),
        type=_scaled_type(TypeScale(), factor),
        scale=factor,
        hairline=1,
    )


def _scaled(sizes: _Sizes, factor: float) -> _Sizes:
    return replace(
        sizes, **{field.name: round(getattr(sizes, field.name) * factor) for field in fields(sizes)}
    )


def _scaled_type(scale: TypeScale, factor: float) -> TypeScale:
    styles = {field.name: getattr(scale, field.name) for field in fields(scale)}
    return replace(
        scale,
        **{name: replace(style, size_px=round(style.size_px * factor)) for name, style in styles.items()},
    )


def contrast_ratio(foreground: str, ground: str) -> float:
    """WCAG 2 contrast of two opaque colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(foreground), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
