"""From nodes to the objects of `metazoo.index.model`, for one part of one file.

Tolerant in what it takes: a single item for a list of one, a name as text or as a mapping, a path
where a mapping could stand. What it can't take it reports and leaves out; it never guesses twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.findings import Finding, Location, Severity
from metazoo.index import fields, quantities
from metazoo.index.fields import Field, Kind, Names
from metazoo.index.model import (
    Code,
    Collection,
    Library,
    Metadata,
    Metric,
    Model,
    ModelIndex,
    Paper,
    Result,
    Value,
)
from metazoo.index.nodes import NULLS, is_null
from metazoo.index.quantities import Scale
from metazoo.index.text import Placer
from metazoo.spelling import folded

_METADATA = Names(fields.METADATA)
_MODEL = Names(fields.MODEL)
_COLLECTION = Names(fields.COLLECTION)
_INDEX = Names(fields.INDEX)
_LIBRARY = Names(fields.LIBRARY)
_PAPER = Names(fields.PAPER)
_CODE = Names(fields.CODE)
_RESULT = Names(fields.RESULT)
_NAMED = Names(
    (Field("Name", Kind.TEXT, ""), Field("Type", Kind.TEXT, ""), Field("Value", Kind.ANY, ""))
)
_AS_WRITTEN = Names(())

_INDEX_KEYS = frozenset(folded(f.name) for f in fields.INDEX if f.name != "Type")
_MODEL_KEYS = frozenset(folded(f.name) for f in fields.MODEL if f.name not in {"Type", "Image"})
_HUB_METADATA = {"license": "License"}

_SHAPES = {ScalarNode: "text", SequenceNode: "a list", MappingNode: "a mapping"}
_TRUTHS = {"true": True, "false": False}


class Entry(NamedTuple):
    """One key of a mapping: canonical name, key as written and where, and the value's node."""

    name: str
    key: str
    key_location: Location
    node: Node


class Follow(Protocol):
    """Opens the files that a path in the index names, as `metazoo.index.reader` does."""

    def __call__(self, path: Value[str]) -> Iterator[tuple[Builder, Node]]:
        """Yield the root nodes of each file, with a builder for them."""


class Builder:
    """Builds what one part of a file says.

    Args:
        place: Turns marks of the parser into places.
        findings: Where to report to.
        follow: Opens files named by paths.
        page: The Markdown page's own name, where the part is a piece of one.
    """

    def __init__(
        self,
        place: Placer,
        findings: list[Finding],
        follow: Follow,
        page: str | None = None,
    ) -> None:
        self._place = place
        self._findings = findings
        self._follow = follow
        self._page = page
        self._model: MappingNode | None = None

    # -- an index ---------------------------------------------------------------------------

    def index(self, root: Node, index: ModelIndex, imports: list[Value[str]]) -> bool:
        """Add what `root` says to `index`, and the paths it imports to `imports`.

        Returns:
            Whether `root` was an index at all.
        """
        if isinstance(root, SequenceNode):
            if not any(self._is_model(item) or _is_path(item) for item in root.value):
                return False
            index.models.extend(self.models(root))
            return True
        if not isinstance(root, MappingNode):
            return False
        keys = {folded(key.value) for key, _ in root.value if isinstance(key, ScalarNode)}
        if keys & _INDEX_KEYS:
            self._index_mapping(root, index, imports)
            return True
        if "modelindex" in keys:
            self._hub_card(root, index)
            return True
        if "name" in keys or "results" in keys or keys & _MODEL_KEYS - {"code", "readme"}:
            index.models.append(self.model(root))
            return True
        # A mapping that only says `Type: model-index` is an empty index.
        return "type" in keys

    def _index_mapping(
        self, root: MappingNode, index: ModelIndex, imports: list[Value[str]]
    ) -> None:
        for entry in self.entries(root, _INDEX):
            name, node = entry.name, entry.node
            if name == "Models":
                index.models.extend(self.models(node))
            elif name == "Collections":
                index.collections.extend(self.collections(node))
            elif name == "Import":
                imports.extend(self._paths(entry))
            elif name == "Library":
                library = self.library(node)
                if library and index.library and library.location != index.library.location:
                    self._replaces(entry, index.library.location)
                index.library = library or index.library
            elif name == "Type":
                self._check_type(entry)
            else:
                value = self._any(entry)
                before = index.extra.get(name)
                if before is not None and before.location != value.location:
                    self._replaces(entry, before.location)
                index.extra[name] = value

    def _replaces(self, entry: Entry, before: Location) -> None:
        self._report(
            "MZ213",
            f"“{entry.key}” replaces what {before} says, which is not read",
            entry.key_location,
            hint="Say it once, in the root index.",
            severity=Severity.WARNING,
        )

    def _check_type(self, entry: Entry) -> None:
        text = self._text(entry)
        if text.value is not None and folded(text.value) != "modelindex":
            self._report(
                "MZ203",
                f"Type is “{text.text}”, which is no index",
                text.location,
                hint="Write Type: model-index.",
            )

    def _hub_card(self, root: MappingNode, index: ModelIndex) -> None:
        """The front matter of a model card as the Hugging Face hub keeps it."""
        shared: dict[str, Value[Any]] = {}
        rest: dict[str, Value[Any]] = {}
        card: dict[str, Value[Any]] = {}
        models: list[Model] = []
        for entry in self.entries(root, _AS_WRITTEN):
            known = _HUB_METADATA.get(entry.key)
            if known is not None:
                shared[known] = self._metadata_value(_METADATA.fields[known], entry)
            elif folded(entry.key) == "modelindex":
                models = self.models(entry.node)
            elif _MODEL[entry.key] in _MODEL.fields:
                card[entry.key] = self._any(entry)
            else:
                rest[entry.key] = self._any(entry)
        if card:
            # Beside the models such a key is the page's: it must not be taken for the model's own.
            rest["Card"] = Value(card, "", self._at(root), "", "Card", self._at(root))
        for model in models:
            for key, value in shared.items():
                model.written.values.setdefault(key, value)
            model.metadata = model.written
            for key, value in rest.items():
                model.extra.setdefault(key, value)
        index.models.extend(models)

    def models(self, node: Node) -> list[Model]:
        """The models of a ``Models`` value: mappings, paths, or a list of both."""
        found: list[Model] = []
        for item in self._items(node):
            if isinstance(item, MappingNode):
                found.append(self.model(item))
            elif isinstance(item, ScalarNode):
                for builder, root in self._follow(self._scalar(item)):
                    found.extend(builder.models(builder.part(root, "models", "model")))
            else:
                self._wrong_shape("a model", "a mapping or a path", item)
        return found

    def collections(self, node: Node) -> list[Collection]:
        """The collections of a ``Collections`` value: mappings, paths, or a list of both."""
        found: list[Collection] = []
        for item in self._items(node):
            if isinstance(item, MappingNode):
                found.append(self.collection(item))
            elif isinstance(item, ScalarNode):
                for builder, root in self._follow(self._scalar(item)):
                    found.extend(
                        builder.collections(builder.part(root, "collections", "collection"))
                    )
            else:
                self._wrong_shape("a collection", "a mapping or a path", item)
        return found

    def part(self, root: Node, *names: str) -> Node:
        """The part of a file that a path in its place takes, with a finding on what else it says."""
        found = self.under(root, *names)
        if found is not root and isinstance(root, MappingNode):
            others = [
                key
                for key, _ in root.value
                if isinstance(key, ScalarNode) and folded(key.value) not in {*names, "type"}
            ]
            if others:
                keys = ", ".join(f"“{key.value}”" for key in others[:3])
                more = f" and {len(others) - 3} more keys" if len(others) > 3 else ""
                self._report(
                    "MZ213",
                    f"{keys}{more} are not read, since a path takes only the {names[0]} of this file",
                    self._at(others[0]),
                    hint="Name the file under Import, and all of it is read.",
                    severity=Severity.WARNING,
                )
        return found

    def under(self, root: Node, *names: str) -> Node:
        """The value under one of the (folded) keys, where `root` has it; else `root` itself."""
        if isinstance(root, MappingNode):
            for key, value in root.value:
                if isinstance(key, ScalarNode) and folded(key.value) in names:
                    inner: Node = value
                    return inner
        return root

    @staticmethod
    def _is_model(node: Node) -> bool:
        return isinstance(node, MappingNode) and any(
            isinstance(key, ScalarNode) and folded(key.value) in _MODEL_KEYS
            for key, _ in node.value
        )

    # -- a model, a collection, the library -------------------------------------------------

    def model(self, node: MappingNode) -> Model:
        """One entry of ``Models``."""
        location = self._at(node)
        self._model = node
        model = Model(Value("", "", location), location)
        for entry in self.entries(node, _MODEL):
            if entry.name == "In Collection":
                model.collections = [
                    v for v in self._list(entry).value or [] if v.value is not None
                ]
            else:
                self._common(model, entry)
        model.metadata = model.written
        if self._page and model.readme is None:
            model.readme = Value(self._page, self._page, location)
        self._model = None
        return model

    def collection(self, node: MappingNode) -> Collection:
        """One entry of ``Collections``."""
        location = self._at(node)
        collection = Collection(Value("", "", location), location)
        for entry in self.entries(node, _COLLECTION):
            self._common(collection, entry)
        if self._page and collection.readme is None:
            collection.readme = Value(self._page, self._page, location)
        return collection

    def _common(self, target: Model | Collection, entry: Entry) -> None:
        name, node = entry.name, entry.node
        if name == "Name":
            text = self._text(entry)
            target.name = Value(
                text.value or "", text.text, text.location, "", text.key, text.key_location
            )
        elif name == "Metadata":
            values = self.metadata(node)
            if isinstance(target, Model):
                target.written = Metadata(values)
            else:
                target.metadata = Metadata(values)
        elif name == "Weights":
            target.weights = self._first_text(entry, target.extra)
        elif name == "Code":
            target.code = self._code(entry, target.extra)
        elif name == "Results":
            target.results = self.results(node)
        elif name == "Config":
            target.config = self._first_text(entry, target.extra)
        elif name == "README":
            target.readme = self._first_text(entry, target.extra)
        elif name == "Image":
            target.image = self._first_text(entry, target.extra)
        elif name == "Paper":
            target.papers = [self._paper(item) for item in self._items(node)]
        elif name == "Type":
            self._check_type(entry)
        else:
            target.extra[name] = self._any(entry)

    def library(self, node: Node) -> Library | None:
        """The value of ``Library``: a mapping, or a path to one."""
        if isinstance(node, ScalarNode):
            if is_null(node):
                return None
            for builder, root in self._follow(self._scalar(node)):
                return builder.library(builder.part(root, "library"))
            return None
        if not isinstance(node, MappingNode):
            self._wrong_shape("Library", "a mapping or a path", node)
            return None
        library = Library(self._at(node))
        for entry in self.entries(node, _LIBRARY):
            if entry.name == "Name":
                library.name = self._text(entry)
            elif entry.name == "URL":
                library.url = self._text(entry)
            elif entry.name == "Source":
                library.source = self._text(entry)
            elif entry.name == "FLOPs Convention":
                library.flops_convention = self._text(entry)
            else:
                library.extra[entry.name] = self._any(entry)
        return library

    # -- the parts of a model ---------------------------------------------------------------

    def metadata(self, node: Node) -> dict[str, Value[Any]]:
        """The values of a ``Metadata`` mapping, list of mappings, or path to one."""
        values: dict[str, Value[Any]] = {}
        for item in self._items(node):
            if isinstance(item, MappingNode):
                if len(item.value) == 1:
                    inner = self.under(item, "metadata")
                    if inner is not item:
                        self._add(values, self.metadata(inner))
                        continue
                found: dict[str, Value[Any]] = {}
                for entry in self.entries(item, _METADATA):
                    field = _METADATA.fields.get(entry.name)
                    found[entry.name] = (
                        self._any(entry) if field is None else self._metadata_value(field, entry)
                    )
                self._add(values, found)
            elif isinstance(item, ScalarNode):
                for builder, root in self._follow(self._scalar(item)):
                    self._add(values, builder.metadata(root))
            else:
                self._wrong_shape("Metadata", "a mapping or a path", item)
        return values

    def _add(self, values: dict[str, Value[Any]], more: dict[str, Value[Any]]) -> None:
        """Add metadata of a further mapping or file; a key that is there already is reported."""
        for name, value in more.items():
            if name in values:
                self._duplicate(values[name], value.key, value.key_location or value.location)
            values[name] = value

    def _metadata_value(self, field: Field, entry: Entry) -> Value[Any]:
        kind = field.kind
        if kind is Kind.LIST:
            return self._list(entry)
        node = entry.node
        if kind is Kind.IMAGE_SIZE and isinstance(node, SequenceNode):
            return self._image_size_list(entry, node)
        if not isinstance(node, ScalarNode):
            self._wrong_shape(entry.key, "one value", node)
            return Value(None, "", self._at(node), "", entry.key, entry.key_location)
        mark = node.start_mark
        location = self._place(mark)
        text = node.value
        value: Any = None
        unit = ""
        if text in NULLS and not node.style:
            pass
        elif (scale := _SCALES.get(field.name)) is not None:
            quantity = quantities.number(text, scale)
            if quantity is not None:
                value, unit = quantity
        elif kind is Kind.IMAGE_SIZE:
            value = quantities.image_size(text)
        else:
            value = text
        return Value(value, text, location, unit, entry.key, entry.key_location)

    def _image_size_list(self, entry: Entry, node: SequenceNode) -> Value[Any]:
        text = "x".join(str(item.value) for item in node.value if isinstance(item, ScalarNode))
        size = quantities.image_size(text)
        return Value(size, text, self._at(node), "", entry.key, entry.key_location)

    def results(self, node: Node) -> list[Result]:
        """The results of a ``Results`` value: mappings, paths, or a list of both."""
        found: list[Result] = []
        for item in self._items(node):
            if isinstance(item, MappingNode):
                found.append(self._result(item))
            elif isinstance(item, ScalarNode):
                for builder, root in self._follow(self._scalar(item)):
                    found.extend(builder.results(builder.part(root, "results", "result")))
            else:
                self._wrong_shape("a result", "a mapping or a path", item)
        return found

    def _result(self, node: MappingNode) -> Result:
        parts: dict[str, Any] = {}
        metrics: list[Metric] = []
        extra: dict[str, Value[Any]] = {}
        for entry in self.entries(node, _RESULT):
            if entry.name == "Task":
                parts["task"] = self._named(entry)
            elif entry.name == "Dataset":
                parts["dataset"] = self._named(entry)
            elif entry.name == "Metrics":
                metrics.extend(self._metrics(entry.node))
            else:
                extra[entry.name] = self._any(entry)
        return Result(self._at(node), metrics=metrics, extra=extra, **parts)

    def _metrics(self, node: Node) -> Iterator[Metric]:
        for item in self._items(node):
            if not isinstance(item, MappingNode):
                self._wrong_shape("Metrics", "names with values", item)
                continue
            if isinstance(node, SequenceNode):
                parts = {e.name: e for e in self.entries(item, _NAMED, quiet=True)}
                if "Value" in parts and ("Name" in parts or "Type" in parts):
                    yield self._named_metric(item)
                    continue
            for entry in self.entries(item, _AS_WRITTEN):
                yield Metric(entry.key, self._metric_value(entry, entry.key))

    def _named_metric(self, node: MappingNode) -> Metric:
        parts = self.entries(node, _NAMED)
        by_name = {entry.name: entry for entry in parts}
        name = by_name.get("Name") or by_name["Type"]
        label = self._text(name)
        value = self._metric_value(by_name["Value"], label.text)
        value.extra = self._rest(parts, name, by_name["Value"])
        return Metric(label.text, value)

    def _metric_value(self, entry: Entry, name: str) -> Value[float]:
        node = entry.node
        if not isinstance(node, ScalarNode):
            self._wrong_shape(f"the metric “{name}”", "one number", node)
            return Value(None, "", self._at(node), "", entry.key, entry.key_location)
        text = node.value
        quantity = quantities.figure(text)
        if quantity is None:
            return Value(None, text, self._at(node), "", entry.key, entry.key_location)
        return Value(
            quantity.value, text, self._at(node), quantity.unit, entry.key, entry.key_location
        )

    def _named(self, entry: Entry) -> Value[str]:
        """A name as text, or as a mapping with Name (or Type, as the hub writes it)."""
        if isinstance(entry.node, MappingNode):
            parts = self.entries(entry.node, _NAMED)
            by_name = {part.name: part for part in parts}
            inner = by_name.get("Name") or by_name.get("Type")
            if inner is not None:
                text = self._text(inner)
                text.extra = self._rest(parts, inner)
                return text
        return self._text(entry)

    def _rest(self, parts: list[Entry], *used: Entry) -> dict[str, Value[Any]] | None:
        """What a mapping says beside the entries that were used."""
        return {part.key: self._any(part) for part in parts if part not in used} or None

    def _paper(self, node: Node) -> Paper:
        location = self._at(node)
        if isinstance(node, ScalarNode):
            value = self._scalar(node)
            if "://" in value.text or value.text.startswith("www."):
                return Paper(location, url=value)
            return Paper(location, title=value)
        paper = Paper(location)
        if not isinstance(node, MappingNode):
            self._wrong_shape("Paper", "an address, or Title and URL", node)
            return paper
        found: dict[str, Any] = {}
        for entry in self.entries(node, _PAPER):
            if entry.name == "Authors":
                found["authors"] = self._list(entry).value or []
            elif entry.name == "Year":
                found["year"] = self._metadata_value(_PAPER.fields["Year"], entry)
            elif entry.name in _PAPER.fields:
                found[entry.name.lower()] = self._text(entry)
            else:
                paper.extra[entry.name] = self._any(entry)
        return Paper(location, extra=paper.extra, **found) if found else paper

    def _code(self, entry: Entry, extra: dict[str, Value[Any]]) -> Code | None:
        """Where the code stands; of a list the first, the whole list staying among the extra keys."""
        node = entry.node
        if is_null(node):
            return None
        if isinstance(node, SequenceNode) and node.value:
            if len(node.value) > 1:
                extra[entry.name] = self._any(entry)
            node = next(iter(self._items(node)), node.value[0])
        if isinstance(node, ScalarNode):
            url = Value(node.value, node.value, self._at(node), "", entry.key, entry.key_location)
            return Code(url.location, url=url)
        if not isinstance(node, MappingNode):
            self._wrong_shape("Code", "an address, or URL and Version", node)
            return None
        known: dict[str, Value[str]] = {}
        rest: dict[str, Value[Any]] = {}
        for part in self.entries(node, _CODE):
            if part.name in _CODE.fields:
                known[part.name] = self._text(part)
            else:
                rest[part.name] = self._any(part)
        return Code(self._at(node), known.get("URL"), known.get("Version"), rest)

    # -- values -----------------------------------------------------------------------------

    def entries(self, node: MappingNode, names: Names, *, quiet: bool = False) -> list[Entry]:
        """The keys of a mapping, merges (``<<``) resolved, a key used twice reported.

        Of a key used twice the last one counts, as in other readers.
        """
        place = self._place
        make: Callable[[type[Entry], tuple[str, str, Location, Node]], Entry] = tuple.__new__
        found: dict[str, Entry] = {}
        merged: list[Entry] = []
        for key_node, value_node in node.value:
            mark = key_node.start_mark
            location = place(mark)
            key = key_node.value
            if not isinstance(key, str):
                if not quiet:
                    self._wrong_shape("a key", "text", key_node)
                continue
            if key == "<<" and not key_node.style:
                merged.extend(self._merged(value_node, names))
                continue
            name = names[key]
            if name in found and not quiet:
                self._duplicate(found[name], key, location)
            found[name] = make(Entry, (name, key, location, value_node))
        if merged:
            for entry in merged:
                found.setdefault(entry.name, entry)
        return list(found.values())

    def _merged(self, node: Node, names: Names) -> list[Entry]:
        sources = node.value if isinstance(node, SequenceNode) else [node]
        found: list[Entry] = []
        for source in sources:
            if isinstance(source, MappingNode):
                found.extend(self.entries(source, names))
            else:
                self._wrong_shape("the merge key <<", "a mapping", source)
        return found

    def _duplicate(self, first: Entry | Value[Any], key: str, location: Location) -> None:
        other = f" as “{first.key}”" if first.key != key else ""
        place = first.key_location
        if place is None or place.file != location.file:
            where = f"at {place}"
        else:
            where = f"on line {place.line}"
        self._report(
            "MZ201",
            f"the key “{key}” stands here again; it is {where}{other}",
            location,
            hint="Delete one of the two. Only the last one counts.",
        )

    def _items(self, node: Node) -> list[Node]:
        """The items of a list; a single value is a list of one, nothing a list of none."""
        if isinstance(node, SequenceNode):
            return [item for item in node.value if not is_null(item)]
        return [] if is_null(node) else [node]

    def _paths(self, entry: Entry) -> Iterator[Value[str]]:
        for item in self._items(entry.node):
            if isinstance(item, ScalarNode):
                yield self._scalar(item)
            else:
                self._wrong_shape(entry.key, "paths", item)

    def _list(self, entry: Entry) -> Value[Any]:
        node = entry.node
        location = self._at(node)
        if isinstance(node, SequenceNode):
            items = [item for item in map(self._item, node.value) if item is not None]
            return Value(items, "", location, "", entry.key, entry.key_location)
        if is_null(node):
            return Value([], "", location, "", entry.key, entry.key_location)
        item = self._item(node)
        text = item.text if item else ""
        return Value([item] if item else [], text, location, "", entry.key, entry.key_location)

    def _item(self, node: Node) -> Value[str] | None:
        if isinstance(node, ScalarNode):
            mark = node.start_mark
            text = node.value
            value = None if text in NULLS and not node.style else text
            return Value(value, text, self._place(mark))
        if isinstance(node, MappingNode):
            parts = self.entries(node, _NAMED)
            name = next((part for part in parts if part.name == "Name"), None)
            if name is not None and isinstance(name.node, ScalarNode):
                item = self._scalar(name.node)
                item.extra = self._rest(parts, name)
                return item
        self._wrong_shape("an item of this list", "text", node)
        return None

    def _scalar(self, node: ScalarNode) -> Value[str]:
        return Value(node.value, node.value, self._at(node))

    def _text(self, entry: Entry) -> Value[str]:
        node = entry.node
        mark = node.start_mark
        location = self._place(mark)
        if isinstance(node, ScalarNode):
            text = node.value
            value = None if text in NULLS and not node.style else text
            return Value(value, text, location, "", entry.key, entry.key_location)
        self._wrong_shape(entry.key, "text", node)
        return Value(None, "", location, "", entry.key, entry.key_location)

    def _first_text(self, entry: Entry, extra: dict[str, Value[Any]]) -> Value[str] | None:
        """A text; of a list of them the first, the whole list staying among the extra keys.

        Nothing written stands among the extra keys too, so that it can be reported.
        """
        node = entry.node
        if is_null(node):
            extra[entry.name] = self._text(entry)
            return None
        if not isinstance(node, SequenceNode) or not node.value:
            return self._text(entry)
        extra[entry.name] = self._any(entry)
        first = entry._replace(node=node.value[0])
        return self._text(first)

    def _any(self, entry: Entry) -> Value[Any]:
        """A value of an unknown key: numbers and truths where they are written plainly."""
        node = entry.node
        value: Any
        text = ""
        if isinstance(node, MappingNode):
            value = {e.key: self._any(e) for e in self.entries(node, _AS_WRITTEN)}
        elif isinstance(node, SequenceNode):
            value = [self._any(Entry("", "", self._at(item), item)) for item in node.value]
        elif isinstance(node, ScalarNode):
            value, text = _plain(node), node.value
        else:
            value = None
        return Value(value, text, self._at(node), "", entry.key, entry.key_location)

    # -- reporting --------------------------------------------------------------------------

    def _at(self, node: Node) -> Location:
        mark = node.start_mark
        return self._place(mark)

    def _wrong_shape(self, what: str, wanted: str, node: Node) -> None:
        shape = _SHAPES.get(type(node), "something else")
        if is_null(node):
            shape = "nothing"
        self._report(
            "MZ202",
            f"{what} must be {wanted}, but here is {shape}",
            self._at(node),
            hint="Check the indentation and the dashes around this line.",
        )

    def _report(
        self,
        code: str,
        message: str,
        location: Location,
        *,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        model = None
        if self._model is not None:
            name = self.under(self._model, "name")
            model = str(name.value) if isinstance(name, ScalarNode) else None
        self._findings.append(Finding(code, message, location, severity, model, hint))


def _is_path(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value.endswith(
        (".yml", ".yaml", ".json", ".md", ".mdx")
    )


def _plain(node: ScalarNode) -> str | int | float | bool | None:
    if node.style:
        return str(node.value)
    if is_null(node):
        return None
    text: str = node.value
    truth = _TRUTHS.get(text.lower())
    if truth is not None:
        return truth
    quantity = quantities.number(text)
    # `1.10` may be a version and `00123` a revision: a number only where nothing is lost.
    return quantity.value if quantity is not None and str(quantity.value) == text else text


_SCALE_OF_KIND = {Kind.COUNT: Scale.COUNT, Kind.BYTES: Scale.BYTES, Kind.NUMBER: Scale.NONE}
_SCALES = {
    field.name: _SCALE_OF_KIND[field.kind]
    for field in (*fields.METADATA, *fields.PAPER)
    if field.kind in _SCALE_OF_KIND
}
"""By name, since hashing a member of an enumeration costs more than the rest of the look-up."""
