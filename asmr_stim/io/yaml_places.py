"""Where in a YAML text something stands that a path of keys and positions speaks of."""

from dataclasses import dataclass

import yaml

from asmr_stim.schema.problems import Correction, Rename, Where


@dataclass(frozen=True)
class Place:
    """A place in a text: its line and column from 1, and the nodes that stand there.

    ``key`` and ``value`` are those of the deepest part of a path that the text has; ``owner`` is
    the mapping of the key.
    """

    line: int = 1
    column: int = 1
    key: yaml.Node | None = None
    value: yaml.Node | None = None
    owner: yaml.MappingNode | None = None

    def correction(self, rename: Rename) -> Correction | None:
        """Return what to write where, or None if the text does not have the old word here.

        A key is not renamed to one that stands beside it already.
        """
        node = self.key if rename.what == "key" else self.value
        if not isinstance(node, yaml.ScalarNode) or node.value != rename.old:
            return None
        if rename.what == "key" and self.owner is not None:
            beside = {key.value for key, _ in self.owner.value}
            if rename.new in beside:
                return None
        mark = node.start_mark
        if node.end_mark.line != mark.line:
            return None
        return Correction(
            line=mark.line + 1, column=mark.column + 1, old=rename.old, new=rename.new
        )


def place_of(root: yaml.Node | None, where: Where) -> Place:
    """Return the place of the deepest part of ``where`` that the text has.

    Parts that the text does not have, such as pydantic's names of the branches of a choice, are
    passed over.
    """
    place, node = Place(value=root), root
    for part in where:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    place, node = _at(key, key, value, node), value
                    break
        elif isinstance(node, yaml.SequenceNode) and part in range(len(node.value)):
            node = node.value[part]
            place = _at(node, None, node, None)
    return place


def _at(
    start: yaml.Node, key: yaml.Node | None, value: yaml.Node, owner: yaml.MappingNode | None
) -> Place:
    mark = start.start_mark
    return Place(mark.line + 1, mark.column + 1, key, value, owner)
