package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/monitor"
	"hearth/query"
)

// queryBar is where a query is written: it says what the query means, and what
// is wrong with it under the word that is.
type queryBar struct {
	Text     string
	Reading  string // what it means; "" of no query, or a wrong one
	Problems []problem
	Wrong    bool // nothing can be found with it
	Fields   string
	Look     string // where a query is looked at while it is written
}

// problem is a diagnostic and where it points to.
type problem struct {
	Bad                 bool
	Before, Word, After string
	Message, Suggestion string
	Start, End          int // UTF-16 units, as browsers count
}

// queryBar checks the query of a look.
func (v *visit) queryBar(l look, list []monitor.Monitor) queryBar {
	b := queryBar{Text: l.Query, Fields: v.completions(true), Look: lookPath + "?stored=1"}
	written, _, diagnostics := v.parse(l)
	b.Wrong = written == nil && l.Query != ""
	b.Problems = problemsOf(l.Query, diagnostics)
	switch {
	case written != nil:
		b.Reading = written.ExplainIn(v.lang)
	case l.Query == "" && l.Monitor != 0:
		for i := range list {
			if list[i].ID == l.Monitor {
				if q, _ := v.web.o.Monitors.Parse(v.by.Workspace, list[i].Query); q != nil {
					b.Reading = q.ExplainIn(v.lang)
				}
			}
		}
	}
	b.Reading = shorten(400, b.Reading)
	return b
}

// lookPath is where queries are looked at; with stored, as searches take them.
const lookPath = "/query/look"

// blame shows under the bar what only those who know of the stored posts could say of
// its query, such as that there is no such topic; false: the error is of something else.
func (b *queryBar) blame(err error) bool {
	var wrong *hearth.Error
	if !errors.As(err, &wrong) || wrong.Code != hearth.Invalid || wrong.Field != "query" || b.Wrong {
		return false
	}
	b.Wrong, b.Reading = true, ""
	b.Problems = append(b.Problems, problem{Bad: true, Message: wrong.Message, Before: tail("", 24), Word: shorten(40, b.Text)})
	return true
}

const shownProblems = 5

func problemsOf(text string, diagnostics []query.Diagnostic) (list []problem) {
	for _, d := range diagnostics[:min(shownProblems, len(diagnostics))] {
		start := min(max(d.Offset, 0), len(text))
		end := start
		for end < len(text) && (end == start || !strings.ContainsRune(" \t\r\n()", rune(text[end]))) {
			end++
		}
		for end < len(text) && text[end]&0xc0 == 0x80 { // whole characters
			end++
		}
		list = append(list, problem{
			Bad: d.Severity == query.Error, Message: d.Message, Suggestion: d.Suggestion,
			Before: tail(text[:start], 24), Word: shorten(40, text[start:end]), After: shorten(24, text[end:]),
			Start: units(text[:start]), End: units(text[:end]),
		})
	}
	return list
}

// tail is the end of a text.
func tail(s string, n int) string {
	r := []rune(hearth.Visible(s))
	if len(r) > n {
		return "…" + string(r[len(r)-n:])
	}
	return string(r)
}

// units is the length of a text as browsers count it.
func units(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// looked is what a query bar is told while somebody writes.
type looked struct {
	OK       bool         `json:"ok"`
	Reading  string       `json:"reading,omitempty"`
	Problems []lookedMark `json:"problems"`
}

type lookedMark struct {
	Bad        bool   `json:"bad"`
	Start      int    `json:"start"`
	End        int    `json:"end"`
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"`
}

const longestQuery = 64 << 10

// lookAtQuery says everything about a query that is being written.
func (web *Web) lookAtQuery(v *visit) error {
	text := v.query("q")
	if len(text) > longestQuery {
		return hearth.Errorf(hearth.Invalid, "This query is too long to be looked at while it is written.")
	}
	answer := looked{OK: true, Problems: []lookedMark{}}
	if strings.TrimSpace(text) != "" {
		parse := web.o.Monitors.Parse
		if v.query("stored") != "" {
			parse = web.o.Monitors.ParseStored
		}
		q, diagnostics := parse(v.by.Workspace, text)
		if answer.OK = q != nil; answer.OK {
			answer.Reading = shorten(400, q.ExplainIn(v.lang))
		}
		for _, p := range problemsOf(text, diagnostics) {
			answer.Problems = append(answer.Problems, lookedMark{p.Bad, p.Start, p.End, p.Message, p.Suggestion})
		}
	}
	return v.json(answer)
}

// json answers with a document.
func (v *visit) json(document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(http.StatusOK)
	v.w.Write(append(body, '\n'))
	return nil
}

// fieldValues are values of fields that a query bar completes.
var fieldValues = map[string][]string{
	"sentiment": {"positive", "neutral", "negative"},
	"has":       {"image", "video", "link", "hashtag", "mention"},
	"verified":  {"true", "false"},
	"bot":       {"declared", "likely", "possible", "unlikely"},
	"spam":      {"true", "false"},
	"copies":    {"yes", "no", ">=5"},
	"lang":      {"en", "de", "fi", "zh", "fr", "es", "ja", "ru", "pt", "it"},
}

// completions is what a query bar may offer, for its script: fields with what
// they take, and values.
// stored: those that only searches take, too.
func (v *visit) completions(stored bool) string {
	type field struct {
		Name   string   `json:"name"`
		Takes  string   `json:"takes"`
		Values []string `json:"values,omitempty"`
	}
	var list []field
	for _, f := range query.Fields() {
		if f.Stored && !stored {
			continue
		}
		values := fieldValues[f.Name]
		switch f.Name {
		case "intent":
			for _, i := range hearth.Intents {
				values = append(values, string(i))
			}
		case "is":
			for _, k := range hearth.Kinds {
				values = append(values, string(k))
			}
		case "list":
			for _, name := range v.web.o.Monitors.ListNames(v.by.Workspace) {
				values = append(values, query.ListValue(name).String())
			}
		case "topic":
			for _, name := range v.topicNames() {
				values = append(values, query.TopicValue(query.TopicKey(name)).String())
			}
		case "network":
			for _, n := range v.web.o.Sources.Networks() {
				values = append(values, n.Name)
			}
			slices.Sort(values)
		}
		list = append(list, field{f.Name, f.Takes, values})
	}
	body, err := json.Marshal(list)
	if err != nil {
		return "[]" // no such value is in it
	}
	return string(body)
}

// topicNames is what topics are called, without those of the same name; none where they
// cannot be read, as they are only offered.
func (v *visit) topicNames() (names []string) {
	list, err := v.web.o.Topics.Names(v.ctx(), v.by)
	if err != nil {
		v.web.o.Log.Error("the names of topics cannot be read", "error", err)
	}
	for _, one := range list {
		if !slices.Contains(names, one.Name) && len(names) < offeredTopics {
			names = append(names, one.Name)
		}
	}
	return names
}

// offeredTopics is how many names of topics a query bar holds.
const offeredTopics = 100

// topicName is what the topic of a facet's value is called, to whoever may know.
func (v *visit) topicName(value string) string {
	list, err := v.web.o.Topics.Names(v.ctx(), v.by)
	if err != nil {
		v.web.o.Log.Error("the names of topics cannot be read", "error", err)
	}
	for _, one := range list {
		if strconv.FormatInt(int64(one.ID), 10) == value {
			return one.Name
		}
	}
	return value
}

func addParameter(address, name, value string) string {
	sign := "?"
	if strings.Contains(address, "?") {
		sign = "&"
	}
	return address + sign + name + "=" + url.QueryEscape(value)
}
