package query

import (
	"cmp"
	"slices"
	"strings"
)

// Dialect is a query language that Import reads.
type Dialect string

const (
	Brandwatch Dialect = "brandwatch"
	Talkwalker Dialect = "talkwalker"
	Meltwater  Dialect = "meltwater"
)

// Note tells of something in an imported query that has no equal here, or that
// now means something else.
type Note struct {
	Offset  int    `json:"offset"` // byte of the imported query
	Message string `json:"message"`
}

// Import rewrites a query of another dialect by the table of section 11. The
// result is not checked: give it to Parse. What the table does not name is
// passed on unchanged and meets the diagnostics there, so nothing is dropped
// in silence; notes, in order, tell what was changed in meaning.
func Import(dialect Dialect, source string) (query string, notes []Note) {
	if len(source) > mostBytes {
		return source, nil
	}
	im := importer{dialect: dialect, source: source}
	pieces := im.read()
	if len(pieces) > 5*mostTerms { // more than any query has that is not refused
		return source, nil
	}
	level, _ := im.level(pieces, 0)
	if im.deep {
		return source, nil
	}
	im.rewrite(level)
	slices.SortStableFunc(im.notes, func(a, b Note) int { return cmp.Compare(a.Offset, b.Offset) })
	return im.apply(), im.notes
}

// importer rewrites a query by edits, so that what is not named stays as it is
// to the byte.
type importer struct {
	dialect Dialect
	source  string
	edits   []edit
	notes   []Note
	deep    bool // brackets nest deeper than any query may
}

// edit puts text in the place of source[start:end].
type edit struct {
	start, end int
	text       string
}

func (im *importer) replace(start, end int, text string) {
	im.edits = append(im.edits, edit{start, end, text})
}

func (im *importer) note(at int, message string) {
	im.notes = append(im.notes, Note{at, message})
}

// bracket puts brackets round source[start:end].
func (im *importer) bracket(start, end int) {
	im.replace(start, start, "(")
	im.replace(end, end, ")")
}

// apply makes the edits. At one place closing brackets come first, then
// opening ones, then what replaces the text there.
func (im *importer) apply() string {
	slices.SortStableFunc(im.edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(b.text, a.text))
	})
	var b strings.Builder
	at := 0
	for _, e := range im.edits {
		if e.start < at { // inside a stretch that was replaced as a whole
			continue
		}
		b.WriteString(im.source[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(im.source[at:])
	return b.String()
}
