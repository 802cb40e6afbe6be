package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"hearth"
	"hearth/client"
	"hearth/jsonread"
)

type queryCommands struct {
	Check   queryCheck   `cmd:"" help:"Check a query: every problem, its place and what to do. With --json and no query, a document {\"query\",\"post\"} a line on standard input."`
	Explain queryExplain `cmd:"" help:"Say a query in plain English."`
	Import  queryImport  `cmd:"" help:"Translate a query of another tool."`
}

type queryCheck struct {
	Query []string `arg:"" optional:"" help:"The query; \"-\" or none reads it from standard input."`
}

func (c *queryCheck) Run(s *session) error {
	if s.json && len(c.Query) == 0 {
		return s.eachLine(s.checkLine)
	}
	text, err := s.queryArgument(c.Query)
	if err != nil {
		return err
	}
	check := s.tools.Check(text, nil)
	if s.json {
		err = s.printLine(check)
	} else {
		err = s.printCheck(text, &check)
	}
	if err == nil && !check.OK {
		return quietExit(ExitUsage)
	}
	return err
}

// checkLine answers one {"query","post"?} document.
func (s *session) checkLine(dst, line []byte) ([]byte, error) {
	asked, err := readQuestion(string(line))
	if err != nil {
		return nil, err
	}
	check := s.tools.Check(asked.query, asked.post)
	answer, err := client.Marshal(check)
	return append(dst, answer...), err
}

type question struct {
	query string
	post  *hearth.Post
}

func readQuestion(line string) (q question, err error) {
	var r jsonread.Reader
	var document string
	asked := false
	r.Reset(line)
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "query":
			asked = true
			raw := r.Raw()
			if r.Err() == nil && raw[0] != '"' {
				return q, hearth.Errorf(hearth.Invalid, "query must be a string.")
			}
			if r.Err() == nil {
				q.query = unquote(raw)
			}
		case "post":
			if r.Kind() != jsonread.Null {
				document = r.Raw()
			}
		}
	}
	if err := r.End(); err != nil {
		return q, hearth.Errorf(hearth.Invalid, "The line is %s.", err)
	}
	if !asked {
		return q, hearth.Errorf(hearth.Invalid, `The line needs a "query".`)
	}
	if document == "" {
		return q, nil
	}
	q.post = new(hearth.Post)
	return q, hearth.DecodePost(document, q.post)
}

// unquote reads a JSON string, checked already, and keeps bytes that are not
// UTF-8 as they are, so that the query's own diagnostics can show them.
func unquote(raw string) string {
	raw = raw[1 : len(raw)-1]
	var b strings.Builder
	for {
		good := 0
		for good < len(raw) {
			c, size := utf8.DecodeRuneInString(raw[good:])
			if c == utf8.RuneError && size == 1 {
				break
			}
			good += size
		}
		var r jsonread.Reader
		r.Reset(`"` + raw[:good] + `"`)
		r.Kind()
		b.WriteString(r.Text())
		if good == len(raw) {
			return b.String()
		}
		b.WriteByte(raw[good])
		raw = raw[good+1:]
	}
}

// printCheck shows each problem under its place.
func (s *session) printCheck(text string, check *client.QueryCheck) error {
	var b strings.Builder
	s.writeProblems(&b, text, check.Diagnostics)
	if check.OK {
		if len(check.Diagnostics) > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n", s.style.good("sound"), safe(check.Explain))
		fmt.Fprintf(&b, "%s  %s\n", s.style.faint("stored as"), safe(check.Canonical))
		if check.Cost != nil {
			fmt.Fprintf(&b, "%s  %s of 400,000 points\n", s.style.faint("cost"), grouped(int64(*check.Cost)))
		}
	}
	return s.printf("%s", b.String())
}

// writeProblems shows the line of the query that each problem is in, and a
// caret under the place.
func (s *session) writeProblems(b *strings.Builder, text string, problems []client.Diagnostic) {
	for i, d := range problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		before, after := around(text, d.Offset, s.out.width)
		fmt.Fprintf(b, "  %s%s\n", before, after)
		paint := s.style.warn
		if d.Severity == "error" {
			paint = s.style.bad
		}
		fmt.Fprintf(b, "  %s%s\n", strings.Repeat(" ", cells(before)), paint("^"))
		fmt.Fprintf(b, "%s: %s %s\n", paint(d.Severity), safe(d.Message), s.style.faint("("+d.Code+")"))
	}
}

// around is the part of the line of text that offset is in, made fit for a
// terminal of that width, before and after the place.
func around(text string, offset, width int) (before, after string) {
	offset = min(max(offset, 0), len(text))
	from := strings.LastIndexByte(text[:offset], '\n') + 1
	to := len(text)
	if n := strings.IndexByte(text[offset:], '\n'); n >= 0 {
		to = offset + n
	}
	if width == 0 {
		width = 100
	}
	width -= 4
	before, after = safe(clip(text[from:offset], true)), safe(clip(text[offset:to], false))
	if room := width * 2 / 3; cells(before) > room {
		for cells(before) > room {
			_, size := utf8.DecodeRuneInString(before)
			before = before[size:]
		}
		before = "…" + before
	}
	return before, cut(after, max(width-cells(before), 8))
}

// clip keeps what can be seen of a very long line.
func clip(s string, end bool) string {
	const enough = 2000
	if len(s) <= enough {
		return s
	}
	if end {
		s = s[len(s)-enough:]
		for len(s) > 0 && !utf8.RuneStart(s[0]) {
			s = s[1:]
		}
		return s
	}
	n := enough
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

type queryExplain struct {
	Query []string `arg:"" optional:"" help:"The query; \"-\" or none reads it from standard input."`
}

func (c *queryExplain) Run(s *session) error {
	text, err := s.queryArgument(c.Query)
	if err != nil {
		return err
	}
	check := s.tools.Check(text, nil)
	switch {
	case s.json:
		err = s.printLine(check)
	case check.OK:
		err = s.printf("%s\n", safe(check.Explain))
	default:
		err = s.printCheck(text, &check)
	}
	if err == nil && !check.OK {
		return quietExit(ExitUsage)
	}
	return err
}

type queryImport struct {
	From  string   `required:"" enum:"brandwatch,talkwalker,meltwater" placeholder:"TOOL" help:"Where the query comes from: ${enum}."`
	Query []string `arg:"" optional:"" help:"The query; \"-\" or none reads it from standard input."`
}

func (c *queryImport) Run(s *session) error {
	text, err := s.queryArgument(c.Query)
	if err != nil {
		return err
	}
	t := s.tools.Translate(text, c.From)
	if s.json {
		err = s.printLine(t)
	} else {
		err = s.printTranslation(&t)
	}
	if err == nil && !t.OK {
		return quietExit(ExitUsage)
	}
	return err
}

func (s *session) printTranslation(t *client.Translation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.TrimRight(safeLines(t.Query), "\n"))
	for _, note := range t.Notes {
		fmt.Fprintf(&b, "%s %s\n", s.style.warn("note:"), safe(note.Message))
	}
	if len(t.Diagnostics) > 0 {
		b.WriteByte('\n')
		s.writeProblems(&b, t.Query, t.Diagnostics)
	}
	if t.OK {
		fmt.Fprintf(&b, "\n%s  %s\n", s.style.faint("which means"), safe(t.Explain))
	}
	return s.printf("%s", b.String())
}

// queryArgument joins the words of a query given as several arguments, or
// reads it from standard input.
func (s *session) queryArgument(words []string) (string, error) {
	if len(words) > 0 && (len(words) > 1 || words[0] != "-") {
		return strings.Join(words, " "), nil
	}
	text, err := readAll(s.env.Stdin, longestLine)
	return strings.TrimRight(text, "\r\n"), err
}
