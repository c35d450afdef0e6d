"""Arithmetic on neighbours in int32 arrays as one vector instruction each, for compiled code.

numba turns long loops into vector instructions by itself, but not runs of four or eight elements,
of which the Monte Carlo consists. These functions state the vectors; the compiler maps them to what
the processor has. They check no bounds.

Offers: ``add_eight``, ``any_of_eight``, ``raise_four``, ``settle_four``; ``add_sixteen``,
``tally_sixteen``.
"""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # no stubs; beneath numba
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_INT = ir.IntType(32)
_ALIGN = 4


def _vector(context: Any, builder: Any, array: tuple[Any, Any], index: Any, lanes: int) -> Any:
    """Return a pointer to ``lanes`` neighbours of an array, from an index on."""
    array_type, value = array
    data = context.make_array(array_type)(context, builder, value).data
    place = cgutils.gep_inbounds(builder, data, index)
    return builder.bitcast(place, ir.VectorType(_INT, lanes).as_pointer())


@intrinsic
def add_eight(typing: Any, target: Any, at: Any, source: Any, start: Any) -> Any:
    """Do ``target[at:at + 8] += source[start:start + 8]``."""
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        into = _vector(context, builder, (kinds[0], args[0]), args[1], 8)
        added = _vector(context, builder, (kinds[2], args[2]), args[3], 8)
        total = builder.add(builder.load(into, align=_ALIGN), builder.load(added, align=_ALIGN))
        builder.store(total, into, align=_ALIGN)
        return context.get_dummy_value()

    return types.void(target, at, source, start), code


@intrinsic
def any_of_eight(typing: Any, source: Any, at: Any, least: Any) -> Any:
    """Return whether any of ``source[at:at + 8]`` is at least ``least``, an int32."""
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _vector(context, builder, (signature.args[0], args[0]), args[1], 8)
        kind = ir.VectorType(_INT, 8)
        first = builder.insert_element(ir.Constant(kind, ir.Undefined), args[2], _INT(0))
        spread = ir.Constant(ir.VectorType(_INT, 8), [0] * 8)
        every = builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), spread)
        found = builder.icmp_signed(">=", builder.load(place, align=_ALIGN), every)
        bits = builder.bitcast(found, ir.IntType(8))
        return builder.icmp_unsigned("!=", bits, ir.IntType(8)(0))

    return types.boolean(source, at, least), code


@intrinsic
def raise_four(typing: Any, target: Any, at: Any, source: Any, start: Any) -> Any:
    """Do ``target[at:at + 4] = max(target[at:at + 4], source[start:start + 4])``."""
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        into = _vector(context, builder, (kinds[0], args[0]), args[1], 4)
        other = _vector(context, builder, (kinds[2], args[2]), args[3], 4)
        old = builder.load(into, align=_ALIGN)
        new = builder.load(other, align=_ALIGN)
        larger = builder.select(builder.icmp_signed(">", old, new), old, new)
        builder.store(larger, into, align=_ALIGN)
        return context.get_dummy_value()

    return types.void(target, at, source, start), code


@intrinsic
def settle_four(typing: Any, total: Any, held: Any, at: Any, source: Any, start: Any) -> Any:
    """Do ``total[at:at + 4] += held[at:at + 4]; held[at:at + 4] = source[start:start + 4]``."""
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        into = _vector(context, builder, (kinds[0], args[0]), args[2], 4)
        kept = _vector(context, builder, (kinds[1], args[1]), args[2], 4)
        new = _vector(context, builder, (kinds[3], args[3]), args[4], 4)
        fresh = builder.load(new, align=_ALIGN)
        old = builder.load(kept, align=_ALIGN)
        builder.store(builder.add(builder.load(into, align=_ALIGN), old), into, align=_ALIGN)
        builder.store(fresh, kept, align=_ALIGN)
        return context.get_dummy_value()

    return types.void(total, held, at, source, start), code


@intrinsic
def add_sixteen(typing: Any, target: Any, at: Any, source: Any, start: Any) -> Any:
    """Do ``target[at:at + 16] += source[start:start + 16]``."""
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        into = _vector(context, builder, (kinds[0], args[0]), args[1], 16)
        added = _vector(context, builder, (kinds[2], args[2]), args[3], 16)
        total = builder.add(builder.load(into, align=_ALIGN), builder.load(added, align=_ALIGN))
        builder.store(total, into, align=_ALIGN)
        return context.get_dummy_value()

    return types.void(target, at, source, start), code


@intrinsic
def tally_sixteen(  # noqa: PLR0913, PLR0917 - an intrinsic takes its arrays one by one
    typing: Any, sums: Any, totals: Any, observed: Any, counts: Any, top: Any, at: Any
) -> Any:
    """For 16 voxels from ``at`` on, with ``d = |2 sums - totals|``, count and keep the largest.

    ``counts[at:at + 16] += d >= observed[at:at + 16]; top[0:16] = max(top[0:16], d)``.
    """
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds, at_value = signature.args, args[5]
        start = ir.Constant(at_value.type, 0)
        places = [
            _vector(context, builder, (kinds[i], args[i]), at_value if i < 4 else start, 16)
            for i in range(5)
        ]
        values = [builder.load(place, align=_ALIGN) for place in places]
        kind = values[0].type
        distance = builder.sub(builder.add(values[0], values[0]), values[1])
        opposite = builder.neg(distance)
        distance = builder.select(builder.icmp_signed(">", distance, opposite), distance, opposite)
        reaches = builder.icmp_signed(">=", distance, values[2])
        builder.store(builder.add(values[3], builder.zext(reaches, kind)), places[3], align=_ALIGN)
        larger = builder.select(builder.icmp_signed(">", distance, values[4]), distance, values[4])
        builder.store(larger, places[4], align=_ALIGN)
        return context.get_dummy_value()

    return types.void(sums, totals, observed, counts, top, at), code
