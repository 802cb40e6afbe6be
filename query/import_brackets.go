package query

// addBrackets makes the precedence of a level visible: proximity before NOT
// before AND before OR.
func (im *importer) addBrackets(level []imported) {
	operands := joined(level)
	ors, ands := split(operands, familyOr), 0
	added := false
	for _, run := range ors {
		nears := split(run, familyAnd)
		ands = len(nears)
		for _, chain := range nears {
			first, last := chain[0], chain[len(chain)-1]
			if len(chain) > 1 && (len(operands) > len(chain) || first.start != first.core) {
				im.bracket(first.core, last.end)
				added = true
			}
		}
		if ands > 1 && len(ors) > 1 {
			im.bracket(run[0].start, run[len(run)-1].end)
			added = true
		}
	}
	if added {
		im.note(operands[0].start, "Brackets were added: proximity binds first, then NOT, AND, and OR last.")
	}
}

// joinedOperand is an operand and the family of the operator before it.
type joinedOperand struct {
	imported
	by family
}

// joined pairs each operand of a level with the operator before it; no
// operator is an AND.
func joined(level []imported) []joinedOperand {
	var operands []joinedOperand
	by := familyAnd
	for _, u := range level {
		if u.operator != "" {
			by = u.family
			continue
		}
		operands = append(operands, joinedOperand{u, by})
		by = familyAnd
	}
	return operands
}

// split cuts a run of operands at the operators of a family.
func split(run []joinedOperand, f family) [][]joinedOperand {
	var runs [][]joinedOperand
	for i, o := range run {
		if i == 0 || o.by == f {
			runs = append(runs, nil)
		}
		last := len(runs) - 1
		runs[last] = append(runs[last], o)
	}
	return runs
}
