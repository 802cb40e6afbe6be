// Package evaluation measures the analyzers with labelled texts: how often they
// are right, by class and by language, whether their certainty means what it
// says, and how fast they are.
//
// A set is JSON lines with text, label and, if known, lang; it may be packed by
// gzip. Rows whose label does not belong to the task are counted, not guessed
// at. An analyzer that gives no answer is wrong: leaving out the hard posts
// raises no figure. Texts are evened out as package corpus does it.
package evaluation

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/corpus"
	"hearth/query"
	"hearth/text"
)

// Tasks are what can be measured, by name.
func Tasks() []string {
	var names []string
	for _, t := range tasks {
		names = append(names, t.name)
	}
	return names
}

// Options say what is measured and how.
type Options struct {
	Task      string
	File      string // the set's name in the report
	Analyzers []analysis.Analyzer
	Clock     hearth.Clock
	// Detect lets the language be found where the set gives it. Without it a
	// given language is believed, as that of a network is.
	Detect bool
	// Network is where the texts stand as if they came from, which decides how
	// rare spam is: "" is youtube for spam, whose public sets are comments under
	// videos, and none for everything else.
	Network  string
	Progress func(rows int) // about every 256 rows
}

const (
	batch   = 256     // rows measured at a time
	longest = 1 << 26 // bytes of one line
)

// row is one line of a set.
type row struct {
	Text  *string         `json:"text"`
	Label json.RawMessage `json:"label"`
	Lang  string          `json:"lang"`
}

// Run measures with the set that it reads from in.
func Run(ctx context.Context, in io.Reader, o Options) (*Report, error) {
	t, err := taskOf(o.Task)
	if err != nil {
		return nil, err
	}
	in, err = unpacked(in)
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "%s is damaged: %v.", o.File, err)
	}
	last := slices.IndexFunc(o.Analyzers, func(a analysis.Analyzer) bool { return a.Name == t.analyzer })
	if last < 0 {
		return nil, hearth.Errorf(hearth.Invalid, "No analyzer answers %q.", o.Task)
	}
	m := &measuring{task: t, o: o, analyzers: o.Analyzers[:last+1], tally: newTally(t)}
	lines := bufio.NewScanner(withoutMark(in))
	lines.Buffer(make([]byte, 1<<16), longest)
	number := 0
	for lines.Scan() {
		number++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, hearth.Errorf(hearth.Invalid, "Line %d of %s is not a JSON object with text and label: %s.", number, o.File, reason(err))
		}
		m.take(&r)
		if len(m.posts) == batch {
			m.flush()
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "Line %d of %s cannot be read: %s.", number+1, o.File, reason(err))
	}
	if number == 0 {
		return nil, hearth.Errorf(hearth.Invalid, "%s is empty; it wants JSON lines with text and label.", o.File)
	}
	m.flush()
	if m.tally.n == 0 {
		return nil, hearth.Errorf(hearth.Invalid, "%s holds no row with a label of %s; it wants %s.", o.File, o.Task, t.wants)
	}
	return m.tally.report(o, m.took), nil
}

// unpacked reads through gzip if the first bytes say so.
func unpacked(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, 1<<16)
	if head, _ := buffered.Peek(2); string(head) != "\x1f\x8b" {
		return buffered, nil
	}
	return gzip.NewReader(buffered)
}

// withoutMark leaves out the byte order mark that some editors put first.
func withoutMark(in io.Reader) io.Reader {
	buffered := bufio.NewReaderSize(in, 1<<16)
	if head, _ := buffered.Peek(3); string(head) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	return buffered
}

// reason is why a line cannot be read, without words of the parser's own.
func reason(err error) string {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return kind.Field + " is no string but " + article(kind.Value)
	case errors.As(err, &kind):
		return "it is no object but " + article(kind.Value)
	case errors.Is(err, bufio.ErrTooLong):
		return "it is longer than 64 MiB"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the file was cut off"
	}
	return err.Error()
}

// article puts the article before the name of a kind of JSON value.
func article(kind string) string {
	if strings.HasPrefix(kind, "a") || strings.HasPrefix(kind, "o") {
		return "an " + kind
	}
	return "a " + kind
}

// measuring is one run.
type measuring struct {
	task      *task
	o         Options
	analyzers []analysis.Analyzer
	tally     *tally

	labels []string
	langs  []string
	posts  []hearth.Post
	docs   [batch]text.Doc
	items  []analysis.Item
	took   time.Duration
	rows   int
}

// take keeps a row for the next flush, or counts it as left out.
func (m *measuring) take(r *row) {
	m.rows++
	if r.Text == nil {
		m.tally.textless++
		return
	}
	lang := languageOf(r.Lang)
	given, label, ok := m.task.labelIn(r.Label, strings.ToLower(strings.TrimSpace(r.Lang)))
	if !ok {
		m.tally.skip(given)
		return
	}
	m.tally.read(given, label)
	post := hearth.Post{Network: cmp.Or(m.o.Network, m.task.network, "text"), ID: "1", Text: corpus.Clean(*r.Text)}
	if m.task.name != "language" && !m.o.Detect && lang != "und" {
		post.Lang = lang
	}
	m.labels, m.langs, m.posts = append(m.labels, label), append(m.langs, lang), append(m.posts, post)
}

// flush analyses what was taken, and times nothing but that.
func (m *measuring) flush() {
	begun := m.o.Clock()
	m.items = m.items[:0]
	for i := range m.posts {
		query.AddPost(&m.docs[i], &m.posts[i])
		m.items = append(m.items, analysis.Item{Post: &m.posts[i], Doc: &m.docs[i]})
	}
	analysis.Run(m.analyzers, m.items)
	m.took += m.o.Clock().Sub(begun)
	for i := range m.posts {
		p := &m.posts[i]
		m.tally.add(m.labels[i], m.task.answer(p), m.langs[i], len([]rune(p.Text)))
		if m.task.score != nil {
			if score, known := m.task.score(p); known {
				m.tally.score(score, m.task.value(m.labels[i]))
			}
		}
	}
	m.labels, m.langs, m.posts = m.labels[:0], m.langs[:0], m.posts[:0]
	if m.o.Progress != nil {
		m.o.Progress(m.rows)
	}
}

// labelOf is a label as text: sets write strings, numbers and truths.
func labelOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "null" {
		return ""
	}
	return strings.TrimSuffix(s, ".0")
}
