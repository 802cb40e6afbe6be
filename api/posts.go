package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/client"
	"hearth/monitor"
	"hearth/query"
)

// intervals of a count of posts.
var intervals = map[string]time.Duration{
	"": 0, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

func (a *API) posts() {
	posts := monitor.NewPosts(a.o.Monitors)
	type searchInput struct{ Body client.SearchRequest }
	route(a, verb{id: "search", may: access.ReadPosts, method: http.MethodPost, path: "/posts/search", tag: "posts", heavy: true,
		summary: "Search what is kept, the newest first"},
		func(ctx context.Context, by access.Actor, in *searchInput) (client.Page, error) {
			found, err := posts.Search(ctx, by, monitor.PageSearch{
				Selection: selection(&in.Body.Search), Limit: in.Body.Limit, Cursor: in.Body.Cursor, Oldest: in.Body.Oldest,
			})
			page := client.Page{Posts: []client.Hit{}, Next: found.Next, Partial: found.Partial}
			for i := range found.Posts {
				page.Posts = append(page.Posts, hitDocument(&found.Posts[i]))
			}
			return page, err
		})
	type postInput struct {
		Network string `query:"network" required:"true" minLength:"1" maxLength:"32"`
		ID      string `query:"id" required:"true" minLength:"1" maxLength:"512" doc:"The post's id on its network"`
	}
	route(a, verb{id: "post", may: access.ReadPosts, method: http.MethodGet, path: "/post", tag: "posts",
		summary: "Get one post"},
		func(ctx context.Context, by access.Actor, in *postInput) (client.Hit, error) {
			stored, err := posts.Get(ctx, by, hearth.Key{Network: in.Network, ID: in.ID})
			return hitDocument(&archive.Hit{Stored: stored}), err
		})
	route(a, verb{id: "post-history", may: access.ReadPosts, method: http.MethodGet, path: "/post/history", tag: "posts",
		summary: "Get a post as it was, edit by edit"},
		func(ctx context.Context, by access.Actor, in *postInput) (client.PostHistory, error) {
			versions, err := posts.History(ctx, by, hearth.Key{Network: in.Network, ID: in.ID})
			list := client.PostHistory{Versions: make([]client.Hit, len(versions))}
			for i := range versions {
				list.Versions[i] = hitDocument(&archive.Hit{Stored: versions[i]})
			}
			return list, err
		})
	type countInput struct{ Body client.CountRequest }
	route(a, verb{id: "count", may: access.ReadPosts, method: http.MethodPost, path: "/posts/count", tag: "posts", heavy: true,
		summary: "Count what is kept, over time"},
		func(ctx context.Context, by access.Actor, in *countInput) (client.Counts, error) {
			s := selection(&in.Body.Search)
			s.Exact = in.Body.Exact
			counts, err := posts.Count(ctx, by, s, intervals[in.Body.Interval])
			return countsDocument(&counts), err
		})
	type facetsInput struct{ Body client.FacetsRequest }
	route(a, verb{id: "facets", may: access.ReadPosts, method: http.MethodPost, path: "/posts/facets", tag: "posts", heavy: true,
		summary: "Break what is kept down by fields"},
		func(ctx context.Context, by access.Actor, in *facetsInput) (client.FacetsAnswer, error) {
			top := in.Body.Top
			if top == 0 {
				top = 10
			}
			s := selection(&in.Body.Search)
			s.Exact = in.Body.Exact
			found, err := posts.Facets(ctx, by, s, in.Body.Fields, top)
			return client.FacetsAnswer{Facets: facetDocuments(found)}, err
		})
	a.streams(posts)
}

func selection(s *client.Search) monitor.Selection {
	return monitor.Selection{Query: s.Query, Monitor: hearth.MonitorID(s.Monitor), From: s.From, To: s.To}
}

func countsDocument(counts *archive.Counts) client.Counts {
	doc := client.Counts{Total: int64(counts.Total), Exact: counts.Exact, Until: counts.Until}
	if counts.Sampled > 0 {
		doc.Sampled, doc.Of, doc.Low, doc.High = int64(counts.Sampled), int64(counts.Of), int64(counts.Low), int64(counts.High)
	}
	for _, b := range counts.Buckets {
		bucket := client.Bucket{Start: b.Start, Count: int64(b.Count)}
		if counts.Sampled > 0 {
			bucket.Low, bucket.High = int64(b.Low), int64(b.High)
		}
		doc.Buckets = append(doc.Buckets, bucket)
	}
	return doc
}

func facetDocuments(facets []archive.Facet) []client.Facet {
	list := []client.Facet{}
	for _, f := range facets {
		doc := client.Facet{Field: f.Field, Values: []client.FacetValue{}, Exact: f.Exact, Sampled: int64(f.Sampled), Of: int64(f.Of)}
		for _, v := range f.Values {
			value := client.FacetValue{Value: v.Value, Count: int64(v.Count)}
			if f.Sampled > 0 {
				value.Low, value.High = int64(v.Low), int64(v.High)
			}
			if v.Label != v.Value {
				value.Label = v.Label
			}
			doc.Values = append(doc.Values, value)
		}
		list = append(list, doc)
	}
	return list
}

// streams adds the routes whose answers have no end of their own.
func (a *API) streams(posts *monitor.Posts) {
	type exportInput struct{ Body client.ExportRequest }
	export := a.operation(verb{id: "export", may: access.ReadPosts, stream: true, method: http.MethodPost, path: "/posts/export", tag: "posts",
		summary: "Stream everything that matches, as NDJSON or CSV"})
	export.Responses["200"] = streamResponse("Post documents, one a line, or CSV", ndjson, "text/csv")
	huma.Register(a.huma, export, func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
		by := actorOf(ctx)
		if err := a.soundQuery(by, in.Body.Query, a.o.Monitors.ParseStored); err != nil {
			return nil, a.trouble(ctx, err)
		}
		leave, err := a.enter(ctx)
		if err != nil {
			return nil, a.trouble(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			defer leave()
			r, w := humago.Unwrap(hctx)
			err := a.export(w, r, by, in.Body.Format, func(ctx context.Context, each func(*archive.Stored) error) error {
				return posts.Export(ctx, by, selection(&in.Body.Search), each)
			})
			if err != nil {
				a.o.Log.Warn("an export was refused", "error", err)
				p := problemOf(err)
				writeProblem(w, p.Status, p)
			}
		}}, nil
	})

	type followInput struct{ Body client.FollowRequest }
	follow := a.operation(verb{id: "follow", may: access.ReadPosts, stream: true, method: http.MethodPost, path: "/posts/follow", tag: "posts",
		summary: "Stream posts as they are stored; empty lines keep the connection alive"})
	follow.Responses["200"] = streamResponse("One Hit a line", ndjson)
	huma.Register(a.huma, follow, func(ctx context.Context, in *followInput) (*huma.StreamResponse, error) {
		by := actorOf(ctx)
		if err := a.soundQuery(by, in.Body.Query, a.o.Monitors.Parse); err != nil {
			return nil, a.trouble(ctx, err)
		}
		search := monitor.FollowSearch{Monitor: hearth.MonitorID(in.Body.Monitor), After: hearth.Seq(in.Body.After)}
		switch in.Body.After {
		case 0:
			search.After = monitor.Now
		case -1:
			search.After = 0
		}
		if in.Body.Query != "" {
			search.Query, _ = a.o.Monitors.Parse(by.Workspace, in.Body.Query)
		}
		if search.Monitor != 0 {
			if _, err := a.o.Monitors.Get(ctx, by, search.Monitor); err != nil {
				return nil, a.trouble(ctx, err)
			}
		}
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			r, w := humago.Unwrap(hctx)
			a.follow(w, r, by, search)
		}}, nil
	})
}

// soundQuery answers before a stream begins what would end it at once.
func (a *API) soundQuery(by access.Actor, text string, parse func(hearth.WorkspaceID, string) (*query.Query, []query.Diagnostic)) error {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return err
	}
	if text == "" {
		return nil
	}
	if q, diagnostics := parse(by.Workspace, text); q == nil {
		return &monitor.QueryError{Diagnostics: diagnostics}
	}
	return nil
}

// follow streams posts until the reader goes or may not have them any more
// (TN6), the server stops or something breaks. The query's words are marked.
func (a *API) follow(w http.ResponseWriter, r *http.Request, by access.Actor, search monitor.FollowSearch) {
	watched, stop := a.o.Access.Watch(r.Context(), by)
	defer stop()
	ctx, cancel := context.WithCancelCause(watched)
	defer cancel(nil)
	out := newLines(w)
	out.begin(ndjson)
	beat := time.NewTicker(aliveEvery)
	defer beat.Stop()
	ended := make(chan struct{})
	defer func() { cancel(nil); <-ended }()
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-a.o.Stopping:
				cancel(errStopping)
				return
			case <-beat.C:
				if out.blank() != nil {
					cancel(nil)
					return
				}
			}
		}
	}()
	err := a.o.Monitors.Follow(ctx, by, search, func(f *monitor.Followed) error {
		if f.Mention == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return out.line(mentionDocument(f.Mention, search.Query))
	})
	if cause := context.Cause(ctx); errors.Is(cause, errStopping) || errors.Is(cause, access.ErrSignedOut) {
		err = cause
	}
	if err != nil && r.Context().Err() == nil {
		out.line(streamEnd{problemOf(err)})
	}
}

var errStopping = &hearth.Error{Code: hearth.Unavailable, Message: "The server is stopping."}

func moment(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, ok := hearth.ParseTime(text)
	if !ok {
		return t, &hearth.Error{Code: hearth.Invalid, Field: field, Message: field + " must be a time like 2026-05-31T09:00:00Z."}
	}
	return t, nil
}
