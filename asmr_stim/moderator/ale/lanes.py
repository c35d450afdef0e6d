"""Arithmetic on neighbours in int32 arrays as one vector instruction each, for compiled code.

numba turns long loops into vector instructions by itself, but not runs of four or eight elements,
of which the Monte Carlo consists. These functions state the vectors; the compiler maps them to what
the processor has. They check no bounds.

Offers: ``add_eight``, ``any_of_eight``, ``raise_four``, ``settle_four``.
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
