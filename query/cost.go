package query

import "hearth/text"

// cost is the sum over the operands of a node (section 8).
func cost(n Node) int {
	switch n := n.(type) {
	case And:
		return costs(n.Parts)
	case Or:
		return costs(n.Parts)
	case Not:
		return cost(n.Part)
	case Near:
		return 5*len(n.Links) + costs(n.Spots)
	case Term:
		return n.cost()
	case Window:
		sum := 10
		for _, t := range n.Parts {
			sum += t.cost()
		}
		return sum
	case Raw:
		return 10 * len(n.Values)
	case Scope:
		return cost(n.Part)
	case Field:
		sum := 0
		for _, v := range n.Values {
			sum += v.cost()
		}
		return sum
	}
	return 0
}

func costs(nodes []Node) int {
	sum := 0
	for _, n := range nodes {
		sum += cost(n)
	}
	return sum
}

func (t Term) cost() int {
	sum := 0
	for i := range t.Elements {
		sum += t.Elements[i].cost(t.Exact)
	}
	return sum
}

func (e *Element) cost(braces bool) int {
	points := 1
	switch {
	case e.Pattern != nil:
		return e.Pattern.cost()
	case e.Kind == Token && e.Class == text.Emoji:
		return 1
	case e.Kind == Token && e.Class == text.Hangul:
		points = 2
	}
	if braces {
		points++
	}
	return points
}
