package monitor

import (
	"fmt"
	"slices"
	"strings"

	"hearth"
	"hearth/query"
)

const (
	mostRefusals  = 100
	mostEntryText = 4 << 20 // bytes of one paste
)

// add takes entries in, one a line; empty lines are nothing.
func (l *List) add(text string) (t Taken) {
	if len(text) > mostEntryText {
		text = text[:mostEntryText]
		t.refuse(0, "", "This is more than 4 MB; what is beyond was left out.")
	}
	known := make(map[string]bool, len(l.Entries))
	for _, e := range l.Entries {
		known[e] = true
	}
	no := 0
	for line := range strings.SplitSeq(text, "\n") {
		no++
		line = strings.TrimSpace(strings.ToValidUTF8(line, "\uFFFD"))
		if line == "" {
			continue
		}
		entry, problem := l.Kind.entry(line)
		switch {
		case problem != "":
			t.refuse(no, line, problem)
		case known[entry]:
			t.Known++
		case len(l.Entries) >= mostEntries:
			t.refuse(no, line, fmt.Sprintf("A list holds at most %d entries.", mostEntries))
		default:
			known[entry] = true
			l.Entries = append(l.Entries, entry)
			t.Taken++
		}
	}
	return t
}

func (t *Taken) refuse(line int, text, reason string) {
	if len(t.Refused) < mostRefusals {
		if cut := []rune(text); len(cut) > 200 {
			text = string(cut[:200]) + "…"
		}
		t.Refused = append(t.Refused, Refusal{line, text, reason})
	}
}

// drop takes entries away, as they stand or as a person would write them.
func (l *List) drop(entries []string) {
	for _, line := range entries {
		entry, _ := l.Kind.entry(strings.TrimSpace(line))
		l.Entries = slices.DeleteFunc(slices.Clone(l.Entries), func(e string) bool { return e == line || e == entry })
	}
}

// field is the field that the entries are values of; words have none.
func (k ListKind) field() string {
	return map[ListKind]string{AuthorList: "author:", SiteList: "site:"}[k]
}

// entry reads a line, and says what is wrong with it.
func (k ListKind) entry(line string) (entry, problem string) {
	if k == WordList {
		return query.ParseEntry(line)
	}
	value := strings.TrimPrefix(line, k.field())
	if !strings.HasPrefix(value, `"`) {
		value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	q, problems := query.Parse(k.field() + value)
	for _, p := range problems {
		if p.Severity == query.Error {
			return "", p.Message
		}
	}
	if f, ok := q.Root.(query.Field); !ok || len(f.Values) != 1 {
		return "", "Write one name a line."
	}
	return strings.TrimPrefix(q.String(), k.field()), ""
}

// query is what the entries mean together.
func (l *List) query() (*query.Query, error) {
	text := strings.Join(l.Entries, " OR ")
	if field := l.Kind.field(); field != "" {
		text = field + "(" + text + ")"
	}
	q, problems := query.Parse(text)
	if q == nil {
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "text", Message: "These entries are too many for one query: " + problems[0].Message}
	}
	return q, nil
}

// empty is the error of a list without entries.
func (l *List) empty(t *Taken) error {
	message := "A list needs at least one entry; write them one a line."
	if len(t.Refused) > 0 {
		message = fmt.Sprintf("None of the lines can be an entry. Line %d: %s", t.Refused[0].Line, t.Refused[0].Reason)
	}
	return &hearth.Error{Code: hearth.Invalid, Field: "text", Message: message}
}

// listState is what the audit log keeps of a list.
type listState struct {
	Name    string   `json:"name"`
	Kind    ListKind `json:"kind"`
	Entries int      `json:"entries"`
	Version int64    `json:"version"`
}

func (l *List) state() listState { return listState{l.Name, l.Kind, len(l.Entries), l.Version} }
