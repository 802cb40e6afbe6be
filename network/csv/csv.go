// Package csv imports tables of posts: comma-separated values and their
// cousins (RFC 4180) in UTF-8, with a header row whose columns are mapped to
// the fields of a post.
package csv

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hearth"
	"hearth/network"
)

// Format is a table with a header row.
func Format() network.Format {
	return network.Format{
		Name:       "csv",
		Title:      "Table (CSV)",
		Extensions: []string{".csv", ".tsv"},
		Fields: append(network.MappingFields(), network.Field{
			Name: "delimiter", Title: "Delimiter", Default: "auto", Choices: []string{"auto", "comma", "semicolon", "tab", "pipe"},
			Help: "What stands between columns; auto takes what the header row has most of.",
		}),
		Sniff: sniff,
		Read:  read,
	}
}

var delimiters = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}

// sniff takes a first line of at least two columns, one of which is a field of
// a post by name.
func sniff(head []byte) bool {
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	if trimmed := bytes.TrimSpace(first); len(trimmed) == 0 || strings.ContainsRune("{[<", rune(trimmed[0])) || !utf8.Valid(first) {
		return false
	}
	r := csv.NewReader(bytes.NewReader(first))
	r.Comma = mostFrequent(first)
	columns, err := r.Read()
	m, _ := network.NewMapping(nil)
	if err != nil || len(columns) < 2 {
		return false
	}
	for _, column := range columns {
		if m.Field(alias(column)) != "" {
			return true
		}
	}
	return false
}

// aliases are column names that exports of other programs use for a field.
var aliases = map[string]string{
	"tweet_id": "id", "post_id": "id", "status_id": "id",
	"body": "text", "content": "text", "message": "text", "tweet": "text", "full_text": "text", "comment": "text",
	"date": "published", "created_at": "published", "timestamp": "published", "time": "published",
	"author": "author.handle", "user": "author.handle", "username": "author.handle", "screen_name": "author.handle", "handle": "author.handle",
	"author_id": "author.id", "user_id": "author.id", "author_name": "author.name", "followers": "author.followers",
	"link": "url", "permalink": "url", "language": "lang", "source": "network",
	"likes": "engagement.likes", "favorites": "engagement.likes", "replies": "engagement.replies", "retweets": "engagement.reposts",
	"reposts": "engagement.reposts", "shares": "engagement.reposts", "views": "engagement.views", "impressions": "engagement.views",
	"country": "place.country", "city": "place.city", "region": "place.region", "lat": "place.lat", "lon": "place.lon",
}

func alias(column string) string {
	column = strings.ToLower(strings.TrimSpace(column))
	if field, ok := aliases[column]; ok {
		return field
	}
	return column
}

func mostFrequent(line []byte) rune {
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		if n := bytes.Count(line, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

func read(ctx context.Context, r io.Reader, settings map[string]string, each func(*network.Record) error) error {
	mapping, err := network.NewMapping(settings)
	if err != nil {
		return err
	}
	in, closing, err := network.AsInput(r)
	if err != nil {
		return err
	}
	defer closing()
	t := newTable(in, delimiters[settings["delimiter"]])
	header, err := t.next()
	if err == io.EOF {
		return nil
	}
	out := network.NewRecords(each)
	if err != nil {
		return t.refuse(out, err)
	}
	fields, err := fieldsOf(header, mapping)
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := t.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = give(row, fields, mapping, out, t.line())
		} else {
			err = t.refuse(out, err)
		}
		if err != nil {
			return err
		}
	}
}

// fieldsOf is the field of each column, "" for none.
func fieldsOf(header []string, m *network.Mapping) ([]string, error) {
	fields := make([]string, len(header))
	taken := map[string]string{}
	for i, column := range header { // what is mapped or named exactly goes first
		if f := m.Field(column); f != "" {
			if other, ok := taken[f]; ok {
				return nil, hearth.Errorf(hearth.Invalid, "The columns %q and %q both become %s; choose one with the setting map.", other, column, f)
			}
			fields[i], taken[f] = f, column
		}
	}
	for i, column := range header {
		if f := m.Field(alias(column)); fields[i] == "" && f != "" && taken[f] == "" {
			fields[i], taken[f] = f, column
		}
	}
	if _, ok := taken["text"]; !ok {
		return nil, hearth.Errorf(hearth.Invalid, "No column becomes the text; the columns are %s. Name one with the setting map, like text=%s.",
			strings.Join(header, ", "), header[len(header)-1])
	}
	return fields, nil
}

func give(row, fields []string, m *network.Mapping, out *network.Records, line int64) error {
	raw := strings.Join(row, "\x1f")
	out.At(line, raw)
	if len(row) != len(fields) {
		return out.Refuse(fmt.Sprintf("The row has %d columns, the header has %d.", len(row), len(fields)))
	}
	if !utf8.ValidString(raw) {
		return out.Refuse("The row is not UTF-8; save the file as UTF-8.")
	}
	p := &out.Event().Post
	for i, field := range fields {
		if field == "" {
			continue
		}
		if err := m.Set(p, field, row[i]); err != nil {
			return out.Refuse(network.Sentence(err))
		}
	}
	m.Finish(p, raw)
	return out.Give()
}

// table reads rows and goes on after a broken one.
type table struct {
	limit *limited
	in    *bufio.Reader
	rows  *csv.Reader
	comma rune
	begun int64 // line before the first of the current csv.Reader
}

func newTable(in *network.Input, comma rune) *table {
	head := in.Head()
	if comma == 0 {
		first, _, _ := bytes.Cut(head, []byte{'\n'})
		comma = mostFrequent(first)
	}
	t := &table{limit: &limited{r: in}, comma: comma}
	t.in = bufio.NewReaderSize(t.limit, 64<<10)
	t.restart()
	return t
}

func (t *table) restart() {
	ahead, _ := t.in.Peek(t.in.Buffered())
	t.begun = t.limit.lines - int64(bytes.Count(ahead, []byte{'\n'}))
	t.rows = csv.NewReader(t.in) // takes the buffer over as it is
	t.rows.Comma = t.comma
	t.rows.FieldsPerRecord = -1
	t.rows.ReuseRecord = true
}

func (t *table) next() ([]string, error) {
	t.limit.left = network.MaxRecord
	return t.rows.Read()
}

// line is where the row read last begins.
func (t *table) line() int64 {
	line, _ := t.rows.FieldPos(0)
	return t.begun + int64(line)
}

// refuse reports a row that the table's grammar does not allow; any other error
// ends the reading.
func (t *table) refuse(out *network.Records, err error) error {
	var grammar *csv.ParseError
	switch {
	case errors.As(err, &grammar):
		out.At(t.begun+int64(grammar.StartLine), "")
		reason := "A quotation mark stands where none may: one within a text is written twice."
		if grammar.Line != grammar.StartLine {
			reason = fmt.Sprintf("The row goes on to line %d, where its quotation marks do not fit together; what stands between was not read.", t.begun+int64(grammar.Line))
		}
		return out.Refuse(reason)
	case errors.Is(err, errRowTooLarge):
		t.restart()
		out.At(t.begun, "")
		return out.Refuse("A row is larger than 16 MiB: a quotation mark before it is perhaps never closed. Its lines were not read.")
	}
	return err
}

var errRowTooLarge = errors.New("the row is too large")

// limited reads a bounded number of bytes for one row, and counts lines.
type limited struct {
	r     io.Reader
	left  int
	lines int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errRowTooLarge
	}
	n, err := l.r.Read(p)
	l.left -= n
	l.lines += int64(bytes.Count(p[:n], []byte{'\n'}))
	return n, err
}
