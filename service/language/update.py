"""Brings the catalogues in step with what the code says: `make catalogues`.

New messages come in empty, those that nobody says any more go out, what is translated stays as it is. The table of
drafts in docs/languages.md is written with it.
"""

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from service.language.catalogues import FOLDER, LANGUAGES, NAMES, catalogue

SERVICE = Path(__file__).parents[1]
TABLE = SERVICE.parent / "docs" / "languages.md"
_METHODS = [("**.py", "python"), ("**/templates/**.txt", "jinja2"), ("**/templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "_h": None, "N_": None, "ngettext": (1, 2)}
# Dates would change a file in which nothing has changed.
_DATED = re.compile(rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|'
                    rb'Language-Team|Project-Id-Version):[^\n]*\\n"\n', re.MULTILINE)  # fmt: skip
_BEGIN, _END = "<!-- table of drafts -->\n", "<!-- end of table -->\n"


def said() -> Catalog:
    """Every message that the service says, with the files that say it."""
    found = Catalog(charset="utf-8")
    # By name and line: a folder is read in another order on another machine.
    extracted = sorted(extract_from_dir(SERVICE, _METHODS, keywords=_KEYWORDS), key=lambda one: one[:2])
    for file, _, message, comments, context in extracted:
        found.add(message, locations=[(f"service/{file}", 0)], auto_comments=comments, context=context)
    return found


def written(language: str, template: Catalog) -> bytes:
    """The file of a language, in step with the template."""
    path = FOLDER / f"{language}.po"
    kept = catalogue(language) if path.exists() else read_po(BytesIO(), locale=language)
    kept.update(template, no_fuzzy_matching=True)
    kept.obsolete.clear()
    kept.fuzzy = False
    kept.header_comment = f"# {NAMES[language]}. A translation marked fuzzy is a draft that nobody has reviewed yet."
    out = BytesIO()
    write_po(out, kept, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return _DATED.sub(b"", out.getvalue())


def counted() -> str:
    """The table of drafts, a row a language."""
    rows = ["| Language | Messages | Drafts |", "|---|---|---|"]
    for language in LANGUAGES:
        messages = [one for one in (said() if language == "en" else catalogue(language)) if one.id]
        rows.append(f"| {NAMES[language]} | {len(messages)} | {sum(1 for one in messages if one.fuzzy)} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    template = said()
    for language in LANGUAGES:
        if language != "en":
            (FOLDER / f"{language}.po").write_bytes(written(language, template))
    if TABLE.exists():
        head, _, rest = TABLE.read_text().partition(_BEGIN)
        TABLE.write_text(f"{head}{_BEGIN}{counted()}{_END}{rest.partition(_END)[2]}")
    print(counted())


if __name__ == "__main__":
    main()
