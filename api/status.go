package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"hearth/access"
	"hearth/client"
	"hearth/ingest"
	"hearth/monitor"
)

func (a *API) status() {
	route(a, verb{id: "status", may: access.ReadOperations, method: http.MethodGet, path: "/status", tag: "status", summary: "How the server is doing"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Status, error) {
			return a.StatusFor(ctx, by)
		})
	route(a, verb{id: "ping", who: anybody, method: http.MethodGet, path: "/ping", tag: "status", summary: "Whether the server is there and the key is right"},
		func(context.Context, access.Actor, *struct{}) (client.Pong, error) {
			return client.Pong{Version: a.o.Version, State: a.o.State().State}, nil
		})
}

// statusMonitors is how many monitors a status shows.
const statusMonitors = 100

// StatusFor is what the actor may see of how the server is doing.
func (a *API) StatusFor(ctx context.Context, by access.Actor) (client.Status, error) {
	st := a.o.State()
	doc := client.Status{
		Version: a.o.Version, Now: a.o.Clock(), Started: st.Started, State: st.State,
		Storage: st.Storage, Rows: int64(st.Rows), Consumers: []client.Consumer{}, Sources: []client.Source{}, Monitors: []client.Monitor{}, Trouble: st.Trouble,
	}
	if err := by.Check(access.ReadOperations); err != nil {
		return doc, err
	}
	sources, err := a.sourceList(ctx, by)
	if err != nil {
		return doc, err
	}
	doc.Sources = sources.Sources
	for i := range doc.Sources {
		doc.Rate.Read += doc.Sources[i].Rate.Read
		doc.Rate.Stored += doc.Sources[i].Rate.Stored
		if doc.Sources[i].State == string(ingest.Failed) {
			doc.Trouble = append(doc.Trouble, "The source "+doc.Sources[i].Name+" needs you: "+doc.Sources[i].Trouble)
		}
	}
	if doc.Window, err = a.window(ctx, by); err != nil {
		return doc, err
	}
	if doc.Window != nil && doc.Window.Trouble != "" {
		doc.Trouble = append(doc.Trouble, doc.Window.Trouble)
	}
	if err := a.backupStatus(ctx, by, &doc); err != nil {
		return doc, err
	}
	monitors, err := a.monitorList(ctx, by)
	if err != nil {
		return doc, err
	}
	for i := range monitors.Monitors {
		doc.Mentions += monitors.Monitors[i].Mentions
	}
	doc.MonitorsAll = int64(len(monitors.Monitors))
	slices.SortStableFunc(monitors.Monitors, func(a, b client.Monitor) int { return cmp.Compare(b.Mentions, a.Mentions) })
	doc.Monitors = monitors.Monitors[:min(statusMonitors, len(monitors.Monitors))]
	all, err := a.o.Monitors.Count(ctx, by, monitor.CountSearch{})
	if err != nil {
		return doc, err
	}
	doc.Posts, doc.Counted = all.Total, int64(all.Upto)
	if doc.Consumers, err = a.o.Consumers(ctx); err != nil {
		return doc, err
	}
	letters, err := a.o.Sources.DeadLetters(ctx, by, ingest.DeadLetterSearch{Limit: 1})
	doc.DeadLetters = letters.Total
	return doc, err
}

// window is what the replay window holds, nil if there is none.
func (a *API) window(ctx context.Context, by access.Actor) (*client.Window, error) {
	st, ok, err := a.o.Sources.Window(ctx, by)
	if err != nil || !ok {
		return nil, err
	}
	doc := &client.Window{
		Hours: st.Age.Hours(), Limit: st.Limit, From: st.From, To: st.To, Posts: st.Posts, Bytes: st.Bytes, Damaged: st.Damaged, Trouble: st.Trouble,
	}
	for _, g := range st.Gaps {
		doc.Gaps = append(doc.Gaps, client.WindowGap{From: g.From, To: g.To, Reason: g.Reason})
	}
	return doc, nil
}

// LettersFor is the newest dead letters.
func (a *API) LettersFor(ctx context.Context, by access.Actor, limit int) ([]client.DeadLetter, error) {
	page, err := a.o.Sources.DeadLetters(ctx, by, ingest.DeadLetterSearch{Limit: limit})
	return letterPage(&page).Letters, err
}

// backupStatus adds when the last backup was made, and those that are overdue.
func (a *API) backupStatus(ctx context.Context, by access.Actor, doc *client.Status) error {
	list, err := a.o.Jobs.Schedules(ctx, by)
	if err != nil {
		return err
	}
	for i := range list {
		s := &list[i]
		if s.Kind != "backup" {
			continue
		}
		if s.Good.After(doc.Backup) {
			doc.Backup = s.Good
		}
		if s.Overdue(a.o.Clock()) {
			last := "never"
			if !s.Good.IsZero() {
				last = s.Good.UTC().Format("2006-01-02 15:04 UTC")
			}
			doc.Trouble = append(doc.Trouble, "The schedule "+s.Name+" ("+s.When.String()+") is late with its backup: the last good one was made "+last+
				". See why: hearth job list --kind backup")
		}
	}
	return nil
}
