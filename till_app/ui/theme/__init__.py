"""The design system: tokens, and what Qt is given from them (palette, style sheet, fonts, icons)."""
