"""Writes tokens as Markdown again, so that nothing but what the tokens hold can stand in it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it.token import Token
from mdformat.renderer import DEFAULT_RENDERERS, MDRenderer, RenderContext, RenderTreeNode
from mdformat.renderer.typing import Postprocess, Render

_ALIGNED = {"left": ":--", "center": ":-:", "right": "--:"}


def written(tokens: Sequence[Token]) -> str:
    """The Markdown of tokens of our dialect."""
    text: str = MDRenderer().render(tokens, {"mdformat": {}, "parser_extension": [_Dialect]}, {"references": {}})
    return text


def _children(node: RenderTreeNode, context: RenderContext) -> str:
    return "".join(child.render(context) for child in node.children)


def _blocks(nodes: Sequence[RenderTreeNode], context: RenderContext) -> str:
    return "\n\n".join(text for node in nodes if (text := node.render(context)))


def _strikethrough(node: RenderTreeNode, context: RenderContext) -> str:
    return f"~~{_children(node, context)}~~"


def _task(node: RenderTreeNode, context: RenderContext) -> str:
    text = DEFAULT_RENDERERS["list_item"](node, context)
    if "checked" not in node.meta:
        return text
    return f"[{'x' if node.meta['checked'] else ' '}] {text}"


def _alert(node: RenderTreeNode, context: RenderContext) -> str:
    inside = _blocks([child for child in node.children if child.type != "alert_title"], context)
    return textwrap.indent(f"[!{node.meta['kind']}]\n{inside}", "> ", lambda line: True).replace("> \n", ">\n")


def _table(node: RenderTreeNode, context: RenderContext) -> str:
    rows = [row for row in node.walk(include_self=False) if row.type == "tr"]
    lines = [f"| {' | '.join(cell.render(context) for cell in row.children)} |" for row in rows]
    styles = [str(cell.attrs.get("style", "")).partition(":")[2] for cell in rows[0].children]
    lines.insert(1, f"| {' | '.join(_ALIGNED.get(style, '---') for style in styles)} |")
    return "\n".join(lines)


def _cell(node: RenderTreeNode, context: RenderContext) -> str:
    return _children(node, context).replace("|", "\\|").replace("\n", " ")


def _note(node: RenderTreeNode, context: RenderContext) -> str:
    inside = textwrap.indent(_blocks(node.children, context), " " * 4)
    return f"[^{node.meta['label']}]: {inside.lstrip()}"


def _reference(node: RenderTreeNode, context: RenderContext) -> str:
    return f"[^{node.meta['label']}]"


def _nothing(node: RenderTreeNode, context: RenderContext) -> str:
    return ""


def _as_text(text: str, node: RenderTreeNode, context: RenderContext) -> str:
    return text.replace("~", "\\~").replace("[!", "\\[!").replace("[^", "\\[^")


class _Dialect:
    """What the dialect has beyond CommonMark, in the shape of an extension of mdformat."""

    RENDERERS: Mapping[str, Render] = {
        "s": _strikethrough,
        "list_item": _task,
        "alert": _alert,
        "table": _table,
        "th": _cell,
        "td": _cell,
        "footnote_block": lambda node, context: _blocks(node.children, context),
        "footnote": _note,
        "footnote_ref": _reference,
        "footnote_anchor": _nothing,
    }
    POSTPROCESSORS: Mapping[str, Postprocess] = {"text": _as_text}

    @staticmethod
    def update_mdit(mdit: Any) -> None:
        """The parser is ours."""
