package cli

import (
	"io"
	"strings"
)

// table is an aligned list for a person. Cells hold plain text; paint is put
// on after the widths are known.
type table struct {
	columns []column
	rows    [][]string
}

type column struct {
	title string
	right bool                // numbers
	grow  bool                // gives way when the terminal is narrow
	paint func(string) string // nil: as it is
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

const (
	gap        = 2 // columns between cells
	smallest   = 8 // columns a growing cell keeps
	wideOutput = 0
)

func (t *table) print(w io.Writer, term terminal, s style) error {
	widths := t.widths(term.width)
	var b strings.Builder
	for i, c := range t.columns {
		t.cell(&b, i, c.title, widths, s.faint)
	}
	endLine(&b)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return t.printRows(w, term)
}

// printRows prints without the line of titles.
func (t *table) printRows(w io.Writer, term terminal) error {
	widths := t.widths(term.width)
	var b strings.Builder
	for _, row := range t.rows {
		for i, text := range row {
			t.cell(&b, i, text, widths, t.columns[i].paint)
		}
		endLine(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) cell(b *strings.Builder, i int, text string, widths []int, paint func(string) string) {
	text = cut(text, widths[i])
	last := i == len(t.columns)-1
	fill := strings.Repeat(" ", max(widths[i]-cells(text), 0))
	if paint != nil {
		text = paint(text)
	}
	if t.columns[i].right {
		text = fill + text
	} else if !last {
		text += fill
	}
	b.WriteString(text)
	if !last {
		b.WriteString(strings.Repeat(" ", gap))
	}
}

func endLine(b *strings.Builder) { b.WriteByte('\n') }

// widths are those of the widest cells; where the terminal is too narrow, the
// growing columns share what is missing.
func (t *table) widths(limit int) []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = cells(c.title)
	}
	for _, row := range t.rows {
		for i, text := range row {
			widths[i] = max(widths[i], cells(text))
		}
	}
	if limit == wideOutput {
		return widths
	}
	total := gap * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for over := total - limit; over > 0; over-- {
		widest := -1
		for i, c := range t.columns {
			if c.grow && widths[i] > smallest && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}
