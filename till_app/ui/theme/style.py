"""Tokens as Qt takes them: a palette and one style sheet for the plain widgets of forms and reports."""

from dataclasses import fields

from PySide6.QtGui import QColor, QPalette

from till_app.ui.theme.resource_files import resource_path
from till_app.ui.theme.tokens import Tokens, TypeStyle

_Role = QPalette.ColorRole


def palette_for(tokens: Tokens) -> QPalette:
    colours = tokens.colours
    palette = QPalette()
    for role, colour in (
        (_Role.Window, colours.page),
        (_Role.WindowText, colours.text),
        (_Role.Base, colours.surface),
        (_Role.AlternateBase, colours.sunken),
        (_Role.Text, colours.text),
        (_Role.PlaceholderText, colours.text_muted),
        (_Role.Button, colours.surface),
        (_Role.ButtonText, colours.text),
        (_Role.Highlight, colours.accent),
        (_Role.HighlightedText, colours.on_accent),
        (_Role.Link, colours.accent),
        (_Role.ToolTipBase, colours.inverse),
        (_Role.ToolTipText, colours.on_inverse),
        (_Role.Accent, colours.accent),
    ):
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.text_disabled))
    return palette


def style_sheet(tokens: Tokens) -> str:
    """The sheet of the whole application.

    A label takes a type style with `setProperty("type", "title")` and a tone with
    `setProperty("tone", "muted")`; a frame becomes a card with `setProperty("ground", "card")`.
    """
    return "\n".join(
        (_type_rules(tokens), _ground_rules(tokens), _control_rules(tokens), _list_rules(tokens))
    )


def _type_rules(tokens: Tokens) -> str:
    rules = []
    for field in fields(tokens.type):
        style: TypeStyle = getattr(tokens.type, field.name)
        rules.append(
            f'QLabel[type="{field.name}"] {{ font-size: {style.size_px}px; font-weight: {style.weight}; }}'
        )
    colours = tokens.colours
    for tone, colour in (
        ("muted", colours.text_muted),
        ("good", colours.saving),
        ("warn", colours.on_warn_soft),
        ("bad", colours.on_bad_soft),
        ("bar", colours.bar_text),
        ("bar_muted", colours.bar_muted),
    ):
        rules.append(f'QLabel[tone="{tone}"] {{ color: {colour}; }}')
    return "\n".join(rules)


def _ground_rules(tokens: Tokens) -> str:
    colours, radius, line = tokens.colours, tokens.radius, tokens.hairline
    return f"""
QAbstractScrollArea {{ background: transparent; border: none; }}
QWidget[ground="page"] {{ background: {colours.page}; }}
QWidget[ground="surface"] {{ background: {colours.surface}; }}
QWidget[ground="bar"] {{ background: {colours.bar}; }}
QFrame[ground="card"] {{
    background: {colours.surface}; border: {line}px solid {colours.line}; border-radius: {radius.l}px;
}}
QFrame[ground="good"] {{ background: {colours.good_soft}; border-radius: {radius.m}px; }}
QFrame[ground="rule"] {{
    background: {colours.line}; border: none; max-height: {line}px; min-height: {line}px;
}}
QToolTip {{
    background: {colours.inverse}; color: {colours.on_inverse}; border: none;
    padding: {tokens.space.xs}px {tokens.space.s}px;
}}
"""


def _control_rules(tokens: Tokens) -> str:
    colours, space, radius, line = tokens.colours, tokens.space, tokens.radius, tokens.hairline
    inner_height = tokens.height.field - 2 * (line + 1)
    return f"""
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit {{
    background: {colours.surface}; color: {colours.text};
    border: {line}px solid {colours.line_strong}; border-radius: {radius.m}px;
    padding: 0 {space.m}px; margin: 1px;
    selection-background-color: {colours.accent}; selection-color: {colours.on_accent};
}}
QLineEdit, QComboBox, QAbstractSpinBox {{ min-height: {inner_height}px; }}
QLineEdit[compact="true"] {{ min-height: {tokens.height.touch - 2 * (line + 1)}px; }}
QPlainTextEdit {{ padding: {space.s}px {space.m}px; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus {{
    border: {line + 1}px solid {colours.accent}; margin: 0;
}}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
    background: {colours.sunken}; color: {colours.text_disabled}; border-color: {colours.line};
}}
QComboBox::drop-down {{ border: none; width: {tokens.height.touch - space.m}px; }}
QComboBox QAbstractItemView {{ outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: {tokens.height.touch}px; }}
QCheckBox, QRadioButton {{ spacing: {space.s}px; min-height: {tokens.height.touch}px; }}
QCheckBox::indicator, QRadioButton::indicator {{
    width: {tokens.height.icon}px; height: {tokens.height.icon}px;
}}
QCheckBox::indicator {{
    background: {colours.surface}; border: {line}px solid {colours.line_strong};
    border-radius: {space.xs}px;
}}
QCheckBox::indicator:checked {{
    background: {colours.accent if tokens.is_dark else colours.accent_soft}; border-color: {colours.accent};
    image: url("{resource_path("icons/check.svg").as_posix()}");
}}
QCheckBox {{ border: {line + 1}px solid transparent; border-radius: {radius.s}px; }}
QCheckBox:focus {{ border-color: {colours.accent}; }}
QPushButton {{
    background: {colours.surface}; color: {colours.text}; font-weight: 600;
    border: {line}px solid {colours.line}; border-radius: {radius.m}px;
    min-height: {tokens.height.touch - 2}px; padding: 0 {space.l}px;
}}
QPushButton:pressed {{ background: {colours.surface_pressed}; }}
QPushButton:focus {{ border: {line + 1}px solid {colours.accent}; }}
QPushButton:disabled {{ color: {colours.text_disabled}; background: {colours.sunken}; }}
QProgressBar {{
    background: {colours.surface_pressed}; border: none; border-radius: {space.xs}px;
    min-height: {space.s}px; max-height: {space.s}px;
}}
QProgressBar::chunk {{ background: {colours.primary}; border-radius: {space.xs}px; }}
"""


def _list_rules(tokens: Tokens) -> str:
    colours, space, line = tokens.colours, tokens.space, tokens.hairline
    return f"""
QTableView, QListView, QTreeView {{
    background: {colours.surface}; color: {colours.text}; border: {line}px solid {colours.line};
    gridline-color: {colours.line}; selection-background-color: {colours.accent_soft};
    selection-color: {colours.text}; alternate-background-color: {colours.sunken};
}}
QTableView::item, QListView::item {{ padding: {space.s}px; }}
QHeaderView::section {{
    background: {colours.surface}; color: {colours.text_muted}; font-weight: 600; border: none;
    border-bottom: {line}px solid {colours.line}; padding: {space.s}px;
}}
QScrollBar:vertical {{ background: transparent; width: {space.m}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {space.m}px; margin: 0; }}
QScrollBar::handle {{ background: {colours.line_strong}; border-radius: {space.xs - 1}px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: {tokens.height.touch}px; }}
QScrollBar::handle:horizontal {{ min-width: {tokens.height.touch}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
