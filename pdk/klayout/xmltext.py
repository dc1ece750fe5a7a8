"""XML as KLayout writes it."""

from xml.etree import ElementTree


def document(root: ElementTree.Element) -> str:
    """The element as a file, one space a level."""
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def macro(text: str, description: str, language: str, menu: str) -> str:
    """A KLayout macro file.

    Args:
        text: the script.
        description: what the menu shows.
        language: name of the interpreter, `drc-dsl-xml` or `d25-dsl-xml`.
        menu: path of the menu it appears in.
    """
    root = ElementTree.Element("klayout-macro")
    for key, value in (
        ("description", description),
        ("version", ""),
        ("category", language.partition("-")[0]),
        ("prolog", ""),
        ("epilog", ""),
        ("doc", ""),
        ("autorun", "false"),
        ("autorun-early", "false"),
        ("priority", "0"),
        ("shortcut", ""),
        ("show-in-menu", "true"),
        ("group-name", f"{language.partition('-')[0]}_scripts"),
        ("menu-path", menu),
        ("interpreter", "dsl"),
        ("dsl-interpreter-name", language),
        ("text", text),
    ):
        ElementTree.SubElement(root, key).text = value
    return document(root)
