package api

import (
	"context"
	"net/http"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/ingest"
	"hearth/network"
)

func (a *API) sources() {
	s := a.o.Sources
	route(a, verb{id: "sources", may: access.ReadSources, method: http.MethodGet, path: "/sources", tag: "sources", summary: "List the sources and how they are doing"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.SourceList, error) {
			return a.sourceList(ctx, by)
		})
	route(a, verb{id: "source", may: access.ReadSources, method: http.MethodGet, path: "/sources/{id}", tag: "sources", summary: "One source"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Source, error) {
			return a.source(ctx, by, hearth.SourceID(in.ID))
		})
	type addInput struct{ Body client.SourceDraft }
	route(a, verb{id: "add-source", may: access.WriteSources, method: http.MethodPost, path: "/sources", tag: "sources", status: http.StatusCreated, summary: "Begin to read a network"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Source, error) {
			src, err := s.Add(ctx, by, ingest.Draft{Network: in.Body.Network, Name: in.Body.Name,
				Settings: in.Body.Settings, KeepEverything: in.Body.KeepEverything})
			if err != nil {
				return client.Source{}, err
			}
			made := src.Made
			doc, err := a.source(ctx, by, src.ID)
			doc.Made = made
			return doc, err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.SourceChange
	}
	route(a, verb{id: "change-source", may: access.WriteSources, method: http.MethodPatch, path: "/sources/{id}", tag: "sources", summary: "Change a source's name or settings"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Source, error) {
			if err := by.Check(access.WriteSources); err != nil { // before anything is read
				return client.Source{}, err
			}
			id := hearth.SourceID(in.ID)
			now, err := s.Get(ctx, by, id)
			if err != nil {
				return client.Source{}, err
			}
			draft := ingest.Draft{Name: now.Name, Settings: now.Settings, KeepEverything: now.KeepEverything}
			if in.Body.Name != nil {
				draft.Name = *in.Body.Name
			}
			if in.Body.Settings != nil {
				draft.Settings = in.Body.Settings
			}
			if in.Body.KeepEverything != nil {
				draft.KeepEverything = *in.Body.KeepEverything
			}
			if _, err := s.Change(ctx, by, id, in.Body.Version, draft); err != nil {
				return client.Source{}, err
			}
			return a.source(ctx, by, id)
		})
	route(a, verb{id: "pause-source", may: access.WriteSources, method: http.MethodPost, path: "/sources/{id}/pause", tag: "sources", summary: "Stop reading; the place is kept"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Source, error) {
			if _, err := s.Pause(ctx, by, hearth.SourceID(in.ID)); err != nil {
				return client.Source{}, err
			}
			return a.source(ctx, by, hearth.SourceID(in.ID))
		})
	route(a, verb{id: "resume-source", may: access.WriteSources, method: http.MethodPost, path: "/sources/{id}/resume", tag: "sources", summary: "Go on reading where it stopped"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Source, error) {
			if _, err := s.Resume(ctx, by, hearth.SourceID(in.ID)); err != nil {
				return client.Source{}, err
			}
			return a.source(ctx, by, hearth.SourceID(in.ID))
		})
	route(a, verb{id: "rotate-callback", may: access.WriteSources, method: http.MethodPost, path: "/sources/{id}/callback", tag: "sources", summary: "Give a source another address for deliveries"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Source, error) {
			if err := s.RotateCallback(ctx, by, hearth.SourceID(in.ID)); err != nil {
				return client.Source{}, err
			}
			return a.source(ctx, by, hearth.SourceID(in.ID))
		})
	act(a, verb{id: "remove-source", may: access.WriteSources, method: http.MethodDelete, path: "/sources/{id}", tag: "sources", summary: "Forget a source; its posts stay"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return s.Remove(ctx, by, hearth.SourceID(in.ID))
		})
	route(a, verb{id: "networks", who: anybody, method: http.MethodGet, path: "/networks", tag: "sources", summary: "What this server can read, with the settings of each"},
		func(context.Context, access.Actor, *struct{}) (client.NetworkList, error) {
			return networkList(s.Networks()), nil
		})
	a.deadLetters()
}

func (a *API) deadLetters() {
	s := a.o.Sources
	type pageInput struct {
		Source int64  `query:"source" minimum:"0" doc:"Of this source only"`
		Import string `query:"import" maxLength:"128" doc:"Of this import only"`
		Error  string `query:"error" maxLength:"1000" doc:"With this error only, as the list of errors names it"`
		Before int64  `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit  int    `query:"limit" minimum:"0" maximum:"1000"`
	}
	route(a, verb{id: "dead-letters", may: access.ReadOperations, method: http.MethodGet, path: "/dead-letters", tag: "sources", summary: "What could not be read or kept, and why"},
		func(ctx context.Context, by access.Actor, in *pageInput) (client.DeadLetterPage, error) {
			page, err := s.DeadLetters(ctx, by, ingest.DeadLetterSearch{
				Source: hearth.SourceID(in.Source), Import: in.Import, Error: in.Error, Before: in.Before, Limit: in.Limit,
			})
			return letterPage(&page), err
		})
	act(a, verb{id: "dismiss-dead-letter", may: access.WriteSources, method: http.MethodDelete, path: "/dead-letters/{id}", tag: "sources", summary: "Put a dead letter aside; it is thrown away after seven days"},
		func(ctx context.Context, by access.Actor, in *byID) error { return s.DismissDeadLetter(ctx, by, in.ID) })
	act(a, verb{id: "replay-dead-letter", may: access.WriteSources, method: http.MethodPost, path: "/dead-letters/{id}/replay", tag: "sources", summary: "Try again to read a dead letter"},
		func(ctx context.Context, by access.Actor, in *byID) error { return s.ReplayDeadLetter(ctx, by, in.ID) })
	act(a, verb{id: "restore-dead-letter", may: access.WriteSources, method: http.MethodPost, path: "/dead-letters/{id}/restore", tag: "sources", summary: "Bring a dismissed dead letter back"},
		func(ctx context.Context, by access.Actor, in *byID) error { return s.RestoreDeadLetter(ctx, by, in.ID) })
	a.letterRuns()
}

func (a *API) source(ctx context.Context, by access.Actor, id hearth.SourceID) (client.Source, error) {
	st, err := a.o.Sources.StatusOf(ctx, by, id)
	if err != nil {
		return client.Source{}, err
	}
	return a.sourceDocument(&st), nil
}

func (a *API) sourceList(ctx context.Context, by access.Actor) (client.SourceList, error) {
	list := client.SourceList{Sources: []client.Source{}}
	all, err := a.o.Sources.Status(ctx, by)
	for i := range all {
		list.Sources = append(list.Sources, a.sourceDocument(&all[i]))
	}
	return list, err
}

func (a *API) sourceDocument(st *ingest.Status) client.Source {
	c := &st.Progress.Counters
	doc := client.Source{
		ID: int64(st.ID), Name: st.Name, Network: st.Network, Settings: a.shown(st), Paused: st.Paused, KeepEverything: st.KeepEverything,
		Version: st.Version, Created: st.Created, State: string(st.State), Trouble: st.Trouble, Since: st.Since, RetryAt: st.RetryAt,
		LastRead: st.LastRead, NextLook: st.NextLook, Rate: client.Rate{Read: st.Rate.Read, Stored: st.Rate.Stored},
		Counters: client.SourceCounters{
			Frames: c.Frames, Events: c.Events, Matched: c.Matched, Stored: c.Stored, Duplicates: c.Duplicates, Unwanted: c.Unwanted + c.Undecided,
			Other:   c.UnknownPosts + c.UnknownAuthors + c.Deleted + c.Renamed + c.Swallowed,
			Rejects: c.Rejects + c.Poisoned, Gaps: c.Gaps, Nameless: c.Nameless,
		},
	}
	if st.HasAge {
		age := st.Age.Seconds()
		doc.DataAge = &age
	}
	for _, g := range st.Gaps {
		doc.Gaps = append(doc.Gaps, client.Gap{From: g.From, To: g.To, Reason: g.Reason, Noted: g.Noticed})
	}
	doc.Deliveries = deliveries(st.Deliveries)
	return doc
}

func deliveries(d *ingest.Deliveries) *client.Deliveries {
	if d == nil {
		return nil
	}
	doc := &client.Deliveries{
		Address: d.Address, Example: d.Example, Last: d.Last, Accepted: d.Accepted, Duplicates: d.Duplicates,
		Waiting: d.Waiting, WaitingBytes: d.WaitingBytes, LastRefused: d.LastRefused,
	}
	for _, r := range d.Refused {
		doc.Refused = append(doc.Refused, client.Refusal{Reason: r.Reason, Count: r.Count})
	}
	return doc
}

// shown is the settings without secrets.
func (a *API) shown(st *ingest.Status) map[string]string {
	settings := map[string]string{}
	for name, value := range st.Settings {
		settings[name] = value
	}
	for _, n := range a.o.Sources.Networks() {
		if n.Name != st.Network {
			continue
		}
		for _, f := range n.Fields {
			if f.Secret && settings[f.Name] != "" {
				settings[f.Name] = "(set)"
			}
		}
	}
	return settings
}

func networkList(networks []network.Network) client.NetworkList {
	list := client.NetworkList{Networks: []client.Network{}}
	for _, n := range networks {
		list.Networks = append(list.Networks, client.Network{Name: n.Name, Title: n.Title, Fields: fieldList(n.Fields)})
	}
	return list
}

func fieldList(fields []network.Field) []client.Field {
	list := []client.Field{}
	for _, f := range fields {
		list = append(list, client.Field{
			Name: f.Name, Title: f.Title, Help: f.Help, Default: f.Default, Required: f.Required, Secret: f.Secret, Choices: f.Choices,
		})
	}
	return list
}

// shownBytes is how much of a dead letter a list shows.
const shownBytes = 4096

func letterPage(page *ingest.DeadLetterPage) client.DeadLetterPage {
	doc := client.DeadLetterPage{Letters: []client.DeadLetter{}, Total: page.Total, CrowdedOut: page.CrowdedOut, Next: page.Next}
	for i := range page.Letters {
		l := &page.Letters[i]
		doc.Letters = append(doc.Letters, client.DeadLetter{
			ID: l.ID, Source: int64(l.Source), Import: l.Import, Line: l.Line, Reason: l.Reason, Error: l.Error,
			Raw:  strings.ToValidUTF8(string(l.Raw[:min(len(l.Raw), shownBytes)]), "\uFFFD"),
			Size: l.Size, Noted: l.Noticed,
		})
	}
	return doc
}
