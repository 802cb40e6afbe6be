package monitor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/query"
)

// StoredAsk is one value of a field that looks at what is known of stored posts
// (query.ParseStored): copies:, copy: or topic:.
type StoredAsk struct {
	Name     query.FieldName
	Value    query.Value
	From, To time.Time // posts of another time need not be given; zero: no bound
}

// Knower says which stored posts such a value selects, as it is known now, and to an
// actor who does not see all posts nothing of others than they see. What there is not
// and what is too much is an error that says what to do. It is asked from many
// goroutines.
type Knower func(ctx context.Context, by access.Actor, ask StoredAsk) (query.Rows, error)

// Sorted is which stored posts of a time have which value of such a field.
type Sorted struct {
	Rows  query.Rows                // of all values
	Of    func(hearth.Seq) string   // the value of a version in the log, as the query language takes it; "" is none
	Label func(value string) string // for people; what they may not know is the value
}

// Sorter gives what a facet counts of a field, to an actor as a Knower does.
type Sorter func(ctx context.Context, by access.Actor, from, to time.Time) (Sorted, error)

// knowers is who answers for which field.
type knowers struct {
	mu      sync.Mutex
	byField map[query.FieldName]Knower
	sorters map[query.FieldName]Sorter
}

// Sort lets somebody count for the facet of a field.
func (m *Monitors) Sort(s Sorter, name query.FieldName) {
	m.knowers.mu.Lock()
	defer m.knowers.mu.Unlock()
	if m.knowers.sorters == nil {
		m.knowers.sorters = map[query.FieldName]Sorter{}
	}
	m.knowers.sorters[name] = s
}

// sorter is who counts for a facet; nil: nobody.
func (m *Monitors) sorter(name string) Sorter {
	m.knowers.mu.Lock()
	defer m.knowers.mu.Unlock()
	return m.knowers.sorters[query.FieldName(name)]
}

// Know lets somebody answer for fields of searches.
func (m *Monitors) Know(k Knower, names ...query.FieldName) {
	m.knowers.mu.Lock()
	defer m.knowers.mu.Unlock()
	if m.knowers.byField == nil {
		m.knowers.byField = map[query.FieldName]Knower{}
	}
	for _, name := range names {
		m.knowers.byField[name] = k
	}
}

// Know is Monitors.Know.
func (p *Posts) Know(k Knower, names ...query.FieldName) { p.m.Know(k, names...) }

// ParseStored reads the query of a search with the shared lists of a workspace. Where
// it asks for copies or topics (Query.AsksStored), the verbs of Posts and Charts know
// which posts are meant.
func (m *Monitors) ParseStored(ws hearth.WorkspaceID, text string) (*query.Query, []query.Diagnostic) {
	return query.ParseStored(text, m.shared.all(ws))
}

// ask reads the query of a search, and finds out which posts its copies and topics are.
func (m *Monitors) ask(ctx context.Context, by access.Actor, text string, from, to time.Time) (*query.Query, error) {
	q, diagnostics := m.ParseStored(by.Workspace, text)
	if q == nil {
		return nil, &QueryError{Diagnostics: diagnostics}
	}
	if !q.AsksStored() {
		return q, nil
	}
	return q.Resolve(func(name query.FieldName, v query.Value) (query.Rows, error) {
		m.knowers.mu.Lock()
		k := m.knowers.byField[name]
		m.knowers.mu.Unlock()
		if k == nil {
			return query.Rows{}, &hearth.Error{Code: hearth.Invalid, Field: "query", Message: fmt.Sprintf("Nothing here knows %s: yet; search without it.", name)}
		}
		return k(ctx, by, StoredAsk{Name: name, Value: v, From: from, To: to})
	})
}
