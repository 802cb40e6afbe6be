package query

import "strings"

// rewrite rewrites a level and everything in it.
func (im *importer) rewrite(level []imported) {
	for i, u := range level {
		if u.operator != "" {
			im.rewriteOperator(u)
			continue
		}
		im.rewriteOperand(level, i)
	}
	if im.dialect != Brandwatch {
		im.addBrackets(level)
	}
}

func (im *importer) rewriteOperator(u imported) {
	switch {
	case u.operator == "OSENTENCE":
		im.replace(u.start, u.end, "SENTENCE")
		im.note(u.start, "OSENTENCE becomes SENTENCE: that its sides stand in order is lost.")
	case u.operator == "XNOT":
		im.note(u.start, "XNOT has no equal in Hearth; rewrite this part by hand.")
	case im.dialect == Meltwater && (u.operator == "NEAR" || u.operator == "ONEAR"):
		im.replace(u.start, u.end, u.operator+"/4")
	case im.dialect == Meltwater:
		im.capitals(importPiece{start: u.start, end: u.end})
	}
}

func (im *importer) rewriteOperand(level []imported, i int) {
	u := level[i]
	switch {
	case u.name != "":
		im.rewriteField(u)
		return
	case im.dialect == Brandwatch:
		im.rewriteNear(u, len(level) == 1)
	case u.word && im.dialect == Talkwalker:
		im.rewriteTalkwalker(u)
	case u.word && im.dialect == Meltwater:
		im.rewriteMeltwater(u)
	}
	im.rewrite(u.inner)
}

// rewriteNear makes (A) NEAR/n (B) of ((A) AND (B))~n, where A and B are
// spots.
func (im *importer) rewriteNear(u imported, alone bool) {
	if !u.group || u.tilde == u.end || len(u.inner) != 3 || u.inner[1].operator != "AND" ||
		!u.inner[0].isSpot() || !u.inner[2].isSpot() {
		return
	}
	and := u.inner[1]
	im.replace(and.start, and.end, "NEAR/"+im.source[u.tilde+1:u.end])
	im.replace(u.tilde, u.end, "")
	if alone {
		im.replace(u.open, u.open+1, "")
		im.replace(u.close, u.close+1, "")
	}
}

// isSpot says that an operand is a term or a bracketed list of terms.
func (u imported) isSpot() bool {
	if u.operator != "" || u.name != "" || u.start != u.core || u.tilde != u.end {
		return false
	}
	for i, m := range u.inner {
		if i%2 == 0 && !m.isSpot() || i%2 == 1 && m.operator != "OR" {
			return false
		}
	}
	return !u.group || len(u.inner)%2 == 1
}

// rewriteTalkwalker reads +term, ++term and word~.
func (im *importer) rewriteTalkwalker(u imported) {
	if u.tilde < u.end {
		im.replace(u.tilde, u.end, "")
		im.note(u.tilde, "~ after a word (fuzzy search) has no equal in Hearth; only the word itself is searched.")
	}
	term := im.valueAt(u.core+u.plus, u.tilde).text
	switch {
	case term == "":
	case u.plus == 1:
		im.replace(u.core, u.tilde, "raw:"+quote(term))
	case u.plus == 2:
		im.replace(u.core, u.tilde, "{"+term+"}")
	}
}

// rewriteMeltwater reads comparisons, frequencies, weights and escapes.
func (im *importer) rewriteMeltwater(u imported) {
	if u.compared > 0 {
		name := im.source[u.core:u.compared]
		im.compare(u, strings.TrimRight(name, " \t\r\n"), strings.Join(strings.Fields(im.source[u.compared:u.tilde]), ""))
		return
	}
	end := u.tilde
	if u.frequency > 0 {
		end = u.core + len(strings.TrimRight(im.source[u.core:u.frequency], " \t\r\n"))
		im.replace(end, u.tilde, "")
		im.note(u.frequency, "How often a word occurs cannot be asked for; once is enough.")
	}
	word := im.source[u.core:end]
	if name := comparedField(word); name != "" {
		im.compare(u, name, word[len(name):])
		return
	}
	if before, weight, ok := strings.Cut(word, "^"); ok && before != "" && weight != "" && allDigits(weight) {
		im.replace(u.core+len(before), end, "")
		im.note(u.core+len(before), "Words carry no weight in Hearth; all count the same.")
		word = before
	}
	if strings.Contains(word, `\`) {
		im.replace(u.core, u.core+len(word), "raw:"+quote(unescapeAll(word)))
	}
}

// compare makes likes:>5 of a name and > 5.
func (im *importer) compare(u imported, name, comparison string) {
	im.replace(u.core, u.tilde, string(lookup(name).name)+":"+strings.TrimPrefix(comparison, "="))
}

// unescapeAll takes out each backslash that takes away a meaning.
func unescapeAll(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// rewriteField rewrites a field by the table of its dialect.
func (im *importer) rewriteField(u imported) {
	name := lowerASCII(u.name)
	f := lookup(name)
	if rewrite := ruleFor(im.dialect, name); rewrite != nil {
		rewrite(im, u)
		return
	}
	switch {
	case unsupported[name] != "":
		im.note(u.core, unsupportedField(u.name))
	case f != nil:
		im.rename(u, f.name)
	}
	if f != nil && f.kind == TextType {
		im.rewrite(u.inner)
		return
	}
	im.operators(u)
}

// operators rewrites the operators between the values of a field.
func (im *importer) operators(u imported) {
	for _, m := range u.inner {
		if m.operator != "" {
			im.rewriteOperator(m)
		}
	}
}

// rename gives a field its main name.
func (im *importer) rename(u imported, name FieldName) {
	if string(name) != u.name {
		im.replace(u.core, u.value-1, string(name))
	}
}

// values are the single values of a field: that behind the colon, or those in
// its brackets.
func (im *importer) values(u imported) []importedValue {
	if !u.group {
		return []importedValue{im.valueAt(u.value, u.tilde)}
	}
	var list []importedValue
	for _, m := range u.inner {
		if m.operator == "" {
			list = append(list, im.valueAt(m.start, m.tilde))
		}
	}
	return list
}

// importedValue is one value: where it stands, and its text without quotes.
type importedValue struct {
	start, end int
	text       string
}

func (im *importer) valueAt(start, end int) importedValue {
	s := im.source[start:end]
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s, _ = unescape(s[1 : len(s)-1])
	}
	return importedValue{start, end, s}
}
