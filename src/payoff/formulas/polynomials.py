"""The algebra of expansion: polynomials in assumptions whose coefficients are row expressions.

A polynomial maps (powers, part) to a factor. Factors of zero are kept, because a row
on which the part is NULL has no value even when it is multiplied by zero.
"""

from collections.abc import Mapping

from payoff.errors.formulas import FormulaPartsError
from payoff.formulas.literals import without_literal
from payoff.formulas.tree import Formula, Node, number, walk
from payoff.formulas.writing import written

MAX_TERMS = 1000

Powers = tuple[tuple[str, int], ...]
Key = tuple[Powers, Node]
Polynomial = dict[Key, float]

ONE = number(1.0)
ZERO = number(0.0)
NULL = Node("null", kind="null")


def expanded(formula: Formula, bound: Mapping[str, float]) -> Polynomial:
    """Return the polynomial of a formula, the bound assumptions replaced by numbers where they are bound.

    Raises
    ------
    FormulaPartsError
        When a product of sums has more than 1,000 terms.
    """
    polynomial = _Expander(formula.where, bound).expand(formula.tree)
    return {key: factor for key, factor in polynomial.items() if factor or key[1] != ONE}


def is_bound(tree: Node, name: str) -> bool:
    """Tell whether an assumption stands where only rows can revalue it.

    That is anywhere but in sums, products, small powers, numerators and the branches of CASE.
    """
    if tree.op in ("+", "*", "neg"):
        return any(is_bound(arg, name) for arg in tree.args)
    if tree.op in ("/", "power"):
        return is_bound(tree.args[0], name) or _holds(tree.args[1], name)
    if tree.op == "case":
        branches = (*tree.args[1::2], tree.args[-1])
        conditions = tree.args[:-1:2]
        return any(_holds(arg, name) for arg in conditions) or any(is_bound(arg, name) for arg in branches)
    return tree.op != "assumption" and _holds(tree, name)


def _holds(tree: Node, name: str) -> bool:
    return any(node.op == "assumption" and node.value == name for node in walk(tree))


def _is_free(tree: Node) -> bool:
    return not any(node.op == "assumption" for node in walk(tree))


class _Expander:
    """Expands one formula; ``bound`` are the numbers of assumptions that rows carry."""

    def __init__(self, where: str, bound: Mapping[str, float]) -> None:
        self.where, self.bound = where, bound

    def expand(self, node: Node) -> Polynomial:
        if node.op == "number":
            return {((), ONE): float(node.value or 0)}
        if node.op == "assumption":
            return {(((str(node.value), 1),), ONE): 1.0}
        if node.op == "neg":
            return {key: -factor for key, factor in self.expand(node.args[0]).items()}
        if node.op == "*":
            return self.product(tuple(self.expand(arg) for arg in node.args))
        if node.op == "/":
            return self.quotient(node)
        if not _is_free(node):
            if node.op == "+":
                return _added(tuple(self.expand(arg) for arg in node.args))
            if node.op == "power":
                return self.product((self.expand(node.args[0]),) * int(node.args[1].value or 1))
            if node.op == "case":
                return self.case(node)
        added, rest = without_literal(self.fixed(node))
        factor, part = _factored(rest)
        return {((), ONE): added, ((), part): factor} if added else {((), part): factor}

    def fixed(self, node: Node) -> Node:
        """Return the node with every assumption in it replaced by its number."""
        if node.op == "assumption":
            return number(self.bound[str(node.value)], node.at)
        return Node(node.op, tuple(self.fixed(arg) for arg in node.args), node.value, node.kind, node.at)

    def product(self, polynomials: tuple[Polynomial, ...]) -> Polynomial:
        total: Polynomial = {((), ONE): 1.0}
        for polynomial in polynomials:
            if len(total) * len(polynomial) > MAX_TERMS:
                raise FormulaPartsError(
                    where=self.where,
                    found=f"a product of sums with more than {MAX_TERMS} terms",
                    expected=f"at most {MAX_TERMS}",
                    fix="fix some of its assumptions as numbers, or compute columns.",
                )
            grown: Polynomial = {}
            for (powers, part), factor in total.items():
                for (others, other), by in polynomial.items():
                    key = (_raised(powers, others), _times(part, other))
                    grown[key] = grown.get(key, 0.0) + factor * by
            total = grown
        return total

    def quotient(self, node: Node) -> Polynomial:
        """Divide term by term; a number other than zero goes into the factors."""
        above, below = self.expand(node.args[0]), self.fixed(node.args[1])
        if below.op == "number" and below.value:
            return {key: factor / float(below.value) for key, factor in above.items()}
        return {
            (powers, Node("/", (part, below), kind="number")): factor
            for (powers, part), factor in above.items()
        }

    def case(self, node: Node) -> Polynomial:
        """Split the branches: each term becomes a CASE that is 0 in the other branches.

        Where another branch is NULL it stays NULL, so that the row keeps no value.
        """
        conditions = tuple(self.fixed(arg) for arg in node.args[:-1:2])
        branches = (*node.args[1::2], node.args[-1])
        others = tuple(NULL if branch.op == "null" else ZERO for branch in branches)
        total: Polynomial = {}
        for position, branch in enumerate(branches):
            if branch.op == "null":
                continue
            for (powers, part), factor in self.expand(branch).items():
                if factor or part != ONE:
                    key = (powers, _branch(conditions, others, position, part))
                    total[key] = total.get(key, 0.0) + factor
        if not total:
            total[((), _branch(conditions, others, len(others) - 1, others[-1]))] = 1.0
        return total


def _factored(node: Node) -> tuple[float, Node]:
    """Return a number and a part whose product is the node: 'when a then -fee' is the part 'when a then fee' too."""
    if node.op == "neg":
        factor, part = _factored(node.args[0])
        return -factor, part
    if node.op != "case":
        return 1.0, node
    branches = [_factored(branch) for branch in (*node.args[1::2], node.args[-1])]
    factors = {factor for factor, part in branches if part not in (ZERO, NULL)}
    if len(factors) != 1:
        return 1.0, node
    parts = [part for _, part in branches]
    paired = [arg for pair in zip(node.args[:-1:2], parts[:-1], strict=True) for arg in pair]
    return factors.pop(), Node("case", (*paired, parts[-1]), node.value, node.kind, node.at)


def _branch(conditions: tuple[Node, ...], others: tuple[Node, ...], position: int, part: Node) -> Node:
    values = (*others[:position], part, *others[position + 1 :])
    if len(set(values)) == 1:
        return part
    paired = [arg for pair in zip(conditions, values[:-1], strict=True) for arg in pair]
    return Node("case", (*paired, values[-1]), kind="number")


def _added(polynomials: tuple[Polynomial, ...]) -> Polynomial:
    total: Polynomial = {}
    for polynomial in polynomials:
        for key, factor in polynomial.items():
            total[key] = total.get(key, 0.0) + factor
    return total


def _raised(powers: Powers, others: Powers) -> Powers:
    total = dict(powers)
    for name, power in others:
        total[name] = total.get(name, 0) + power
    return tuple(sorted(total.items()))


def _times(part: Node, other: Node) -> Node:
    """Multiply two parts; factors are put in one order, so that equal products are one part."""
    pairs = (each.args if each.op == "*" else (each,) for each in (part, other))
    factors = [factor for pair in pairs for factor in pair if factor != ONE]
    if len(factors) < 2:
        return factors[0] if factors else ONE
    return Node("*", tuple(sorted(factors, key=_order)), kind="number")


def _order(node: Node) -> str:
    columns = {str(leaf.value): str(leaf.value) for leaf in walk(node) if leaf.op == "column"}
    return written(node, names=columns, outcome="outcome", values={})
