package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/client"
	"hearth/monitor"
	"hearth/query"
	"hearth/text"
)

func (a *API) monitors() {
	m := a.o.Monitors
	route(a, verb{id: "monitors", may: access.ReadMonitors, method: http.MethodGet, path: "/monitors", tag: "monitors", summary: "List the monitors, by name"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.MonitorList, error) {
			return a.monitorList(ctx, by)
		})
	route(a, verb{id: "removed-monitors", may: access.ReadMonitors, method: http.MethodGet, path: "/removed-monitors", tag: "monitors", summary: "List the monitors that can be restored"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.MonitorList, error) {
			list, err := m.Removed(ctx, by)
			doc := client.MonitorList{Monitors: []client.Monitor{}}
			for i := range list {
				doc.Monitors = append(doc.Monitors, monitorOf(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "monitor", may: access.ReadMonitors, method: http.MethodGet, path: "/monitors/{id}", tag: "monitors", summary: "One monitor"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Monitor, error) {
			mon, err := m.Get(ctx, by, hearth.MonitorID(in.ID))
			return a.fullMonitor(ctx, by, mon, err)
		})
	type templatesInput struct {
		Lang string `query:"lang" maxLength:"16" doc:"Of the names: en, de, fi or zh; anything else is en"`
	}
	route(a, verb{id: "monitor-templates", may: access.ReadMonitors, method: http.MethodGet, path: "/monitor-templates", tag: "monitors", summary: "Queries to begin with, by industry"},
		func(_ context.Context, by access.Actor, in *templatesInput) (client.TemplateList, error) {
			list := client.TemplateList{Industries: []client.Industry{}}
			if err := by.CheckSome(access.ReadMonitors); err != nil {
				return list, err
			}
			for _, industry := range monitor.Starters(in.Lang) {
				shown := client.Industry{Title: industry.Title}
				for _, s := range industry.Starters {
					shown.Templates = append(shown.Templates, client.Template{Name: s.Name, Query: s.Query})
				}
				list.Industries = append(list.Industries, shown)
			}
			return list, nil
		})
	type addInput struct{ Body client.MonitorDraft }
	route(a, verb{id: "add-monitor", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors", tag: "monitors", status: http.StatusCreated,
		summary: "Save a query; it listens at once and fills from the archive"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Monitor, error) {
			mon, err := m.Create(ctx, by, monitor.Draft{Name: in.Body.Name, Query: in.Body.Query, Brands: brandIDs(in.Body.Brands)})
			return a.fullMonitor(ctx, by, mon, err)
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.MonitorChange
	}
	route(a, verb{id: "change-monitor", may: access.WriteMonitors, method: http.MethodPatch, path: "/monitors/{id}", tag: "monitors", summary: "Give a monitor another name or query"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Monitor, error) {
			e := monitor.Edit{Name: in.Body.Name, Query: in.Body.Query}
			if in.Body.Brands != nil {
				brands := brandIDs(*in.Body.Brands)
				e.Brands = &brands
			}
			mon, err := m.Change(ctx, by, hearth.MonitorID(in.ID), in.Body.Version, e)
			return a.fullMonitor(ctx, by, mon, err)
		})
	route(a, verb{id: "pause-monitor", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors/{id}/pause", tag: "monitors", summary: "Let a monitor sleep; its mentions stay"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Monitor, error) {
			mon, err := m.Pause(ctx, by, hearth.MonitorID(in.ID))
			return a.fullMonitor(ctx, by, mon, err)
		})
	route(a, verb{id: "resume-monitor", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors/{id}/resume", tag: "monitors", summary: "Wake a monitor; it finds what it slept through"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Monitor, error) {
			mon, err := m.Resume(ctx, by, hearth.MonitorID(in.ID))
			return a.fullMonitor(ctx, by, mon, err)
		})
	act(a, verb{id: "remove-monitor", may: access.WriteMonitors, method: http.MethodDelete, path: "/monitors/{id}", tag: "monitors", summary: "Take a monitor away; it can be restored for 30 days"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return m.Remove(ctx, by, hearth.MonitorID(in.ID))
		})
	route(a, verb{id: "restore-monitor", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors/{id}/restore", tag: "monitors", summary: "Bring a removed monitor back"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Monitor, error) {
			mon, err := m.Restore(ctx, by, hearth.MonitorID(in.ID))
			return a.fullMonitor(ctx, by, mon, err)
		})
	route(a, verb{id: "monitor-versions", may: access.ReadMonitors, method: http.MethodGet, path: "/monitors/{id}/versions", tag: "monitors", summary: "How a monitor stood before, the newest first"},
		func(ctx context.Context, by access.Actor, in *byID) (client.VersionList, error) {
			list, err := m.Versions(ctx, by, hearth.MonitorID(in.ID))
			doc := client.VersionList{Versions: []client.MonitorVersion{}}
			for _, v := range list {
				doc.Versions = append(doc.Versions, client.MonitorVersion{
					Version: v.Version, Name: v.Name, Query: v.Query, Canonical: v.Canonical, Paused: v.Paused, Changed: v.Changed,
				})
			}
			return doc, err
		})
	a.monitorPast()
}

func (a *API) monitorPast() {
	m := a.o.Monitors
	type previewInput struct{ Body client.PreviewRequest }
	route(a, verb{id: "preview-monitor", may: access.ReadPosts, also: access.ReadMonitors, method: http.MethodPost, path: "/monitors/preview", tag: "monitors", heavy: true,
		summary: "Say what a query would have caught in the last days"},
		func(ctx context.Context, by access.Actor, in *previewInput) (client.Preview, error) {
			p, err := m.Preview(ctx, by, in.Body.Query)
			return previewDocument(&p), err
		})
	type mentionsInput struct {
		ID     int64  `path:"id" minimum:"1"`
		Limit  int    `query:"limit" minimum:"0" maximum:"1000"`
		Cursor string `query:"cursor" maxLength:"1000"`
	}
	route(a, verb{id: "mentions", may: access.ReadPosts, also: access.ReadMonitors, method: http.MethodGet, path: "/monitors/{id}/mentions", tag: "monitors", summary: "What a monitor caught, the newest first"},
		func(ctx context.Context, by access.Actor, in *mentionsInput) (client.Page, error) {
			return a.mentions(ctx, by, hearth.MonitorID(in.ID), in.Limit, in.Cursor)
		})
	type countInput struct {
		ID       int64  `path:"id" minimum:"1"`
		From     string `query:"from" doc:"RFC 3339; counted in whole hours"`
		To       string `query:"to" doc:"RFC 3339"`
		Interval string `query:"interval" enum:"hour,day,week,month"`
		By       string `query:"by" enum:"network,lang,sentiment,intent,kind"`
	}
	route(a, verb{id: "count-mentions", may: access.ReadMonitors, method: http.MethodGet, path: "/monitors/{id}/count", tag: "monitors",
		summary: "Count a monitor's mentions over time and by a field, from roll-ups"},
		func(ctx context.Context, by access.Actor, in *countInput) (client.MentionCounts, error) {
			search := monitor.CountSearch{Monitor: hearth.MonitorID(in.ID), Interval: monitor.Interval(in.Interval), By: monitor.Dimension(in.By)}
			var err error
			if search.From, err = moment("from", in.From); err != nil {
				return client.MentionCounts{}, err
			}
			if search.To, err = moment("to", in.To); err != nil {
				return client.MentionCounts{}, err
			}
			counts, err := m.Count(ctx, by, search)
			doc := client.MentionCounts{Total: counts.Total, Upto: int64(counts.Upto)}
			for _, b := range counts.Buckets {
				doc.Buckets = append(doc.Buckets, client.MentionBucket{Start: b.Start, Value: b.Value, Count: b.Posts})
			}
			return doc, err
		})
	a.filling()
	a.effects()
}

// fullMonitor is a monitor with its figures.
func (a *API) fullMonitor(ctx context.Context, by access.Actor, mon monitor.Monitor, err error) (client.Monitor, error) {
	if err != nil {
		return client.Monitor{}, err
	}
	doc := monitorOf(&mon)
	if q, _ := a.o.Monitors.Parse(by.Workspace, mon.Query); q != nil {
		doc.Explain = q.Explain()
	}
	counts, err := a.o.Monitors.Count(ctx, by, monitor.CountSearch{Monitor: mon.ID})
	if err != nil {
		return doc, err
	}
	fill, err := a.o.Monitors.Filling(ctx, by, mon.ID)
	if err != nil {
		return doc, err
	}
	doc.Mentions, doc.Filling = counts.Total, stillFilling(&mon, &fill)
	if counts.Total == 0 || by.CheckSome(access.ReadPosts) != nil {
		return doc, nil
	}
	latest, err := a.o.Monitors.Mentions(ctx, by, monitor.MentionSearch{Monitor: mon.ID, Limit: 1})
	for i := range latest.Mentions {
		newest := &latest.Mentions[i]
		if doc.LastSeen = newest.Post.Published; doc.LastSeen.IsZero() {
			doc.LastSeen = newest.Received
		}
	}
	return doc, err
}

// monitorList is all monitors with their figures.
func (a *API) monitorList(ctx context.Context, by access.Actor) (client.MonitorList, error) {
	doc := client.MonitorList{Monitors: []client.Monitor{}}
	list, err := a.o.Monitors.List(ctx, by)
	if err != nil {
		return doc, err
	}
	figures, err := a.o.Monitors.Summaries(ctx, by)
	for i := range list {
		one, s := monitorOf(&list[i]), figures[list[i].ID]
		one.Mentions, one.LastSeen, one.Filling = s.Mentions, s.Latest, stillFilling(&list[i], &s.Fill)
		doc.Monitors = append(doc.Monitors, one)
	}
	return doc, err
}

func monitorOf(m *monitor.Monitor) client.Monitor {
	doc := client.Monitor{
		ID: int64(m.ID), Name: m.Name, Query: m.Query, Canonical: m.Canonical, Paused: m.Paused, Version: m.Version,
		Created: m.Created, Changed: m.Changed, Removed: m.Removed,
	}
	for _, b := range m.Brands {
		doc.Brands = append(doc.Brands, int64(b))
	}
	return doc
}

// mentions is a page of what a monitor caught, with the query's words marked.
func (a *API) mentions(ctx context.Context, by access.Actor, id hearth.MonitorID, limit int, cursor string) (client.Page, error) {
	doc := client.Page{Posts: []client.Hit{}}
	found, err := a.o.Monitors.Mentions(ctx, by, monitor.MentionSearch{Monitor: id, Limit: limit, Cursor: cursor})
	if err != nil {
		return doc, err
	}
	mon, err := a.o.Monitors.Get(ctx, by, id)
	if err != nil {
		return doc, err
	}
	q, _ := a.o.Monitors.Parse(by.Workspace, mon.Query)
	doc.Next = found.Next
	for i := range found.Mentions {
		doc.Posts = append(doc.Posts, mentionDocument(&found.Mentions[i], q))
	}
	return doc, nil
}

func mentionDocument(m *monitor.Mention, q *query.Query) client.Hit {
	doc := client.Hit{Seq: int64(m.Seq), Post: client.Post{Post: m.Post}, Source: int64(m.Source), Received: m.Received}
	for _, id := range m.Monitors {
		doc.Monitors = append(doc.Monitors, int64(id))
	}
	if q != nil {
		var d text.Doc
		query.AddPost(&d, &m.Post)
		doc.Highlights = highlights(q.Highlights(&m.Post, &d), &d)
	}
	return doc
}

// highlights words the ranges of a document's streams. Image descriptions are
// counted from 0, those that are missing left out.
func highlights(ranges []query.Range, d *text.Doc) (list []client.Highlight) {
	firstAlt := len(d.Streams)
	for i := range d.Streams {
		if d.Streams[i].Field == text.Alt {
			firstAlt = i
			break
		}
	}
	for _, r := range ranges {
		h := client.Highlight{Part: "text", From: r.Start, To: r.End}
		switch r.Field {
		case text.Title:
			h.Part = "title"
		case text.Alt:
			h.Part, h.Item = "alt", r.Stream-firstAlt
		}
		list = append(list, h)
	}
	return list
}

func hitDocument(h *archive.Hit) client.Hit {
	doc := client.Hit{Seq: int64(h.Seq), Post: client.Post{Post: h.Post}, Source: int64(h.Source), Received: h.Received}
	for _, id := range h.Monitors {
		doc.Monitors = append(doc.Monitors, int64(id))
	}
	if len(h.Highlights) > 0 {
		var d text.Doc
		query.AddPost(&d, &h.Post)
		doc.Highlights = highlights(h.Highlights, &d)
	}
	return doc
}

func previewDocument(p *monitor.Preview) client.Preview {
	doc := client.Preview{
		Check: client.QueryCheck{OK: p.Sound(), Canonical: p.Canonical, Explain: p.Explain, Diagnostics: problems(p.Diagnostics)},
		Days:  p.Days, Total: p.Posts, PerDay: p.PerDay, Exact: p.Exact, Low: p.Low, High: p.High, Samples: []client.Hit{},
	}
	if p.Sound() {
		doc.Check.Cost = &p.Cost
	}
	for _, b := range p.Buckets {
		doc.Buckets = append(doc.Buckets, client.Bucket{Start: b.Start, Count: b.Posts})
	}
	for i := range p.Samples {
		doc.Samples = append(doc.Samples, hitDocument(&p.Samples[i]))
	}
	return doc
}

func brandIDs(numbers []int64) (ids []access.BrandID) {
	for _, n := range numbers {
		ids = append(ids, access.BrandID(n))
	}
	return ids
}
